"""What is told beside a verdict."""

from dataclasses import replace
from datetime import date

import pytest

from koppeling_harness.model.proof import NO_MODIFIED_FIELD, Proof, ProofState
from koppeling_harness.model.run import DECLARED, ExchangeRecord, NotAsked, Scope
from koppeling_harness.model.verdict import Level, Severity
from koppeling_harness.report.run_text import run_lines
from koppeling_harness.rules.run_groups import summarised
from koppeling_harness.rules.scope import by_another
from koppeling_harness.rules.verdict_notes import verdict_notes, word_notes
from support.exchanges import a_manifest
from support.records import a_failure, a_finding, a_result, a_run, an_integration

WHOLE = (
    Proof(
        requirement="changes-only",
        connector="Acme_Items",
        state=ProofState.NOT_APPLICABLE,
        why=NO_MODIFIED_FIELD,
    ),
)
READ = ExchangeRecord(
    number=1, method="GET", path="/connectors/Acme_Items", status=200, duration_s=0.1
)
ON_PAPER = (NotAsked(id="a", why=f"{DECLARED}trigger: person"),)


def notes(record) -> str:
    return "\n".join(note.en for note in verdict_notes(record))


@pytest.mark.parametrize(
    ("own", "looking", "told"),
    [
        (("a",), ("a",), False),
        (("a",), (), True),
        (("a",), None, False),
        ((), (), True),
        ((), ("recommended",), False),
    ],
)
def test_that_data_arrives_is_proven_by_an_own_scenario_that_looks(own, looking, told):
    record = an_integration(a_result(), own_ids=own, own_looking=looking)

    assert ("that data arrives as meant is not proven" in notes(record)) is told


@pytest.mark.parametrize(
    ("because", "told"),
    [((), True), (("own_list",), True), (("interrupted",), False), (("keyword",), False)],
)
def test_what_was_never_called_is_told_of_a_run_that_asked_everything(because, told):
    scope = Scope(whole=not because, because=because)

    record = an_integration(a_result(), declared=("Acme_Items",), scope=scope)

    assert ("never called: Acme_Items" in notes(record)) is told


def test_what_is_not_applicable_throughout_is_not_counted_as_proven():
    seen, whole = a_result(exchanges=(READ,)), a_result(exchanges=(READ,), proof=WHOLE)

    assert an_integration(seen).verdict.required.proven == 1
    assert an_integration(whole).verdict.required.proven == 0


def test_a_whole_read_on_the_word_of_the_partner_is_told():
    assert "no modified_field for Acme_Items" in notes(an_integration(a_result(proof=WHOLE)))


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (1, "1 required scenario was not asked, on the partner's word: trigger: person."),
        (2, "2 required scenarios were not asked, on the partner's word: trigger: person."),
    ],
)
def test_one_scenario_and_several_are_told_as_such(count, sentence):
    assert sentence in notes(an_integration(a_result(), not_asked=ON_PAPER * count))


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (1, "1 scenario will be required from 1 March 2027; it passes already."),
        (2, "2 scenarios will be required from 1 March 2027; 0 of them do not pass yet."),
    ],
)
def test_what_is_required_later_is_counted(count, sentence):
    later = [
        a_result(f"s.{at}", level=Level.RECOMMENDED, required_from=date(2027, 3, 1))
        for at in range(count)
    ]

    assert sentence in notes(an_integration(a_result(), *later))


def test_what_only_another_operation_declares_is_told():
    manifest = a_manifest()
    reading, writing = (
        replace(manifest.operations[0], name="look", reads=("Acme_Items",), writes=(), calls=()),
        replace(manifest.operations[0], name="push", reads=(), writes=("KnSubject",), calls=()),
    )
    wrote = replace(READ, method="POST", path="/connectors/knsubject")
    result = a_result(operation="look", exchanges=(READ, wrote))
    found = by_another([reading, writing], [result])

    assert found == ("look: KnSubject",)
    assert "does not declare it: look: KnSubject" in notes(
        an_integration(a_result(), by_another=found)
    )


@pytest.mark.parametrize("wrong", [1, 7])
def test_what_a_pass_owes_to_the_word_of_a_manifest_is_told_in_a_fleet_too(wrong):
    good = an_integration(
        a_result(), id="good", not_asked=ON_PAPER, declared=("Never",), exercised=()
    )
    fleet = [an_integration(a_failure(), id=f"bad-{at}") for at in range(wrong)]
    plain = [an_integration(a_result(), id=f"fine-{at}") for at in range(wrong)]
    said = "\n".join(run_lines(summarised([a_run(good, *fleet, *plain)])))

    assert len(word_notes(good)) == 2
    for note in word_notes(good):
        assert said.count(note.en) == 1


def test_a_warning_where_all_passed_is_told_once_with_how_often():
    warning = a_finding(
        "LINE-LEFT-OUT", level=Severity.WARNING, message="a line is seen nowhere", text=None
    )
    passed = [a_result(f"s.{at}", findings=(warning,)) for at in range(2)]
    beside = a_finding("INTEGRATION-ID", level=Severity.WARNING)
    wrong = a_failure("x", findings=(a_finding("INTEGRATION-ID"),))

    told = notes(an_integration(*passed, a_result("y", findings=(beside,)), wrong))

    assert "A warning that does not count: LINE-LEFT-OUT (2): a line is seen nowhere." in told
    assert "INTEGRATION-ID" not in told
