"""`koppeling scenarios` from outside."""

import json

import pytest

from support.cli import koppeling
from support.plugins import a_plugin
from support.scenarios import BODY, write_scenario


@pytest.fixture
def project(tmp_path):
    write_scenario(tmp_path / "scenarios", name="alpha")
    write_scenario(tmp_path / "scenarios", BODY + "applies: {releases: [Profit 8]}\n", name="beta")
    return tmp_path


def test_list_shows_id_level_and_title(project):
    ran = koppeling("scenarios", "list", cwd=project)

    assert ran.code == 0
    assert ran.out.splitlines()[0].split() == ["alpha", "required", "Title"]


def test_list_json_is_json_and_nothing_else(project):
    found = koppeling("scenarios", "list", "--json", cwd=project).json()

    assert [each["scenario"] for each in found] == ["alpha", "beta"]
    assert found[1]["applies"]["releases"] == ["Profit 8"]
    assert found[0]["place"] == "scenarios/alpha.scenario.yaml:1:1"


def test_without_scenarios_of_ones_own_the_shipped_packs_are_meant(tmp_path):
    ran = koppeling("scenarios", "check", cwd=tmp_path)

    assert ran.code == 0
    assert "scenarios, all in order" in ran.out


def test_check_says_everything_that_is_wrong_and_leaves_with_10(project):
    write_scenario(project / "scenarios", "when: []\nlevle: 3\n", name="worse")
    ran = koppeling("scenarios", "check", cwd=project)

    assert ran.code == 10
    assert "scenarios/worse.scenario.yaml:5:7: `when`" in ran.err
    assert "scenarios/worse.scenario.yaml:6:1: unknown key `levle`" in ran.err
    assert "Traceback" not in ran.err


def test_check_holds_an_integrations_own_scenarios_against_its_manifest(project):
    a_plugin(project / "plugins" / "voorbeeld")
    own = project / "plugins" / "voorbeeld" / "scenarios"
    write_scenario(own, "when:\n  - operation: sync-employes\n", name="own")
    ran = koppeling("scenarios", "check", cwd=project)

    assert ran.code == 10
    assert "own.scenario.yaml:6:5: `voorbeeld` declares no operation `sync-employes`" in ran.err
    assert "Did you mean `sync-employees`?" in ran.err


def test_a_path_without_scenarios_is_exit_5_and_a_path_that_is_not_there_exit_10(project):
    (project / "empty").mkdir()

    assert koppeling("scenarios", "check", "empty", cwd=project).code == 5
    ran = koppeling("scenarios", "check", "nowhere", cwd=project)
    assert ran.code == 10
    assert "nowhere" in ran.err


def test_lock_writes_the_list_and_check_holds_the_folder_to_it(project):
    ran = koppeling("scenarios", "lock", cwd=project)
    text = (project / "scenarios" / "scenarios.lock").read_text(encoding="utf-8")
    locked = json.loads(text)["releases"]

    assert ran.code == 0
    assert "Profit 8: 2 required scenarios" in ran.out
    assert sorted(locked["Profit 8"]) == ["alpha", "beta"]
    assert sorted(locked["Profit 7"]) == ["alpha"]

    (project / "scenarios" / "alpha.scenario.yaml").unlink()
    ran = koppeling("scenarios", "check", cwd=project)
    assert ran.code == 10
    assert "the required scenario `alpha` of Profit 6 is locked, but is not there" in ran.err
    assert "koppeling scenarios lock" in ran.err


def test_a_list_can_be_made_for_named_releases_only(project):
    koppeling("scenarios", "lock", "--release", "Profit 10", cwd=project)
    text = (project / "scenarios" / "scenarios.lock").read_text(encoding="utf-8")

    assert list(json.loads(text)["releases"]) == ["Profit 10"]


def test_a_lock_needs_a_folder_and_leave_to_write_there(tmp_path):
    write_scenario(tmp_path / "scenarios")
    (tmp_path / "scenarios" / "scenarios.lock").mkdir()

    ran = koppeling("scenarios", "lock", cwd=tmp_path)
    assert (ran.code, "cannot be written" in ran.err) == (10, True)
    ran = koppeling("scenarios", "lock", "nowhere", cwd=tmp_path)
    assert (ran.code, "expected a folder of scenarios" in ran.err) == (10, True)


def test_what_a_shared_environment_would_not_take_is_told_to_who_has_one(tmp_path):
    assert "not for a shared environment" not in koppeling("scenarios", "check", cwd=tmp_path).out
    settings = '[environments.demo]\nurl = "http://127.0.0.1:1/ProfitRestServices"\n'
    (tmp_path / "koppeling.toml").write_text(settings, encoding="utf-8")

    assert "not for a shared environment" in koppeling("scenarios", "check", cwd=tmp_path).out
