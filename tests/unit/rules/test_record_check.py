"""Each kind of contradiction in a record is told with its place, and no honest record is."""

import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta

import pytest

from koppeling_harness.document import dump_json
from koppeling_harness.model.known_list import KnownList
from koppeling_harness.model.run import NotAsked, RunBreak, Scope
from koppeling_harness.model.verdict import Cause, Outcome
from koppeling_harness.rules.lists import ListBook
from koppeling_harness.rules.record_check import against_list, ahead_of, contradictions
from support.records import (
    LIST,
    STARTED_AT,
    a_failure,
    a_finding,
    a_result,
    a_run,
    a_set_aside,
    an_integration,
)

FIRST = "integrations[0]"


def plain(record):
    return json.loads(dump_json(record))


def a_record(**changes):
    integration = an_integration(
        a_result("a"),
        a_failure("b", operation=None),
        a_result("c", operation="push"),
        a_result("d", level="recommended"),
        declared=("Uren", "PtRealization"),
        exercised=("Uren",),
    )
    return plain(a_run(integration, **changes))


def edited(place, value):
    """A record with one member made otherwise."""
    record = a_record()
    inside = record
    *way, name = place.split(".")
    for each in way:
        inside = inside[int(each) if each.isdigit() else each]
    inside[int(name) if name.isdigit() else name] = value
    return record


def places(record):
    return [each.place for each in contradictions(record)]


@pytest.mark.parametrize(
    ("place", "value", "told"),
    [
        ("integrations.0.verdict.outcome", "passed", f"{FIRST}.verdict.outcome"),
        ("integrations.0.verdict.required.passed", 3, f"{FIRST}.verdict.required.passed"),
        ("integrations.0.verdict.required.total", 2, f"{FIRST}.verdict.required.total"),
        ("integrations.0.verdict.required.executed", 0, f"{FIRST}.verdict.required.executed"),
        ("integrations.0.verdict.required.proven", 3, f"{FIRST}.verdict.required.proven"),
        ("integrations.0.verdict.waived", 1, f"{FIRST}.verdict.waived"),
        ("integrations.0.results", [], f"{FIRST}.verdict.required.executed"),
        ("integrations.0.results.1.outcome", "passed", f"{FIRST}.results[1].cause"),
        ("integrations.0.results.1.findings", [], f"{FIRST}.results[1].findings"),
        ("integrations.0.results.0.level", "recommended", f"{FIRST}.results[0].level"),
        ("integrations.0.results.3.level", "required", f"{FIRST}.results[3].level"),
        ("integrations.0.results.0.waiver", "W1", f"{FIRST}.results[0].waiver"),
        ("integrations.0.required_ids", ["a", "b"], f"{FIRST}.results[2].level"),
        ("integrations.0.required_ids", ["a", "a", "b", "c[push]"], f"{FIRST}.required_ids"),
        ("integrations.0.own_ids", ["z"], f"{FIRST}.own_ids"),
        ("integrations.0.not_asked", [{"id": "a", "why": ""}], f"{FIRST}.not_asked"),
        ("integrations.0.exercised", ["KnUser"], f"{FIRST}.exercised"),
        ("integrations.0.scope", {"whole": True, "because": ["keyword"]}, f"{FIRST}.scope.whole"),
        ("integrations.0.scope", {"whole": False, "because": []}, f"{FIRST}.scope.whole"),
        ("integrations.0.scope", None, f"{FIRST}.scope"),
        ("integrations.0.identity", None, f"{FIRST}.scope"),
        ("integrations.0.identity.subscription", "", f"{FIRST}.identity"),
        ("integrations.0.digest", "", f"{FIRST}.digest"),
        ("integrations.0.version", " ", f"{FIRST}.version"),
        ("rerun_of", "20261101T000000Z-abcdef", f"{FIRST}.scope.because"),
        ("shard", {"index": 3, "total": 2}, "shard"),
        ("finished_at", "2026-11-23T08:30:14Z", "finished_at"),
        ("started_at", "2026-11-20T08:30:15Z", "run_id"),
        ("run_id", "run-1", "run_id"),
        ("harness.version", "", "harness.version"),
        ("scenario_lock.digest", "00", "scenario_lock.digest"),
        ("erp.kind", "environment", "erp.environment"),
        ("erp.kind", "cloud", "erp.kind"),
        ("erp.environment", "T12345AA", "erp.environment"),
        ("erp.label", "Profit 9", "erp.label"),
        ("erp.label", "of ours", "erp.label"),
        ("erp.version", "", "erp.version"),
        ("erp.version", "unknown", "erp.version"),
    ],
)
def test_each_contradiction_is_told_with_its_place(place, value, told):
    assert told in places(edited(place, value))


def test_a_pass_over_a_step_that_failed_is_told():
    record = a_record()
    steps = deepcopy(record["integrations"][0]["results"][1]["steps"])
    record["integrations"][0]["results"][0]["steps"] = steps

    assert places(record) == [f"{FIRST}.results[0].steps[1].outcome"]


def test_a_pass_that_nothing_it_is_about_came_in_may_have_gone_another_way():
    record = a_record()
    fault = {"fault": "reset", "calls": "2", "of": "writes", "place": "a.yaml:1:1", "fired": 0}
    step = {"name": "when 1", "place": "a.yaml:1:1", "outcome": "failed", "duration_s": 0.1}
    seen = {"requirement": "told", "connector": "", "state": "not_applicable", "exchange": None}
    result = record["integrations"][0]["results"][0]
    result |= {"faults": [fault], "steps": [step], "proof": [seen]}

    assert places(record) == []
    result["proof"] = [seen, {**seen, "state": "not_proven"}]
    assert places(record) == [
        f"{FIRST}.results[0].steps[0].outcome",
        f"{FIRST}.results[0].faults[0].fired",
    ]


def test_a_pass_over_a_fault_that_never_fired_is_told():
    record = a_record()
    fault = {"fault": "reset", "calls": "1-", "of": "", "place": "a.yaml:1:1", "fired": 1}
    record["integrations"][0]["results"][0]["faults"] = [fault, {**fault, "fired": 0}]

    assert places(record) == [f"{FIRST}.results[0].faults[1].fired"]


def test_nothing_is_left_to_the_emulator_by_the_emulator():
    record = a_record()
    why = "not in a shared environment: it waits an hour"
    record["integrations"][0]["not_asked"] = [{"id": "z", "why": why}]

    assert places(record) == [f"{FIRST}.not_asked"]
    record["erp"] |= {"kind": "environment", "environment": "T12345AA"}
    assert places(record) == []


def test_who_sent_something_when_a_scenario_had_ended_did_not_pass_it():
    record = a_record()
    call = {"scenario": "a", "method": "GET", "path": "/connectors/Uren"}
    record["integrations"][0]["late"] = [call, {**call, "scenario": "b"}]

    assert places(record) == [f"{FIRST}.late[0]"]


def test_what_never_started_was_not_executed_and_records_of_before_say_otherwise():
    never = a_failure(
        "b",
        operation=None,
        outcome=Outcome.INCONCLUSIVE,
        cause=Cause.CONFIGURATION,
        findings=(a_finding("PLUGIN-NOT-STARTED"),),
        steps=(),
        exchanges=(),
    )
    record = plain(a_run(an_integration(a_result("a"), never)))
    required = record["integrations"][0]["verdict"]["required"]

    assert (required["executed"], places(record)) == (1, [])
    required["executed"] = 2
    assert places(record) == []
    required["executed"] = 0
    assert places(record) == [f"{FIRST}.verdict.required.executed"]


def test_proven_are_no_more_than_passed_with_a_call():
    seen = a_result("a", exchanges=a_failure().exchanges)
    record = plain(a_run(an_integration(seen, a_result("b"))))
    required = record["integrations"][0]["verdict"]["required"]

    assert (required["proven"], places(record)) == (1, [])
    required["proven"] = 2
    assert places(record) == [f"{FIRST}.verdict.required.proven"]


def test_an_environment_that_was_never_reached_need_not_say_its_release():
    lost = a_failure(outcome=Outcome.INCONCLUSIVE, cause=Cause.ENVIRONMENT)
    record = plain(a_run(an_integration(lost)))
    record["erp"] = {
        "kind": "environment",
        "environment": "T12345AA",
        "version": "unknown",
        "label": "Profit 8",
    }
    assert places(record) == []
    record["erp"]["label"] = "unknown"
    assert places(record) == []


def test_a_production_environment_is_told():
    record = a_record()
    record["erp"] |= {"kind": "environment", "environment": "O12345AA"}

    assert places(record) == ["erp.environment"]


def test_one_integration_that_stands_twice_is_told():
    record = a_record()
    record["integrations"] *= 2

    assert places(record) == ["integrations[1].id"]


@pytest.mark.parametrize("ahead", [timedelta(hours=1), timedelta(hours=23)])
def test_clocks_that_differ_by_hours_are_nothing(ahead):
    record = a_record()

    assert ahead_of(record, STARTED_AT - ahead) == []
    assert [each.place for each in ahead_of(record, STARTED_AT - timedelta(days=3))] == [
        "started_at",
        "finished_at",
    ]
    assert places(edited("started_at", (STARTED_AT - ahead).isoformat())) == []


def with_cleanup():
    record = a_record()
    record["integrations"][0]["results"][0]["steps"] = [
        {
            "name": "cleanup 1: delete PtProject",
            "place": "x:1",
            "outcome": "failed",
            "duration_s": 0,
        }
    ]
    return record


HONEST = {
    "a pass": a_record,
    "nothing carried out": lambda: plain(a_run(an_integration(required_ids=("a",)))),
    "set aside beside a pass": lambda: plain(a_run(an_integration(a_result()), a_set_aside())),
    "an environment": lambda: {
        **a_record(),
        "erp": {
            "kind": "environment",
            "environment": "T12345AA",
            "version": "8.1.3",
            "label": "Profit 8",
        },
    },
    "not asked there": lambda: plain(
        a_run(an_integration(a_result("a"), not_asked=(NotAsked(id="z", why="shared"),)))
    ),
    "by keyword": lambda: plain(
        a_run(
            an_integration(
                a_result("a"),
                required_ids=("a", "b"),
                scope=Scope(whole=False, because=("keyword",)),
            )
        )
    ),
    "a reason of later": lambda: plain(
        a_run(an_integration(a_result("a"), scope=Scope(whole=False, because=("new_reason",))))
    ),
    "gone on with after a day": lambda: plain(
        a_run(
            an_integration(a_result("a")),
            breaks=(RunBreak(resumed_at=STARTED_AT + timedelta(days=1), kept=1),),
            finished_at=STARTED_AT + timedelta(days=1, minutes=1),
        )
    ),
    "trouble while cleaning up": with_cleanup,
    "of version 0.1": lambda: of_before(a_record()),
    "members of a newer program": lambda: {**a_record(), "proof": [], "signed_by": "x"},
}


def of_before(record):
    for each in record["integrations"]:
        for name in ("scope", "identity", "declared", "exercised", "not_asked", "isolation"):
            del each[name]
        del each["own_ids"], each["verdict"]["required"]["proven"]
    del record["call"]
    return record


@pytest.mark.parametrize("name", HONEST)
def test_no_honest_record_is_objected_to(name):
    record = HONEST[name]()

    assert contradictions(record) == []
    assert ahead_of(record, datetime(2026, 12, 31, tzinfo=UTC)) == []


KNOWN = KnownList(
    version="0.1.0", release="Profit 8", digest=LIST, required=("a", "b", "c"), everyone=("a",)
)


def objections(record, known=KNOWN):
    return [
        each.place
        for each in against_list(record, ListBook(known=(known,), own={}, version="0.1.0"))
    ]


def test_required_ids_stand_on_the_list_or_are_the_integration_s_own():
    record = a_record()
    record["scenario_lock"]["required"] = 3
    integration = record["integrations"][0]
    integration["own_ids"] = []
    assert objections(record) == []

    integration["required_ids"] = ["a", "z"]
    assert objections(record) == [f"{FIRST}.required_ids"]
    integration["own_ids"] = ["z"]
    assert objections(record) == []


def test_what_a_list_asks_of_everyone_is_required_or_named_as_not_asked():
    record = a_record()
    record["scenario_lock"]["required"] = 3
    integration = record["integrations"][0]
    integration["own_ids"], integration["required_ids"] = [], ["b"]
    assert objections(record) == [f"{FIRST}.required_ids"]

    integration["not_asked"] = [{"id": "a", "why": "not here"}]
    assert objections(record) == [f"{FIRST}.required_ids"]  # the emulator can show it
    record["erp"] |= {"kind": "environment", "environment": "T12345AA"}
    assert objections(record) == []


def test_a_list_is_of_its_release_and_has_its_number_of_scenarios():
    record = a_record()
    record["integrations"][0]["own_ids"] = []

    assert objections(record) == ["scenario_lock.required"]
    record["scenario_lock"]["required"] = 3
    record["erp"]["label"] = "Profit 7"
    assert objections(record) == ["scenario_lock.digest"]


def test_a_waiver_on_what_proves_nothing_is_no_contradiction():
    bare = a_result(
        "b",
        outcome=Outcome.NOT_RUN,
        cause=Cause.CONFIGURATION,
        findings=(a_finding("NOT-PROVEN"),),
        waiver="W1",
    )
    record = plain(a_run(an_integration(a_result("a"), bare)))
    verdict = record["integrations"][0]["verdict"]
    verdict |= {"outcome": "passed", "waived": 1}

    assert list(contradictions(record)) == []
    verdict["waived"] = 0
    assert [each.place for each in contradictions(record)] == [f"{FIRST}.verdict.waived"]
