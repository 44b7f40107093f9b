from pathlib import Path

import pytest

from koppeling_harness.errors import ConfigurationError
from koppeling_harness.scenario.find import RealPaths, find_scenarios
from support.scenarios import write_scenario


def names(*paths):
    return find_scenarios(paths).scenarios


def test_scenarios_are_found_in_folders_and_as_files_each_once(tmp_path):
    first = write_scenario(tmp_path / "a" / "deep", name="first")
    second = write_scenario(tmp_path / "b", name="second")
    (tmp_path / "a" / "README.md").write_text("no scenario", encoding="utf-8")

    again = tmp_path / "b" / ".." / "b" / second.name
    found = names(tmp_path / "a", second, first, again, tmp_path)
    assert found == (first.as_posix(), second.as_posix())


def test_a_path_that_is_not_there_is_a_configuration_error(tmp_path):
    with pytest.raises(ConfigurationError, match=r"expected a scenario file or a folder"):
        find_scenarios([tmp_path / "nowhere"])


def test_what_is_in_a_folder_is_sorted_by_the_names_of_folders_and_files(tmp_path):
    for folder in ("a", "a-b", "a.b", ".hidden", "z/deep", "z"):
        write_scenario(tmp_path / folder)
    write_scenario(tmp_path / "folder.scenario.yaml")
    write_scenario(tmp_path, name="a")

    found = names(tmp_path)
    assert len(found) == 9
    assert found == tuple(each.as_posix() for each in sorted(tmp_path.rglob("*.scenario.yaml")))


def test_a_link_is_the_file_that_it_leads_to_and_links_to_folders_are_not_followed(tmp_path):
    pack = tmp_path / "pack"
    write_scenario(pack, name="z")
    elsewhere = write_scenario(tmp_path / "elsewhere")
    (pack / "a.scenario.yaml").symlink_to("z.scenario.yaml")
    (pack / "b.scenario.yaml").symlink_to(elsewhere)
    (pack / "folder").symlink_to(tmp_path / "elsewhere")
    (pack / "loop.scenario.yaml").symlink_to("loop.scenario.yaml")

    found = [each.rpartition("/")[2] for each in names(pack, elsewhere)]
    assert found == ["a.scenario.yaml", "b.scenario.yaml", "loop.scenario.yaml"]


def test_names_are_relative_to_the_working_folder_where_files_are_below_it(tmp_path, monkeypatch):
    for folder in ("aside", "here", "here/pack"):
        write_scenario(tmp_path / folder)
    monkeypatch.chdir(tmp_path / "here")

    aside = (tmp_path / "aside" / "one.scenario.yaml").as_posix()
    below = ("one.scenario.yaml", "pack/one.scenario.yaml")
    assert names(tmp_path) == (aside, *below)
    assert names(Path()) == below
    assert names(Path("pack")) == below[1:]
    assert names(Path("../here/pack")) == ("../here/pack/one.scenario.yaml",)


def test_names_that_were_probably_meant_are_told_apart(tmp_path):
    for name in ("b.scenarios.yaml", "a.scenario.yml", "c.scenario.txt", "scenario.yaml"):
        (tmp_path / name).write_text("", encoding="utf-8")
    found = find_scenarios([tmp_path])

    assert found.scenarios == ()
    assert found.misspelt == tuple(
        (tmp_path / each).as_posix() for each in ("a.scenario.yml", "b.scenarios.yaml")
    )


def test_the_real_path_of_a_file_is_where_folder_and_link_lead(tmp_path, monkeypatch):
    file = write_scenario(tmp_path / "pack")
    (tmp_path / "pack" / "link").symlink_to(file)
    (tmp_path / "other").symlink_to("pack")
    monkeypatch.chdir(tmp_path)
    real = RealPaths()

    for name in ("other/one", "pack/link", "other/link", "other", "../x", "nowhere/x", "/x"):
        assert real.of(name) == Path(name).resolve().as_posix()
