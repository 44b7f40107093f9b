"""Laws of the standing: what is lesser, later or worse never makes it better, in any order."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from koppeling_harness.model.functional import ListWord
from koppeling_harness.model.partner import Identity
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import ErpKind, Outcome
from koppeling_harness.rules.functional import functional_facts, release_statuses
from koppeling_harness.rules.standing import by_registration, standings
from koppeling_harness.rules.status import ORDER
from support.registrations import KNOWN, RELEASES, a_run, a_waiver

pytestmark = pytest.mark.unmeasured

AS_OF = date(2026, 11, 23)
FIRST = date(2025, 6, 1)
US = Identity(integration_id="12345_678900", subscription="12345")
THEM = Identity(integration_id="45678_1", subscription="45678")
OUTCOMES = {
    "passed": {"passed": 3},
    "failed": {"passed": 2, "failed": ("retry",)},
    "other": {"passed": 2, "failed": ("other",)},
    "inconclusive": {"passed": 2, "inconclusive": 1},
    "not_run": {"passed": 2, "not_run": 1},
    "both": {"passed": 1, "inconclusive": 1, "failed": ("retry",)},
    "nothing": {"passed": 0},
}
UNKNOWN = ListWord(name=Text(nl="onbekend", en="unknown"), counts=False)
ENDED = replace(KNOWN, until=date(2025, 1, 1))
NEITHER = {"failed": (), "inconclusive": 0, "not_run": 0}
"""Of a record that failed as well, what is inconclusive in it makes it no lesser one."""
LESSER = (
    {"part": ("keyword",)},
    {"part": ("shard",)},
    {"list_word": UNKNOWN},
    {"list_word": None},
    {"list_word": ENDED},
    {"identity": THEM},
    *({**NEITHER, **OUTCOMES[name]} for name in ("inconclusive", "not_run", "nothing")),
)

days = st.integers(0, (AS_OF - FIRST).days).map(lambda number: FIRST + timedelta(number))


@st.composite
def records(draw, number=0):
    return a_run(
        draw(st.sampled_from(["Profit 7", "Profit 8"])),
        draw(days).isoformat(),
        run_id=f"r{number}",
        identity=draw(st.sampled_from([US, US, THEM, None])),
        kind=draw(st.sampled_from(ErpKind)),
        list_word=draw(st.sampled_from([KNOWN, KNOWN, KNOWN, UNKNOWN, ENDED, None])),
        part=draw(st.sampled_from([(), (), (), ("keyword",), ("interrupted",)])),
        digest=draw(st.sampled_from(["aa", "bb"])),
        **OUTCOMES[draw(st.sampled_from(sorted(OUTCOMES)))],
    )


@st.composite
def histories(draw):
    return [draw(records(number)) for number in range(draw(st.integers(0, 6)))]


waivers = st.sampled_from(
    [(), (a_waiver("retry", "2026-12-31"),), (a_waiver("retry", "2026-01-01"),)]
)


def found(history, held=()):
    return standings(history, who=US, held_until=by_registration(held, as_of=AS_OF), as_of=AS_OF)


def weight(history, held=()):
    """How heavy the releases weigh on the status."""
    stands = found(history, held)
    facts = functional_facts(release_statuses(stands, releases=RELEASES), stands, as_of=AS_OF)
    return max(ORDER.index(each.demands) for each in facts)


def outcomes(history, held=()):
    return {label: each.outcome for label, each in found(history, held).items()}


@given(histories(), waivers, records(99), st.sampled_from(LESSER))
def test_what_is_lesser_changes_no_verdict_that_stands(history, held, extra, lesser):
    """A pass stays a pass and a failure a failure, whatever is run beside it."""
    before = found(history, held)
    after = found([*history, replace(extra, **lesser)], held)

    for label, each in before.items():
        if each.governing is not None:
            assert after[label].outcome is each.outcome
            assert after[label].governing == each.governing


@given(histories(), waivers, records(99), st.sampled_from(LESSER))
def test_what_is_lesser_never_improves_a_status(history, held, extra, lesser):
    assert weight([*history, replace(extra, **lesser)], held) >= weight(history, held)


@given(histories(), records(99))
def test_a_failure_never_improves_a_status(history, extra):
    for failure in (OUTCOMES["failed"], OUTCOMES["both"]):
        failed = replace(extra, **{"inconclusive": 0, "not_run": 0, **failure})
        assert weight([*history, failed]) >= weight(history)


@given(histories())
def test_a_failed_whole_run_of_now_is_what_stands(history):
    failed = a_run("Profit 8", AS_OF.isoformat(), run_id="z", identity=US, **OUTCOMES["failed"])
    assert outcomes([*history, failed])["Profit 8"] is Outcome.FAILED


@given(histories())
def test_a_whole_pass_of_now_stands_unless_an_environment_says_otherwise(history):
    """The honest twin: who mends it and runs the whole of it again is in order."""
    passed = a_run("Profit 8", AS_OF.isoformat(), run_id="z", identity=US, **OUTCOMES["passed"])
    # a failure of the same moment would be taken for the later one
    passed = replace(passed, started_at=passed.started_at + timedelta(minutes=1))
    mended = replace(passed, run_id="zz", kind=ErpKind.ENVIRONMENT)

    assert outcomes([*history, passed, mended])["Profit 8"] is Outcome.PASSED


@given(histories(), waivers, st.integers(1, 400))
def test_older_records_never_improve_a_status(history, held, back):
    older = [replace(each, date=each.date - timedelta(back)) for each in history]

    assert weight(older, held) >= weight(history, held)


@given(histories(), waivers, st.randoms(use_true_random=False))
def test_the_order_in_which_records_are_read_is_of_no_importance(history, held, chance):
    shuffled = list(history)
    chance.shuffle(shuffled)

    assert found(shuffled, held) == found(history, held)


@given(histories())
def test_nothing_but_a_whole_pass_on_a_list_that_counts_makes_a_pass(history):
    for label, outcome in outcomes(history).items():
        if outcome is Outcome.PASSED:
            assert any(
                each.release == label
                and each.identity != THEM
                and each.kind is ErpKind.EMULATOR
                and each.list_word == KNOWN
                and not each.part
                and each.passed == 3
                for each in history
            )
