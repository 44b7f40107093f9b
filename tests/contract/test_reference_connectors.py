"""The reference integrations' own GetConnectors are defined as their partners hand them in."""

from pathlib import Path

import pytest

from koppeling_harness.config.manifest import load_manifest
from koppeling_harness.document.gcn import read_gcn
from koppeling_harness.emulator.own_definition import define
from koppeling_harness.hosting.connectors import Connectors
from support.gcn_file import gcn
from support.reference_exports import EXPORTS, FOLDER

PLUGINS = Path(__file__).parents[2] / "plugins"
MANIFESTS = sorted(PLUGINS.glob("*/koppeling.yaml"))


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.parent.name)
def test_erp1_has_all_that_a_reference_integration_declares(path):
    manifest = load_manifest(path)
    assert Connectors().lacking(manifest) == ()
    for use in manifest.get_connectors:
        assert define(use.own).lost == ()


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: export.name)
def test_an_export_of_a_reference_integration_says_what_is_written_of_it(export):
    """The bytes may differ: not every version of zlib packs alike."""
    found = read_gcn((FOLDER / f"{export.name}.gcn").read_bytes(), name="found")
    assert found == read_gcn(gcn(export), name="written")


def test_all_ways_to_define_a_connector_are_shown():
    uses = [use for path in MANIFESTS for use in load_manifest(path).get_connectors]
    assert sum(use.own.view is not None for use in uses) == len(EXPORTS)
    assert any(use.own.renamed and use.own.view is None for use in uses)
    assert any(use.own.fixed_filters for use in uses)
