"""No turn of the loop works long on what one integration sends, answers or logs.

What counts is processor time of the loop's own thread, which no other program on the machine adds
to.
"""

import sys
import time
from asyncio import events

import pytest

from support.acting import write_acting
from support.cli import koppeling
from support.neighbours import write_bad

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(sys.platform != "linux", reason="limits memory, and looks into /proc"),
]

LONGEST_S = 0.25
"""Of a turn. Some 100 ms were measured, where it was ten seconds before."""

BAD = {
    **dict.fromkeys(("huge-post", "bulk-post", "packed-post", "many-calls"), "failed"),
    **dict.fromkeys(("huge-answer", "huge-output", "huge-log"), "passed"),
    "huge-error": "failed",
}


@pytest.fixture
def longest(monkeypatch):
    """How long each turn of a loop took that took a while, in seconds of its thread."""
    took: list[tuple[float, str]] = []
    run = events.Handle._run

    def measured(handle):
        began_s = time.thread_time()
        try:
            return run(handle)
        finally:
            took_s = time.thread_time() - began_s
            if took_s > 0.05:
                took.append((took_s, repr(handle)[:300]))

    monkeypatch.setattr(events.Handle, "_run", measured)
    return took


def test_no_turn_of_the_loop_takes_long(tmp_path, longest):
    (tmp_path / "scenarios").mkdir()
    for act in BAD:
        write_bad(tmp_path, act)
    for kind in ("python", "command", "stdio"):
        write_acting(tmp_path, kind, name=f"well-{kind}", act="time.sleep(0.3)")

    done = koppeling("run", "--json", "--release", "Profit 8", cwd=tmp_path)

    outcomes = {each["id"]: each["results"][0]["outcome"] for each in done.json()["integrations"]}
    assert {outcomes[f"well-{kind}"] for kind in ("python", "command", "stdio")} == {"passed"}
    assert {each: outcomes[each] for each in BAD} == BAD
    assert [each for each in longest if each[0] > LONGEST_S] == []
