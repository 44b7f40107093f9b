"""One member of a record is edited: it is refused, changes no standing, or the page names it."""

import copy
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from koppeling_harness.clock import AMSTERDAM
from koppeling_harness.document import dump_json
from koppeling_harness.model.run import Scope
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.rules.record_check import against_list, ahead_of, contradictions
from koppeling_harness.rules.record_summary import summaries
from koppeling_harness.rules.standing import as_recorded, standings
from support.records import BOOK, LIST, a_failure, a_result, a_run, an_integration

NOW = datetime(2026, 12, 1, tzinfo=UTC)
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "run-record.md"
OTHER_LIST = "52ac" * 16
READER = BOOK.__class__(known=(), own={LIST: "one", OTHER_LIST: "other"}, version="0.1.0")

NAMED = (
    r"integrations\.0\.(id|version|digest)",
    r"integrations\.0\.(identity\.(integration_id|subscription)|scope)",
    r"(run_id|started_at|finished_at|seed)",
    r"erp\.(version|environment)",
    r"scenario_lock\.digest",
)
"""What cannot be seen without a signature, as the page of the record says."""

PASSED = json.loads(
    dump_json(
        a_run(
            an_integration(
                a_result("a", exchanges=a_failure().exchanges),
                a_result("b", operation="push", steps=(a_failure().steps[0],)),
                a_result("c", level="recommended"),
            )
        )
    )
)
FAILED = json.loads(
    dump_json(
        a_run(
            an_integration(
                a_result("a"),
                a_failure("b"),
                a_failure("c", waiver="W1"),
                a_failure("d", outcome="inconclusive", cause="environment"),
                a_result("e", outcome="not_run", cause="harness"),
            )
        )
    )
)
PART = json.loads(
    dump_json(
        a_run(an_integration(a_result("a"), scope=Scope(whole=False, because=("in_process",))))
    )
)
VALUES = (
    *("passed", "failed", "inconclusive", "not_run", "required", "recommended", "integration"),
    *("emulator", "environment", "error", "warning", "ERP1", "T12345AA", "Profit 7", "Profit 8"),
    *("a", "b[push]", "W1", "keyword", "7.0.1", "9.9.9", OTHER_LIST, "ab" * 32, "12345_1", ""),
    *("2026-11-23T09:00:00Z", "2099-01-01T00:00:00Z", "20261123T083016Z-aaaaaa"),
    {"whole": True, "because": []},
    *(0, 1, 2, 3, 99, -1, True, False, None, 1.5, 2**70),
)


_SHOWN_ONLY = {"title", "text", "advice", "differences", "exchanges", "proves", "curl"}


def places(value, at=()):
    """Yield where every member of a document is."""
    if at:
        yield at
    if isinstance(value, dict):
        for name, each in value.items():
            yield from places(each, (*at, name))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from places(each, (*at, number))


def verdict(record):
    """What a reader makes of a record: None when it is refused, else what stands by its key."""
    try:
        if contradictions(record) or ahead_of(record, NOW) or against_list(record, READER):
            return None
        runs = list(summaries(record, READER, zone=AMSTERDAM))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError):
        return None
    found = {}
    for run in runs:
        stands = standings([run], who=None, held_until=as_recorded, as_of=NOW.date())
        outcome = stands[run.release].outcome if run.release in stands else Outcome.NOT_RUN
        key = (run.integration, run.release, run.version, run.digest, run.identity, run.kind)
        found[(*key, run.list_digest, run.date)] = outcome
    return found


def edited(record, place, value, *, delete):
    changed = copy.deepcopy(record)
    inside = changed
    for each in place[:-1]:
        inside = inside[each]
    if delete:
        del inside[place[-1]]
    else:
        inside[place[-1]] = value
    return changed


@pytest.mark.parametrize("record", [PASSED, FAILED, PART], ids=["passed", "failed", "part"])
def test_the_records_that_are_edited_hold_before(record):
    assert verdict(record) is not None


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_one_edited_member_never_makes_a_pass_of_what_was_none(data):
    record = data.draw(st.sampled_from([PASSED, FAILED, PART]))
    place = data.draw(st.sampled_from(list(places(record))))
    value = data.draw(st.sampled_from(VALUES))
    after = verdict(edited(record, place, value, delete=data.draw(st.booleans())))
    before = verdict(record)
    name = ".".join(map(str, place))

    gained = [
        key
        for key, outcome in (after or {}).items()
        if outcome is Outcome.PASSED and before.get(key) is not Outcome.PASSED
    ]
    assert not gained or any(re.fullmatch(each, name) for each in NAMED), (name, value)


@pytest.mark.long
@pytest.mark.parametrize("record", [FAILED, PART], ids=["failed", "part"])
def test_no_member_taken_away_or_made_otherwise_turns_a_record_into_a_pass(record):
    for place in places(record):
        if _SHOWN_ONLY & set(place):
            continue
        for value in VALUES:
            after = verdict(edited(record, place, value, delete=False)) or {}
            named = any(re.fullmatch(each, ".".join(map(str, place))) for each in NAMED)
            assert named or Outcome.PASSED not in after.values(), (place, value)
        after = verdict(edited(record, place, None, delete=True)) or {}
        assert Outcome.PASSED not in after.values(), place


def test_the_page_names_what_cannot_be_seen():
    if not PAGE.is_file():
        pytest.skip("docs/ is not here")
    said = PAGE.read_text("utf-8").split("## What cannot be seen")[1].split("## ")[0]

    for each in ("id", "version", "digest", "identity", "run_id", "started_at", "finished_at"):
        assert f"`{each}`" in said
    for each in ("seed", "erp.version", "erp.environment", "scenario_lock.digest", "scope"):
        assert f"`{each}`" in said
