from dataclasses import replace
from datetime import date

import pytest

from koppeling_harness.model.partner import Identity
from koppeling_harness.model.releasable import Answer
from koppeling_harness.model.verdict import ErpKind, Outcome
from koppeling_harness.rules.releasable import releasable
from support.registrations import KNOWN, a_run

OUTCOMES = {
    Outcome.PASSED: {},
    Outcome.FAILED: {"failed": ("retry",), "passed": 2},
    Outcome.INCONCLUSIVE: {"inconclusive": 1, "passed": 2},
    Outcome.NOT_RUN: {"not_run": 1, "passed": 2},
}


def a_verdict(outcome=Outcome.PASSED, *, day=20, digest="aa", **more):
    return a_run(
        "Profit 8",
        f"2026-11-{day}",
        run_id=f"run-{day}",
        version="2.4.0",
        digest=digest,
        **{**OUTCOMES[outcome], **more},
    )


def asked(*runs, known=()):
    return releasable(
        runs,
        integration="uren",
        version="2.4.0",
        release="Profit 8",
        as_of=date(2026, 11, 30),
        known=known,
    )


@pytest.mark.parametrize(
    ("outcome", "answer"), [(Outcome.PASSED, Answer.YES), (Outcome.FAILED, Answer.NO)]
)
def test_the_last_conclusive_verdict_decides_whatever_the_older_ones_say(outcome, answer):
    older = [a_verdict(each, day=10 + at) for at, each in enumerate(Outcome)]
    found = asked(*older, a_verdict(outcome, day=25))

    assert found.answer is answer
    assert [each.run_id for each in found.rows if each.counts] == ["run-25"]
    assert found.rows[0].counts


@pytest.mark.parametrize("outcome", [Outcome.INCONCLUSIVE, Outcome.NOT_RUN])
@pytest.mark.parametrize(
    ("stood", "answer"), [(Outcome.PASSED, Answer.YES), (Outcome.FAILED, Answer.NO)]
)
def test_what_could_not_judge_changes_no_answer(outcome, stood, answer):
    assert asked(a_verdict(stood), a_verdict(outcome, day=25)).answer is answer
    assert asked(a_verdict(outcome, day=25)).answer is Answer.UNKNOWN


@pytest.mark.parametrize(
    "lesser", [{"part": ("keyword",)}, {"list_word": None}, {"kind": ErpKind.ENVIRONMENT}]
)
def test_a_part_an_unknown_list_or_an_environment_alone_is_no_yes(lesser):
    assert asked(a_verdict(**lesser)).answer is Answer.UNKNOWN
    assert asked(a_verdict(Outcome.FAILED), a_verdict(day=25, **lesser)).answer is Answer.NO


def test_two_integrations_of_one_name_give_no_answer():
    one = Identity(integration_id="12345_1", subscription="12345")
    other = Identity(integration_id="45678_1", subscription="45678")
    found = asked(a_verdict(identity=one), a_verdict(day=21, identity=other))

    assert found.answer is Answer.UNKNOWN
    assert "12345_1, 45678_1" in found.why.en
    assert not any(each.counts for each in found.rows)


def test_a_record_of_another_integration_makes_no_unknown_of_a_no():
    one = Identity(integration_id="12345_1", subscription="12345")
    other = Identity(integration_id="45678_1", subscription="45678")
    found = asked(a_verdict(Outcome.FAILED, identity=one), a_verdict(day=21, identity=other))

    assert found.answer is Answer.NO
    assert "12345_1, 45678_1. Run run-20 failed" in found.why.en


def test_the_age_of_a_verdict_is_told_once_its_release_may_be_another():
    old = replace(a_verdict(), date=date(2019, 1, 1))

    assert "2890 days old" in asked(old).why.en
    assert "days old" not in asked(a_verdict()).why.en


def test_the_answer_names_record_list_and_where_it_was_run():
    found = asked(a_verdict())

    assert found.why.en == (
        "Run run-20 on the emulator passed: all 3 required scenarios (list of version 0.1.0)."
    )
    assert found.rows[0].list == KNOWN.name


def test_without_a_verdict_it_is_unknown_and_it_is_told_of_what_there_are():
    found = asked(known=["2.3.0 (Profit 8)"])

    assert found.answer is Answer.UNKNOWN
    assert found.why.en == (
        "No verdict of uren 2.4.0 on Profit 8 is stored; there is of 2.3.0 (Profit 8)."
    )
    assert asked().why.en.endswith("is stored.")


def test_it_is_told_when_a_waiver_or_other_files_play_a_part():
    waived = a_verdict(Outcome.FAILED, waived=("retry",))

    assert "by a waiver" in asked(waived).why.en
    assert "other files were run" in asked(a_verdict(), a_verdict(day=19, digest="bb")).why.en


def test_records_of_one_identity_are_those_of_one_integration():
    us = Identity(integration_id="12345_1", subscription="12345")
    found = asked(a_verdict(identity=us, day=20), a_verdict(identity=us, day=21))

    assert found.answer is Answer.YES
    assert [(each.run_id, each.counts) for each in found.rows] == [
        ("run-21", True),
        ("run-20", False),
    ]
