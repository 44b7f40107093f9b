from datetime import UTC, datetime

import pytest

from koppeling_harness.model.releasable import Answer, VerdictRow
from koppeling_harness.model.run import ErpInfo, ErpKind, RequiredCount
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.rules.releasable import releasable


def a_row(outcome=Outcome.PASSED, *, day=20, digest="aa", waived=0):
    return VerdictRow(
        run_id=f"run-{day}",
        started_at=datetime(2026, 11, day, tzinfo=UTC),
        erp=ErpInfo(kind=ErpKind.EMULATOR, environment="T1", version="8.0.12", label="Profit 8"),
        version="2.4.0",
        digest=digest,
        outcome=outcome,
        required=RequiredCount(total=3, executed=3, passed=3 if outcome == "passed" else 1),
        waived=waived,
    )


def asked(*rows, known=()):
    return releasable(rows, integration="uren", version="2.4.0", release="Profit 8", known=known)


@pytest.mark.parametrize(
    ("outcome", "answer"),
    [
        (Outcome.PASSED, Answer.YES),
        (Outcome.FAILED, Answer.NO),
        (Outcome.INCONCLUSIVE, Answer.UNKNOWN),
        (Outcome.NOT_RUN, Answer.UNKNOWN),
    ],
)
def test_the_newest_verdict_decides_whatever_the_older_ones_say(outcome, answer):
    older = [a_row(each, day=10 + at) for at, each in enumerate(Outcome)]
    found = asked(*older, a_row(outcome, day=25))

    assert found.answer is answer
    assert [each.run_id for each in found.rows if each.counts] == ["run-25"]
    assert found.rows[0].counts


def test_without_a_verdict_it_is_unknown_and_it_is_told_of_what_there_are():
    found = asked(known=["2.3.0 (Profit 8)"])

    assert found.answer is Answer.UNKNOWN
    assert found.why.en == (
        "No verdict of uren 2.4.0 on Profit 8 is stored; there is of 2.3.0 (Profit 8)."
    )
    assert asked().why.en.endswith("is stored.")


def test_it_is_told_when_a_waiver_or_other_files_play_a_part():
    assert "by a waiver" in asked(a_row(waived=2)).why.en
    assert "other files were run" in asked(a_row(), a_row(day=19, digest="bb")).why.en
