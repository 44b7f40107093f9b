"""A run under every kind of fault ends in time, with the right cause, and leaves nothing behind."""

import sys
from pathlib import Path

import pytest

from koppeling_harness.model.fault import FaultKind
from support.cli import koppeling
from support.tiny import tiny_plugin

pytestmark = pytest.mark.unmeasured

LIMIT_S = 10
SCENARIO = """
scenario: fault.{name}
title: {{nl: a, en: b}}
level: required
proves: [test]
timeout_s: {limit_s}
when:
  - operation: read
    timeout_s: {limit_s}
    expect: {{ok: {{$any: true}}}}
faults:
  - {{fault: {kind}{options}}}
"""
OPTIONS = {
    FaultKind.STATUS: ", status: 503",
    FaultKind.HELD_ANSWER: ", delay_s: 0.3",
    FaultKind.DELAY: ", delay_s: 0.3",
    FaultKind.SLOW_BODY: ", delay_s: 0.3",
    FaultKind.CLOCK_SKEW: ", delay_s: 60",
    FaultKind.MISSING_FIELD: ", field: Description",
}
BREAKS = {
    FaultKind.STATUS,
    FaultKind.RESET,
    FaultKind.LOST_ANSWER,
    FaultKind.HALF_BODY,
    FaultKind.MALFORMED_JSON,
    FaultKind.LOGIN_PAGE,
    FaultKind.ERROR_BODY,
    FaultKind.BLOCKED_CONNECTOR,
    FaultKind.EXPIRED_TOKEN,
}
"""An integration that does nothing about these breaks down: that is its own doing."""


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """The results by kind of fault, and the folder that the run worked in."""
    folder = tmp_path_factory.mktemp("faults")
    tiny_plugin(folder / "plugins" / "tiny")
    for kind in FaultKind:
        path = folder / "scenarios" / f"{kind.value}.scenario.yaml"
        path.parent.mkdir(exist_ok=True)
        name = kind.value.replace("_", "-")
        options = OPTIONS.get(kind, "")
        text = SCENARIO.format(name=name, kind=kind.value, options=options, limit_s=LIMIT_S)
        path.write_text(text, encoding="utf-8")
    done = koppeling("run", "--json", "--release", "Profit 8", cwd=folder)
    assert done.code == 1, done.err
    (integration,) = done.json()["integrations"]
    by_name = {each["scenario"].removeprefix("fault."): each for each in integration["results"]}
    return {kind: by_name[kind.value.replace("_", "-")] for kind in FaultKind}, folder


@pytest.mark.parametrize("kind", FaultKind)
def test_a_fault_fires_and_the_scenario_ends_with_the_right_cause(kind, ran):
    result = ran[0][kind]

    assert result["faults"][0]["fired"] >= 1
    assert result["duration_s"] < LIMIT_S
    expected = ("failed", "integration") if kind in BREAKS else ("passed", None)
    assert (result["outcome"], result["cause"]) == expected, result["findings"]


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_no_process_is_left(ran):
    left = []
    for each in Path("/proc").glob("[0-9]*/cwd"):
        try:
            where = each.readlink()
        except OSError:
            continue
        if where.is_relative_to(ran[1]):
            left.append(str(each))

    assert left == []
