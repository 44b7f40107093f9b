"""Saves, one after the other, and what a person reads of them."""

import asyncio

import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.model.order import Order
from koppeling_harness.workflow.run.run_on_save import follow
from koppeling_harness.workflow.run.workshop import Workshop
from support.tiny import SCENARIO, tiny_plugin

WAITS = "time.sleep(60)\nreturn OperationResult()"
WAITING = "; waiting for a save (Ctrl-C ends)"
WELL = "return OperationResult(ok=True, output={})"


@pytest.fixture
def here(tmp_path):
    tiny_plugin(tmp_path / "plugins" / "tiny", body=WELL)
    scenario(tmp_path, "pack.a")
    return tmp_path


def scenario(here, name, expect="{ok: true}"):
    path = here / "packs" / f"{name}.scenario.yaml"
    path.parent.mkdir(exist_ok=True)
    text = SCENARIO.format(id=name, level="required", expect=expect)
    path.write_text(text, encoding="utf-8")
    return path


def plugin(here, body):
    made = tiny_plugin(here / f"made-{len(list(here.iterdir()))}", body=body)
    return (made / "koppeling_plugin.py").replace(here / "plugins" / "tiny" / "koppeling_plugin.py")


def told(here, *saves):
    """What a person reads; each save is made when the line before it was told."""
    lines = []
    heard = asyncio.Event()

    def tell(text):
        lines.append(text)
        heard.set()

    async def hear(word):
        while not any(word in line for line in lines):
            heard.clear()
            await heard.wait()

    async def saving():
        for word, save in saves:
            await hear(word)
            path = save()
            lines.append(f"saved {path.name}")
            yield frozenset({path})
        while "waiting" not in lines[-1]:
            heard.clear()
            await heard.wait()

    async def run():
        order = Order(
            plugins=(str(here / "plugins"),),
            packs=(str(here / "packs"),),
            release="Profit 8",
            concurrency=2,
            entry_points=False,
        )
        async with asyncio.timeout(60), Workshop(order, clock=SystemClock()) as workshop:
            await follow(workshop, saving(), tell)

    asyncio.run(run())
    return lines


def test_a_result_is_told_after_each_save(here):
    lines = told(here, ("1 of 1 passed", lambda: scenario(here, "pack.a", "{ok: false}")))

    assert lines[0].startswith("passed tiny: pack.a (")
    assert lines[1] == f"1 of 1 passed{WAITING}"
    assert lines[2] == "saved pack.a.scenario.yaml"
    assert lines[3].startswith("failed tiny: pack.a (")
    assert "`ok` is true, expected false" in lines[3]
    assert "koppeling explain EXPECTATION" in lines[3]
    assert lines[4].startswith("0 of 1 passed")


def test_an_integration_is_started_afresh_with_what_was_saved(here):
    says = 'return OperationResult(ok=False, error="anders")'
    lines = told(here, ("1 of 1 passed", lambda: plugin(here, says)))

    assert "anders" in lines[3]


def test_a_save_breaks_off_what_is_under_way_and_comes_first(here):
    plugin(here, WAITS)
    scenario(here, "pack.b")
    for number in range(20):  # so many that a line is told before any of them has ended
        scenario(here, f"pack.{number + 10}")

    lines = told(
        here,
        ("running 22", lambda: scenario(here, "pack.b")),
        ("saved pack.b", lambda: plugin(here, WELL)),
    )

    assert not [line for line in lines if line.startswith(("passed", "failed", "inconclusive"))]
    assert lines[-1].startswith("22 of 22 passed")


def test_what_was_broken_off_is_run_after_what_was_saved(here):
    go = here / "go"
    plugin(here, f"while not os.path.exists({str(go)!r}):\n    time.sleep(0.01)\n{WELL}")
    for number in range(12):
        scenario(here, f"pack.{number + 10}")

    def save():
        asyncio.get_running_loop().call_later(0.3, go.touch)  # when it was broken off
        return scenario(here, "pack.21")

    lines = told(here, ("running 13", save))

    assert lines[-2:] == ["running 13 scenarios", f"13 of 13 passed{WAITING}"]


def test_problems_are_told_and_the_next_save_goes_on(here):
    path = here / "packs" / "pack.a.scenario.yaml"

    def spoil():
        path.write_text("scenario: x\n", encoding="utf-8")
        return path

    lines = told(here, ("1 of 1 passed", spoil), ("`title`", lambda: scenario(here, "pack.a")))

    assert [line for line in lines if "`title`" in line]
    assert lines[-1].startswith("1 of 1 passed")
