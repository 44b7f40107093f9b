"""Find in scenarios what an environment that others use too would not survive.

In such an environment rows come and go by other hands, nothing is reset, and what a scenario makes
must be found and taken away again. So a scenario asserts on what it made itself, on shapes and on
invariants; never on the demo company's own rows or counts.
"""

from collections.abc import Iterator
from typing import Any

from koppeling_harness.errors import Problem
from koppeling_harness.model.fault import FaultKind
from koppeling_harness.model.scenario import (
    AppConnectorStep,
    ClockStep,
    DeleteStep,
    FillStep,
    GetStep,
    InsertStep,
    OperationStep,
    RequestStep,
    Scenario,
    Step,
    UpdateStep,
    WebhookStep,
)
from koppeling_harness.rules.removal import removal_of
from koppeling_harness.scenario.packed import unpacked
from koppeling_harness.scenario.plan import PlannedScenario

_MOST_ELEMENTS = 20
_EMPTY = frozenset({FaultKind.EMPTY_ROWS, FaultKind.BLOCKED_CONNECTOR})


def shared_problems(scenario: Scenario) -> tuple[Problem, ...]:
    """Return where a scenario would not survive a shared environment; empty when it does.

    What the scenario says itself, under `shared`, goes before what is thought of it.
    """
    scenario = unpacked(scenario)
    if scenario.shared:
        return ()
    if scenario.shared is False:
        message = "says that it needs an environment of its own (`shared: false`)"
        return (Problem(where=scenario.place, message=message),)
    return tuple(_problems(scenario))


def writes_anything(planned: PlannedScenario) -> bool:
    """Return whether a scenario writes, by the integration or by the harness itself."""
    if planned.operation is not None and planned.operation.writes:
        return True
    scenario = unpacked(planned.scenario)
    for step in (*scenario.given, *scenario.when, *scenario.then, *scenario.cleanup):
        if isinstance(step, OperationStep):
            operation = planned.manifest.operation(step.operation)
            if operation is not None and operation.writes:
                return True
        elif isinstance(step, InsertStep | UpdateStep | DeleteStep | RequestStep):
            return True
    return False


def own_connectors(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Yield each connector that the harness itself uses in a scenario, and where."""
    scenario = unpacked(scenario)
    for step in (*scenario.given, *scenario.when, *scenario.then, *scenario.cleanup):
        match step:
            case GetStep():
                yield step.get, step.place
            case InsertStep():
                yield step.insert, step.place
            case UpdateStep():
                yield step.update, step.place
            case DeleteStep():
                yield step.delete, step.place
            case _:
                continue


def _problems(scenario: Scenario) -> Iterator[Problem]:
    if _repeats(scenario.values):
        message = "makes many rows at once, which fills an environment that others use too"
        yield Problem(where=scenario.place, message=message)
    rows_are_its_own = any(each.fault in _EMPTY for each in scenario.faults)
    for step in (*scenario.given, *scenario.when, *scenario.then, *scenario.cleanup):
        if isinstance(step, ClockStep):
            message = "lets what ERP1 keeps grow older, which only the emulated one can"
            yield Problem(where=step.place, message=message)
        if isinstance(step, AppConnectorStep):
            message = "changes the app connector, which others use too"
            yield Problem(where=step.place, message=message)
        if isinstance(step, FillStep):
            message = "fills what is read with rows, which only the emulated ERP1 can"
            yield Problem(where=step.place, message=message)
        if isinstance(step, WebhookStep):
            message = "delivers a webhook itself, for which only the emulated ERP1 has the secret"
            yield Problem(where=step.place, message=message)
        yield from _step_problems(step, rows_are_its_own=rows_are_its_own)


def _step_problems(step: Step, *, rows_are_its_own: bool) -> Iterator[Problem]:
    match step:
        case OperationStep():
            if not rows_are_its_own and _counts(step.expect.get("output")):
                message = "expects a number in what the operation gives back"
                hint = "Others' rows count too: expect a shape, or `{$min: 1}`."
                yield Problem(where=step.place, message=message, hint=hint)
        case GetStep():
            if {"count", "rows"} & set(step.expect) and not _is_narrowed(step):
                message = f"expects rows of {step.get} that it did not make itself"
                hint = "Filter on a value that the scenario made, such as `${values.mark}`."
                yield Problem(where=step.place, message=message, hint=hint)
        case InsertStep():
            yield from _insert_problems(step)
        case UpdateStep() | DeleteStep():
            connector = step.update if isinstance(step, UpdateStep) else step.delete
            if not _has_expression({**step.keys, **getattr(step, "fields", {})}):
                message = f"changes a row of {connector} that it did not make itself"
                yield Problem(where=step.place, message=message)
        case RequestStep():
            if step.request.method.upper() != "GET" and _repeats(step.request.body):
                message = "makes many rows at once, which fills an environment that others use too"
                yield Problem(where=step.place, message=message)
        case _:
            return


def _insert_problems(step: InsertStep) -> Iterator[Problem]:
    size = max((len(each) for each in step.objects.values() if isinstance(each, tuple)), default=0)
    if size > _MOST_ELEMENTS:
        message = f"makes {size} rows at once, which fills an environment that others use too"
        yield Problem(where=step.place, message=message)
    removal = removal_of(step.insert)
    given = {**step.fields, **step.keys}
    for key in removal.keys if removal else ():
        if isinstance(given.get(key), str) and not _has_expression(given[key]):
            message = f"makes a {step.insert} with a fixed {key}, which may be there already"
            hint = "Let it be made: `${unique(8)}`."
            yield Problem(where=step.place, message=message, hint=hint)


def _is_narrowed(step: GetStep) -> bool:
    return _has_expression(step.where) or any(
        _has_expression(term.value) for group in step.filter for term in group
    )


def _has_expression(value: Any) -> bool:
    return any("${" in each for each in _texts(value))


def _repeats(value: Any) -> bool:
    return any("repeat(" in each for each in _texts(value))


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for each in value.values():
                yield from _texts(each)
        case list() | tuple():
            for each in value:
                yield from _texts(each)
        case _:
            return


def _counts(value: Any) -> bool:
    """Return whether a plain number is expected somewhere; one inside a matcher is no count."""
    match value:
        case bool():
            return False
        case int():
            return True
        case dict():
            return any(not name.startswith("$") and _counts(each) for name, each in value.items())
        case list() | tuple():
            return any(map(_counts, value))
        case _:
            return False
