from datetime import date

import pytest

from koppeling_harness.model.operation import OperationKind, OperationTrigger, OtherCall
from koppeling_harness.model.scenario import Applies, ForEach
from koppeling_harness.model.verdict import Level
from koppeling_harness.scenario.plan import declared_away, plan
from support.scenarios import a_manifest, a_scenario, an_operation

RECOMMENDED = Level.RECOMMENDED


def planned(*scenarios, manifest=None, release="Profit 8"):
    return [each.id for each in plan(scenarios, manifest or a_manifest(), release=release)]


def test_a_scenario_that_restricts_nothing_is_planned_once():
    assert planned(a_scenario("a"), a_scenario("b")) == ["a", "b"]


MIXED = a_manifest(
    an_operation("read", reads=("Voorbeeld_Projecten",), idempotent=True),
    an_operation("write", writes=("PtProject",)),
    an_operation("both", reads=("Voorbeeld_Projecten",), writes=("PtProject",), idempotent=True),
    an_operation("fetch", calls=(OtherCall.FILE, OtherCall.OTP)),
    an_operation("sign-up", calls=(OtherCall.OTP,)),
)


@pytest.mark.parametrize(
    ("for_each", "applies", "operations"),
    [
        (ForEach.READS, Applies(), ["read"]),
        (ForEach.READING, Applies(), ["read", "both"]),
        (ForEach.WRITES, Applies(), ["write", "both"]),
        (ForEach.WRITING, Applies(), ["write", "both"]),
        (ForEach.FETCHING, Applies(), ["fetch"]),
        (ForEach.OPERATIONS, Applies(), ["read", "write", "both", "fetch", "sign-up"]),
        (ForEach.OPERATIONS, Applies(kind=OperationKind.READS), ["read", "both"]),
        (ForEach.WRITES, Applies(idempotent=True), ["both"]),
        (ForEach.OPERATIONS, Applies(idempotent=False), ["write", "fetch", "sign-up"]),
        (ForEach.OPERATIONS, Applies(kind=OperationKind.FETCHES), ["fetch"]),
    ],
)
def test_a_generic_scenario_is_planned_for_each_operation_that_it_means(
    for_each, applies, operations
):
    scenario = a_scenario("g", for_each=for_each, applies=applies)
    found = plan([scenario], MIXED, release="Profit 8")

    assert [each.id for each in found] == [f"g[{name}]" for name in operations]
    assert [each.operation.name for each in found] == operations


@pytest.mark.parametrize(
    ("applies", "expected"),
    [
        (Applies(integration="voorbeeld"), True),
        (Applies(integration="ander"), False),
        (Applies(kind=OperationKind.WRITES), True),
        (Applies(connectors=("ptproject", "VOORBEELD_Projecten")), True),
        (Applies(connectors=("PtProject", "KnSubject")), False),
        (Applies(releases=("Profit 7", "Profit 8")), True),
        (Applies(releases=("Profit 9",)), False),
        (Applies(idempotent=True), False),
    ],
)
def test_a_scenario_is_planned_only_where_it_applies(applies, expected):
    assert bool(planned(a_scenario("a", applies=applies))) is expected


def test_a_kind_that_no_operation_is_of_plans_nothing():
    reader = a_manifest(an_operation("read", reads=("Voorbeeld_Projecten",)))
    scenario = a_scenario("a", applies=Applies(kind=OperationKind.WRITES))

    assert planned(scenario, manifest=reader) == []


DATED = a_scenario("reading.malformed-json", for_each=ForEach.READING)


@pytest.mark.parametrize(
    ("day", "levels"),
    [
        (date(2027, 2, 28), {"read": "required", "both": "recommended"}),
        (date(2027, 3, 1), {"read": "required", "both": "required"}),
        (None, {"read": "required", "both": "required"}),
    ],
)
def test_what_is_asked_of_more_operations_counts_from_its_day(day, levels):
    found = plan([DATED], MIXED, release="Profit 8", as_of=day)

    assert {each.operation.name: each.level.value for each in found} == levels
    assert {each.unpacked().level for each in found} == {each.level for each in found}


def test_what_a_manifest_takes_away_is_named_with_its_words():
    manifest = a_manifest(
        an_operation("page", reads=("A",), trigger=OperationTrigger.PERSON, idempotent=True),
        an_operation("push", writes=("B",)),
        an_operation("sync", reads=("A",), idempotent=True),
    )
    scheduled = Applies(trigger=(OperationTrigger.SCHEDULE,))
    person = Applies(trigger=(OperationTrigger.PERSON,))
    scenarios = [
        a_scenario("paging", for_each=ForEach.READING, applies=scheduled),
        a_scenario("told", for_each=ForEach.OPERATIONS, applies=person),
        a_scenario("twice", for_each=ForEach.WRITING, applies=Applies(idempotent=True)),
        a_scenario("advice", for_each=ForEach.READING, applies=scheduled, level=RECOMMENDED),
    ]
    found = declared_away(scenarios, manifest, release="Profit 8")

    assert {each.id: each.why for each in found} == {
        "paging[page]": "declared trigger: person",
        "twice[push]": "declared idempotent: false",
    }
