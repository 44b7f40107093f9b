import sys

import pytest

from koppeling_harness.plugin.discover import discover
from support.plugins import a_plugin


def ids(found):
    return [each.manifest.id for each in found.integrations]


def test_a_folder_may_be_a_plugin_or_hold_plugins(tmp_path):
    a_plugin(tmp_path / "plugins" / "tweede")
    a_plugin(tmp_path / "plugins" / "eerste")
    (tmp_path / "plugins" / "notes").mkdir()
    alone = a_plugin(tmp_path / "alleen")

    found = discover([tmp_path / "plugins", alone], entry_points=False)

    assert ids(found) == ["alleen", "eerste", "tweede"]
    assert found.set_aside == ()


def test_a_broken_plugin_is_set_aside_and_hides_no_other(tmp_path):
    a_plugin(tmp_path / "goed")
    a_plugin(tmp_path / "kapot", manifest="id: kapot\n  x: [")
    forgotten = a_plugin(tmp_path / "vergeten")
    (forgotten / "koppeling.yaml").rename(forgotten / "koppeling.yml")

    found = discover([tmp_path, tmp_path / "weg"], entry_points=False)

    assert ids(found) == ["goed"]
    assert {each.name: each.problem.partition(": ")[2] for each in found.set_aside} == {
        "kapot": found.set_aside[0].problem.partition(": ")[2],
        "vergeten": "there is no koppeling.yaml\n"
        "    hint: `koppeling schema plugin` prints what belongs in it.",
        "weg": "there is no such folder",
    }
    assert "koppeling.yaml:2:4" in found.set_aside[0].problem


def test_two_integrations_with_the_same_id_are_set_aside_as_one(tmp_path):
    one = a_plugin(tmp_path / "a" / "zelfde")
    two = a_plugin(tmp_path / "b" / "zelfde")

    found = discover([one, two], entry_points=False)

    assert found.integrations == ()
    [aside] = found.set_aside  # one id, one place in the record
    for text in (aside.problem, aside.where):
        assert str(one) in text
        assert str(two) in text


def test_the_same_folder_named_twice_is_one_integration(tmp_path):
    plugin = a_plugin(tmp_path / "voorbeeld")

    roundabout = plugin / ".." / "voorbeeld"

    found = discover([plugin, tmp_path, roundabout], entry_points=False)

    assert ids(found) == ["voorbeeld"]


def test_the_digest_follows_the_files_and_not_the_caches(tmp_path):
    plugin = a_plugin(tmp_path / "voorbeeld")

    def digest():
        (each,) = discover([plugin], entry_points=False).integrations
        return each.digest

    first = digest()
    (plugin / "__pycache__").mkdir()
    (plugin / "__pycache__" / "x").write_bytes(b"1")
    assert digest() == first

    (plugin / "README.md").write_text("meer")
    second = digest()
    (plugin / "README.md").write_text("rent")
    assert len({first, second, digest()}) == 3


def test_a_decision_in_the_registration_does_not_make_it_another_integration(tmp_path):
    folder = a_plugin(tmp_path / "uren")
    (before,) = discover([folder], entry_points=False).integrations
    (folder / "registration.yaml").write_text("registration: uren\n", encoding="utf-8")
    (after,) = discover([folder], entry_points=False).integrations

    assert before.digest == after.digest


def test_scenarios_of_its_own_are_found(tmp_path):
    plugin = a_plugin(tmp_path / "voorbeeld")
    (plugin / "scenarios").mkdir()

    (each,) = discover([plugin], entry_points=False).integrations

    assert each.scenarios == plugin / "scenarios"


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder of installed packages, with the metadata of one distribution."""
    folder = tmp_path / "site"
    info = folder / "acme-1.2.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text(
        "[koppeling_harness.plugins.v1]\nacme = acme_uren\nkapot = acme_kapot\nweg = acme_weg\n"
    )
    a_plugin(folder / "acme_uren", manifest=MANIFEST_OF_ACME)
    (folder / "acme_uren" / "__init__.py").write_text("raise ImportError('never imported here')")
    (folder / "acme_kapot").mkdir()
    (folder / "acme_kapot" / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(folder))
    yield folder
    for name in [name for name in sys.modules if name.startswith("acme_")]:
        del sys.modules[name]


MANIFEST_OF_ACME = """\
id: acme-uren
title: {nl: Acme, en: Acme}
partner: {name: Acme BV, subscription: "12345"}
version: "1.0.0"
integration_id: "12345_678901"
releases: [Profit 8]
runtime: {kind: python}
get_connectors:
  - id: Acme_Medewerkers
    fields: [EmployeeId]
operations:
  - name: sync
    title: {nl: Ophalen, en: Fetch}
    reads: [Acme_Medewerkers]
"""


def test_installed_plugins_are_found_by_entry_point_one_by_one(site):
    found = discover([])

    assert ids(found) == ["acme-uren"]
    problems = {each.name: each.problem for each in found.set_aside}
    assert "there is no koppeling.yaml" in problems["acme_kapot"]
    assert "there is no module `acme_weg`" in problems["weg"]


def test_installed_plugins_can_be_left_out(site):
    assert discover([], entry_points=False).integrations == ()
