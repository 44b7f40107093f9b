"""Every kind of step is filled in wherever an expression may stand, and nowhere else."""

import random
from typing import get_args

import pytest

from koppeling_harness.document import load_yaml
from koppeling_harness.engine.fill import describe, filled
from koppeling_harness.errors import ConfigurationError
from koppeling_harness.model.scenario import Scenario, Step
from koppeling_harness.scenario.expression import Functions
from support.clock import FixedClock
from support.scenarios import HEAD

NAMES = {"a": "A1", "b": {"c": 7}}
KINDS = {
    "OperationStep": (
        "{operation: '${a}', input: {x: '${b.c}', y: ['${a}']}}",
        {"operation": "A1", "input": {"x": 7, "y": ["A1"]}},
        "operation ${a}",
    ),
    "GetStep": (
        "{get: Uren, where: {X: '${a}'}, filter: [[{field: Y, value: '${b.c}'}]]}",
        {"where": {"X": "A1"}, "filter.0.0.value": 7},
        "get Uren",
    ),
    "InsertStep": (
        "{insert: KnX, keys: {K: '${a}'}, fields: {F: '${b.c}'}, objects: {KnY: {keys: {L: '${a}'},"
        " objects: {KnZ: [{fields: {G: '${b.c}'}}, {fields: {G: '${a}'}}]}}}}",
        {
            "keys": {"K": "A1"},
            "fields": {"F": 7},
            "objects.KnY.keys": {"L": "A1"},
            "objects.KnY.objects.KnZ.0.fields": {"G": 7},
            "objects.KnY.objects.KnZ.1.fields": {"G": "A1"},
        },
        "insert KnX",
    ),
    "UpdateStep": (
        "{update: KnX, keys: {K: '${a}'}, fields: {F: '${b.c}'}, objects: {KnY: {fields:"
        " {G: '${a}'}}}}",
        {"keys": {"K": "A1"}, "fields": {"F": 7}, "objects.KnY.fields": {"G": "A1"}},
        "update KnX",
    ),
    "DeleteStep": ("{delete: KnX, keys: {K: '${a}'}}", {"keys": {"K": "A1"}}, "delete KnX"),
    "RequestStep": (
        "{request: {method: POST, path: '/x/${a}', query: {q: '${a}'}, headers: {H: '${b.c}'},"
        " body: {z: ['${b.c}']}}}",
        {
            "request.path": "/x/A1",
            "request.query": {"q": "A1"},
            "request.headers": {"H": 7},
            "request.body": {"z": [7]},
        },
        "request POST /x/${a}",
    ),
    "WebhookStep": (
        "{webhook: KnX, data: {d: '${b.c}'}, event_id: '${a}'}",
        {"data": {"d": 7}, "event_id": "A1"},
        "webhook KnX",
    ),
    "ExchangesStep": ("{exchanges: {method: GET}}", {"exchanges.method": "GET"}, "exchanges"),
    "FindingsStep": ("{findings: {}, expect: {count: 0}}", {}, "findings"),
    "FillStep": ("{fill: {rows: 120}}", {"fill.rows": 120}, "fill"),
    "ClockStep": ("{clock: +31d}", {"by.days": 31}, "clock +31d"),
    "AppConnectorStep": (
        "{app_connector: renew_secret}",
        {"app_connector": "renew_secret"},
        "app_connector renew_secret",
    ),
}


def step_of(text: str) -> Step:
    scenario = load_yaml(
        Scenario, HEAD.format(id="one") + f"when:\n  - {text}\n", name="one.scenario.yaml"
    )
    return scenario.when[0]


def at(value: object, path: str) -> object:
    for part in path.split("."):
        if isinstance(value, (list, tuple)):
            value = value[int(part)]
        elif isinstance(value, dict):
            value = value[part]
        else:
            value = getattr(value, part)
    return value


def test_every_kind_of_step_stands_here():
    assert {each.__name__ for each in get_args(get_args(Step)[0])} == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_is_filled_in(kind):
    text, expected, said = KINDS[kind]
    step = step_of(text)
    functions = Functions(random=random.Random(1), clock=FixedClock("2026-11-30T12:00:00Z"))
    complete = filled(step, NAMES, functions)

    assert type(step).__name__ == type(complete).__name__ == kind
    assert {path: at(complete, path) for path in expected} == expected
    assert describe(step) == said
    assert complete.place == step.place


def test_a_step_with_a_name_is_called_by_it():
    assert describe(step_of("{name: the hours, get: Uren}")) == "the hours"


@pytest.mark.parametrize("kind", [name for name, (text, *_) in KINDS.items() if "${" in text])
def test_a_name_that_nobody_gave_is_told(kind):
    functions = Functions(random=random.Random(1), clock=FixedClock("2026-11-30T12:00:00Z"))

    with pytest.raises(ConfigurationError, match="there is no"):
        filled(step_of(KINDS[kind][0]), {}, functions)
