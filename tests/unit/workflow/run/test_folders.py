from pathlib import Path

import pytest

from koppeling_harness.config.folders import default_plugins
from koppeling_harness.scenario.packs import packs_folder
from koppeling_harness.workflow.run.folders import default_packs


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_plugins_and_scenarios_here_are_meant(here):
    (here / "plugins").mkdir()
    (here / "scenarios").mkdir()

    assert default_plugins() == (Path("plugins"),)
    assert default_packs() == Path("scenarios")


def test_in_the_folder_of_an_integration_it_is_meant_with_the_shipped_packs(here):
    (here / "koppeling.yaml").touch()
    (here / "scenarios").mkdir()

    assert default_plugins() == (Path(),)
    assert default_packs() == packs_folder()


def test_where_there_is_nothing_the_shipped_packs_are_meant(here):
    assert default_plugins() == ()
    assert default_packs() == packs_folder()
