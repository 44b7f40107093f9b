"""The reader without pydantic means what pydantic means: it gives the same value or steps aside."""

import copy
import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from koppeling_harness.config.settings import _Written
from koppeling_harness.document import read_yaml
from koppeling_harness.document.explain import adapter
from koppeling_harness.document.reader import Refused, reader_of
from koppeling_harness.document.writer import plain
from koppeling_harness.model.connector import EnvironmentDefinition
from koppeling_harness.model.decisions import Decisions
from koppeling_harness.model.manifest import Manifest
from koppeling_harness.model.partnership import Partnership
from koppeling_harness.model.registration import Registration
from koppeling_harness.model.run import RunRecord
from koppeling_harness.model.scenario import Scenario

ROOT = Path(__file__).parents[3]
SETTINGS = {
    "releases": {"previous": "Profit 7", "current": "Profit 8"},
    "policy": "own",
    "policies": {
        "own": {
            "title": {"nl": "Eigen", "en": "Own"},
            "source": "here",
            "red": {"valid_months": 6, "follow_up_months": 3},
            "orange": {"valid_months": 6, "follow_up_months": 3},
            "green": {"valid_months": 6, "follow_up_months": 3},
        }
    },
    "warning_days": 30,
}
DEFINITION = {
    "get_connectors": [
        {
            "id": "Uren",
            "copy_of": "Profit_Employees",
            "fields": ["EmployeeId"],
            "joins": [{"source": "Profit_Projects", "alias": "p", "on": {"A": "B"}}],
            "renamed": [{"id": "x", "field": "p.y"}],
            "fixed_filters": [{"field": "Blocked", "operator": "!=", "value": "1"}],
            "blocked": "afas",
        }
    ],
    "custom_fields": [{"id": "U" + "0" * 32, "object": "PtProject", "label": "L", "length": 3}],
    "app_connector": {"get_connectors": ["Uren"], "allowed_addresses": ["127.0.0.1"]},
}
REPLACEMENTS = [
    None,
    True,
    0,
    1,
    -1,
    7.0,
    0.5,
    float("inf"),
    10**30,
    "",
    " ",
    "\x1c x \x1c",
    " x ",
    "x\n",
    "urenportaal\n",
    "x" * 600,
    "\ud800",
    "é",
    "12345_67890",
    "2026-02-30",
    "2026-11-24",
    "2026-11-24T00:00:00",
    "2026-11-24T25:00:00Z",
    "2026-11-24T12:00:00.5+01:00",
    "1764000000",
    "required",
    [],
    {},
    [1],
    [[]],
    {"": 1},
    {"nl": "x", "en": "y"},
    {"fields": {"a": [{"b": "\ud800"}]}},
]


def _yaml(path):
    return read_yaml(path.read_text(encoding="utf-8"), name=path.name).data


def _samples():
    scenarios = sorted((ROOT / "scenarios").rglob("*.scenario.yaml"))
    scenarios += sorted((ROOT / "plugins").rglob("*.scenario.yaml"))
    found = [(Scenario, _yaml(each)) for each in scenarios]
    found += [(Manifest, _yaml(each)) for each in sorted(ROOT.glob("plugins/*/koppeling.yaml"))]
    for each in sorted((ROOT / "docs/samples/registrations").glob("*.yaml")):
        kind = each.suffixes[0]  # X.yaml, X.decisions.yaml or X.partner.yaml
        of = {".decisions": Decisions, ".partner": Partnership}.get(kind, Registration)
        found.append((of, _yaml(each)))
    runs = sorted((ROOT / "docs/samples/runs").rglob("run.json"))
    found += [(RunRecord, json.loads(each.read_text(encoding="utf-8"))) for each in runs]
    return [*found, (_Written, SETTINGS), (EnvironmentDefinition, DEFINITION)]


SAMPLES = _samples()
READERS = {kind: reader_of(kind) for kind, _ in SAMPLES}


def _places(data, path=()):
    yield path
    if isinstance(data, dict):
        for key, each in data.items():
            yield from _places(each, (*path, key))
    elif isinstance(data, list):
        for at, each in enumerate(data[:3]):
            yield from _places(each, (*path, at))


def _damage(data, choice):
    """Replace, remove or add something somewhere in a document."""
    path = choice.choice([each for each in _places(data) if each])
    holder = data
    for part in path[:-1]:
        holder = holder[part]
    what = choice.choice(["replace", "replace", "remove", "add"])
    if what == "remove":
        del holder[path[-1]]
    elif what == "add" and isinstance(holder, dict):
        holder[choice.choice(["x", "fields", "skip", "get"])] = choice.choice(REPLACEMENTS)
    else:
        holder[path[-1]] = copy.deepcopy(choice.choice(REPLACEMENTS))


def _by_pydantic(kind, data):
    try:
        return adapter(kind).validate_json(json.dumps(data), strict=True)
    except ValidationError:
        return Refused


@pytest.mark.parametrize(("kind", "data"), SAMPLES)
def test_every_sample_is_read_without_pydantic_and_is_the_same(kind, data):
    read = READERS[kind](data)
    assert read == _by_pydantic(kind, data)
    assert plain(read) == adapter(kind).dump_python(read, mode="json", by_alias=True)


@pytest.mark.slow
@given(st.integers())
@settings(max_examples=1500)
def test_what_pydantic_refuses_is_never_taken(seed):
    choice = random.Random(seed)
    kind, sample = choice.choice(SAMPLES)
    data = copy.deepcopy(sample)
    _damage(data, choice)
    try:
        read = READERS[kind](data)
    except Refused:
        return
    assert repr(read).replace("datetime.timezone.utc", "TzInfo(0)") == repr(
        _by_pydantic(kind, data)
    )
