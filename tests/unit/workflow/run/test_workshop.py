"""What a saved file touches, with real files, a real ERP1 and a real process."""

import asyncio

import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.errors import NothingToRunError
from koppeling_harness.model.order import Order
from koppeling_harness.workflow.run.workshop import Workshop
from support.tiny import SCENARIO, tiny_plugin


@pytest.fixture
def here(tmp_path):
    """Two integrations, one of which has a scenario of its own, and a pack of two."""
    tiny_plugin(tmp_path / "plugins" / "one", name="one")
    tiny_plugin(tmp_path / "plugins" / "two", name="two")
    scenario(tmp_path / "plugins" / "one" / "scenarios", "one.own")
    scenario(tmp_path / "packs" / "a", "pack.a")
    scenario(tmp_path / "packs" / "b", "pack.b")
    return tmp_path


def scenario(folder, name):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.scenario.yaml"
    text = SCENARIO.format(id=name, level="required", expect="{ok: true}")
    path.write_text(text, encoding="utf-8")
    return path


def touched(here, *saved, edit=lambda: None):
    """What is touched by a save, after everything was opened and then edited."""

    async def ask():
        order = Order(
            plugins=(str(here / "plugins"),),
            packs=(str(here / "packs"),),
            release="Profit 8",
            concurrency=2,
            entry_points=False,
        )
        async with Workshop(order, clock=SystemClock()) as workshop:
            opened = await workshop.open()
            if not saved:
                return opened
            edit()
            return await workshop.touched(saved)

    return asyncio.run(ask())


def names(found):
    return [f"{each.manifest.id} {each.id}" for each in found.planned]


def test_at_first_everything_is_planned(here):
    found = touched(here)

    assert sorted(names(found)) == [
        *("one one.own", "one pack.a", "one pack.b"),
        *("two pack.a", "two pack.b"),
    ]
    assert found.problems == ()


def test_a_scenario_of_a_pack_touches_it_for_every_integration(here):
    saved = here / "packs" / "a" / "pack.a.scenario.yaml"

    assert names(touched(here, saved)) == ["one pack.a", "two pack.a"]


def test_an_integrations_own_scenario_touches_that_scenario_only(here):
    saved = here / "plugins" / "one" / "scenarios" / "one.own.scenario.yaml"

    assert names(touched(here, saved)) == ["one one.own"]


def test_a_file_of_an_integration_touches_all_of_that_integration(here):
    found = touched(here, here / "plugins" / "two" / "koppeling_plugin.py")

    assert names(found) == ["two pack.a", "two pack.b"]
    assert found.renewed == {"two"}


def test_a_scenario_that_is_new_is_taken_up(here):
    path = here / "packs" / "c" / "pack.c.scenario.yaml"

    found = touched(here, path, edit=lambda: scenario(here / "packs" / "c", "pack.c"))

    assert names(found) == ["one pack.c", "two pack.c"]


def test_a_scenario_that_was_deleted_touches_nothing(here):
    path = here / "packs" / "a" / "pack.a.scenario.yaml"

    found = touched(here, path, edit=path.unlink)

    assert names(found) == []
    assert found.problems == ()


@pytest.mark.parametrize(
    "name", ["reports/x/run.json", "__pycache__/x.pyc", ".git/index", "../elsewhere.py"]
)
def test_output_and_what_lies_elsewhere_touch_nothing(name, here):
    assert names(touched(here, here / "plugins" / "one" / name)) == []


def test_a_scenario_with_problems_tells_them_and_runs_nothing(here):
    path = here / "packs" / "a" / "pack.a.scenario.yaml"
    found = touched(here, path, edit=lambda: path.write_text("scenario: x\n", encoding="utf-8"))

    assert found.planned == ()
    assert "pack.a.scenario.yaml" in found.problems[0]


def test_a_manifest_with_problems_tells_them_and_runs_nothing(here):
    path = here / "plugins" / "one" / "koppeling.yaml"
    found = touched(here, path, edit=lambda: path.write_text("id: one\n", encoding="utf-8"))

    assert found.planned == ()
    assert found.renewed == frozenset()
    assert "koppeling.yaml" in found.problems[0]


def test_an_id_that_changes_asks_for_a_new_start(here):
    path = here / "plugins" / "one" / "koppeling.yaml"
    text = path.read_text(encoding="utf-8").replace("id: one", "id: other")
    found = touched(here, path, edit=lambda: path.write_text(text, encoding="utf-8"))

    assert found.planned == ()
    assert "the id changed" in found.problems[0]


def test_where_there_is_no_integration_it_says_so(tmp_path):
    (tmp_path / "plugins").mkdir()
    (tmp_path / "packs").mkdir()

    with pytest.raises(NothingToRunError, match="no integration found"):
        touched(tmp_path)
