import pytest

from support.cli import koppeling
from support.plugins import a_plugin


@pytest.fixture
def plugins(tmp_path):
    a_plugin(tmp_path / "plugins" / "goed")
    a_plugin(tmp_path / "plugins" / "spelfout", "@hookimpl\ndef koppeling_triger(call): pass")
    a_plugin(tmp_path / "plugins" / "kapot", manifest="id: kapot\nversie: 1\n")
    return tmp_path


def test_list_shows_integrations_with_their_operations_and_what_was_set_aside(plugins):
    ran = koppeling("plugins", "list", cwd=plugins)

    assert ran.code == 0
    assert "goed 1.0.0  Example (Voorbeeld BV)" in ran.out
    assert "    push-hours: Book hours" in ran.out
    assert "kapot  set aside: " in ran.err
    assert "unknown key `versie`" in ran.err


def test_list_as_json_prints_the_manifests_and_nothing_else(plugins):
    told = koppeling("plugins", "list", "--json", cwd=plugins).json()

    assert [each["manifest"]["id"] for each in told["integrations"]] == ["goed", "spelfout"]
    assert [each["name"] for each in told["set_aside"]] == ["kapot"]
    assert len(told["integrations"][0]["digest"]) == 64


def test_list_of_another_folder(plugins):
    ran = koppeling("plugins", "list", "--plugins", plugins / "plugins" / "goed", cwd=plugins)

    assert ran.out.startswith("goed ")
    assert "spelfout" not in ran.all


def test_list_where_there_is_nothing_says_so(tmp_path):
    ran = koppeling("plugins", "list", cwd=tmp_path)

    assert (ran.code, ran.out) == (0, "")
    assert "no integrations in plugins" in ran.err


def test_check_names_every_problem_and_exits_10(plugins):
    ran = koppeling("plugins", "check", cwd=plugins)

    assert ran.code == 10
    assert "goed: in order" in ran.out
    assert "spelfout: koppeling_plugin.py" in ran.err
    assert "Did you mean `koppeling_trigger`?" in ran.err
    assert "koppeling.yaml:2:1: unknown key `versie`" in ran.err
    assert "2 of 3 integrations cannot be used: spelfout, kapot" in ran.err
    assert "Traceback" not in ran.all


def test_check_of_one_plugin_that_is_in_order(plugins):
    ran = koppeling("plugins", "check", plugins / "plugins" / "goed", cwd=plugins)

    assert (ran.code, ran.all) == (0, "goed: in order\n")


def test_check_of_a_folder_without_plugins_is_nothing_to_run(tmp_path):
    ran = koppeling("plugins", "check", tmp_path, cwd=tmp_path)

    assert ran.code == 5
    assert "found no integration" in ran.err


def test_check_of_a_folder_that_does_not_exist_exits_10(tmp_path):
    ran = koppeling("plugins", "check", "nergens", cwd=tmp_path)

    assert ran.code == 10
    assert "there is no such folder" in ran.err
