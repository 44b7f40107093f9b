"""Which connectors a scenario is tried on by themselves, and what all rounds come to."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from koppeling_harness.engine.proof import each_from
from koppeling_harness.engine.rounds import in_rounds
from koppeling_harness.model.fault import FaultKind
from koppeling_harness.model.proof import Proof, ProofState
from koppeling_harness.model.run import ExchangeRecord, FaultRecord, StepRecord
from koppeling_harness.model.scenario import ForEach
from koppeling_harness.model.verdict import Cause, Outcome, Severity
from koppeling_harness.rules.witnessed import witnessed_by
from koppeling_harness.scenario.load import load_scenario
from koppeling_harness.scenario.packs import packs_folder
from koppeling_harness.scenario.plan import plan
from support.records import a_finding, a_result
from support.scenarios import a_manifest, an_operation

RESET = "availability.connection-reset"
A, B = "Voorbeeld_A", "Voorbeeld_B"


def planned(operation, name=RESET):
    place = packs_folder() / f"{name.replace('.', '/')}.scenario.yaml"
    (one,) = plan([load_scenario(place)], a_manifest(operation), release="Profit 8")
    assert one.scenario.for_each in {ForEach.READING, ForEach.WRITING}
    return one


READS = planned(an_operation("sync", reads=(A, B)))
BEFORE = each_from(READS) - timedelta(days=1)
AFTER = each_from(READS)


def line(connector, state=ProofState.PROVEN):
    return Proof(requirement=witnessed_by(RESET)[0].id, connector=connector, state=state)


def exchange(number, connector, *, struck=False):
    return ExchangeRecord(
        number=number,
        method="GET",
        path=f"/connectors/{connector}",
        status=None if struck else 200,
        duration_s=0.1,
        fault=FaultKind.RESET if struck else None,
    )


def called(*connectors, struck="", **changes):
    """Return what a round came to in which connectors were called, and one was struck."""
    result = a_result(
        RESET,
        exchanges=tuple(
            exchange(number, name, struck=name == struck)
            for number, name in enumerate(connectors, start=1)
        ),
        steps=(StepRecord(name="when 1", place="x:1:1", outcome=Outcome.PASSED, duration_s=0.1),),
        faults=(
            FaultRecord(
                fault=FaultKind.RESET,
                calls="1",
                of="calls",
                place="x:1:1",
                fired=int(bool(struck)),
                attempts=1,
                waits_s=(),
                duration_s=0.0,
                last_status=None,
                written=0,
            ),
        ),
        proof=(line(struck),) if struck else (),
    )
    return replace(result, **changes)


def carried_out(one, *results, day=AFTER):
    """Return what a scenario comes to, and the rounds that were carried out."""
    waiting, rounds = list(results), []

    async def carry_out(each):
        rounds.append(each)
        return waiting.pop(0)

    result = asyncio.run(in_rounds(one, carry_out, day=day))
    assert not waiting
    return result, [each.round for each in rounds[1:]]


def states(result):
    return {each.connector: each.state for each in result.proof}


def test_each_connector_that_was_not_struck_has_a_round_of_its_own():
    result, rounds = carried_out(
        READS, called(A, B, struck=A), called(A, B, struck=B, exchanges=(exchange(3, B),))
    )

    assert [(each.connector, each.number, each.seen) for each in rounds] == [(B, 2, 2)]
    assert result.outcome is Outcome.PASSED
    assert states(result) == {A: ProofState.PROVEN, B: ProofState.PROVEN}
    assert [each.name for each in result.steps] == ["when 1", f"{B}: when 1"]
    assert [each.number for each in result.exchanges] == [1, 2, 3]


def test_what_was_shown_without_being_struck_needs_no_round():
    first = called(A, B, struck=A, proof=(line(A), line(B, ProofState.NOT_APPLICABLE)))

    assert carried_out(READS, first)[1] == []


def test_a_line_about_another_connector_shows_nothing_of_this_one():
    first = called(A, B, struck=A, proof=(line(A), line("Voorbeeld_C")))

    assert [each.connector for each in carried_out(READS, first, called(A, B, struck=B))[1]] == [B]


def test_what_an_operation_that_came_to_its_end_never_called_is_not_tried():
    result, rounds = carried_out(READS, called(A, struck=A))

    assert rounds == []
    assert result.outcome is Outcome.NOT_RUN
    assert states(result) == {A: ProofState.PROVEN, B: ProofState.NOT_PROVEN}


def test_what_may_come_after_a_step_that_did_not_go_well_is_tried():
    broken_off = called(
        A,
        struck=A,
        steps=(StepRecord(name="when 1", place="x:1:1", outcome=Outcome.FAILED, duration_s=0.1),),
    )

    assert [each.connector for each in carried_out(READS, broken_off, called(B, struck=B))[1]] == [
        B
    ]


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.INCONCLUSIVE])
def test_after_a_first_round_that_failed_there_is_no_other(outcome):
    first = called(A, B, struck=A, outcome=outcome, cause=Cause.INTEGRATION)

    result, rounds = carried_out(READS, first)

    assert (rounds, result.outcome) == ([], outcome)


def test_without_a_single_call_there_is_no_other_round():
    assert carried_out(READS, called(outcome=Outcome.NOT_RUN))[1] == []


def failed(*found):
    return called(
        A,
        B,
        struck=B,
        outcome=Outcome.FAILED,
        cause=Cause.INTEGRATION,
        findings=found or (a_finding("NO-RETRY"),),
        proof=(line(B, ProofState.REFUTED),),
    )


def test_a_further_round_that_fails_counts_from_its_day_and_says_which_connector():
    result, _ = carried_out(READS, called(A, B, struck=A), failed())

    assert result.outcome is Outcome.FAILED
    assert states(result) == {A: ProofState.PROVEN, B: ProofState.REFUTED}
    (found,) = result.findings
    assert (found.code, found.level) == ("NO-RETRY", Severity.ERROR)
    assert found.message.startswith(f"{B}: ")


def test_until_then_it_is_a_warning_that_names_the_day_and_what_went_wrong():
    noted = a_finding("SLOW", level=Severity.WARNING, message="slow", text=None)
    result, _ = carried_out(
        READS, called(A, B, struck=A), failed(noted, a_finding("NO-RETRY")), day=BEFORE
    )

    assert result.outcome is Outcome.PASSED
    assert [(each.code, each.level) for each in result.findings] == [
        ("SLOW", Severity.WARNING),
        ("NO-RETRY", Severity.WARNING),
    ]
    assert f"(counts from {AFTER})" in result.findings[1].message
    proof = next(each for each in result.proof if each.connector == B)
    assert (proof.state, proof.why.en) == (ProofState.NOT_PROVEN, "went wrong: NO-RETRY")


def test_what_was_found_in_a_round_that_shows_nothing_is_not_told():
    nothing = called(
        A, B, outcome=Outcome.NOT_RUN, cause=Cause.INTEGRATION, findings=(a_finding("NOT-PROVEN"),)
    )
    result, _ = carried_out(READS, called(A, B, struck=A), nothing, day=BEFORE)

    assert result.outcome is Outcome.PASSED
    assert result.findings == ()
    assert [each.name for each in result.steps] == ["when 1"]
    assert [each.fired for each in result.faults] == [1]


def test_the_same_finding_in_two_rounds_is_told_once():
    said = a_finding("SLOW", level=Severity.WARNING)
    result, _ = carried_out(
        READS, called(A, B, struck=A, findings=(said,)), called(A, B, struck=B, findings=(said,))
    )

    assert result.findings == (said,)


def test_a_round_that_hung_ends_the_rounds():
    reads = planned(an_operation("sync", reads=(A, B, "Voorbeeld_C")))
    hung = called(
        A,
        B,
        struck=B,
        outcome=Outcome.FAILED,
        cause=Cause.INTEGRATION,
        findings=(a_finding("PLUGIN-HUNG"),),
        proof=(),
    )

    result, rounds = carried_out(reads, called(A, B, "Voorbeeld_C", struck=A), hung)

    assert [each.connector for each in rounds] == [B]
    assert result.outcome is Outcome.FAILED


def test_what_is_only_read_before_a_write_is_tried_in_doubt_too():
    once = planned(an_operation("push", reads=(A,), writes=("PtProject",)))
    twice = planned(an_operation("push", reads=(A,), writes=("PtProject",), idempotent=True))
    unseen = called("PtProject", outcome=Outcome.NOT_RUN, cause=Cause.INTEGRATION)

    _, rounds = carried_out(once, unseen, called("PtProject"))
    assert [(each.in_doubt, each.again) for each in rounds] == [(True, False)]
    _, rounds = carried_out(twice, unseen, called("PtProject"), called(A, struck=A))
    assert [(each.in_doubt, each.again) for each in rounds] == [(True, False), (True, True)]
