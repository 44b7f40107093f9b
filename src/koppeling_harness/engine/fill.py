"""Fill in the expressions of a step."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, assert_never

from koppeling_harness.model.scenario import (
    AppConnectorStep,
    ClockStep,
    DeleteStep,
    Element,
    ExchangesStep,
    FillStep,
    FilterTerm,
    FindingsStep,
    GetStep,
    InsertStep,
    OperationStep,
    RequestStep,
    Step,
    UpdateStep,
    WebhookStep,
    step_verb,
)
from koppeling_harness.scenario.expression import Functions, evaluate


def describe(step: Step) -> str:
    """Return a short name of a step for messages, such as `insert PtProject`."""
    if step.name:
        return step.name
    verb = str(step_verb(step))
    match step:
        case RequestStep():
            return f"request {step.request.method} {step.request.path}"
        case ExchangesStep() | FindingsStep() | FillStep():
            return verb
        case _:
            return f"{verb} {getattr(step, verb)}"


def filled(step: Step, names: Mapping[str, Any], functions: Functions) -> Step:
    """Return a step with every expression in it replaced by its value.

    Raises:
        ConfigurationError: An expression refers to something that is not there.
    """

    def fill(value: Any) -> Any:
        return evaluate(value, names, functions)

    match step:
        case OperationStep():
            return replace(step, operation=fill(step.operation), input=fill(step.input))
        case GetStep():
            return replace(step, where=fill(step.where), filter=_filled_filter(step, fill))
        case InsertStep() | UpdateStep():
            return replace(
                step,
                keys=fill(step.keys),
                fields=fill(step.fields),
                objects=_filled_objects(step.objects, fill),
            )
        case DeleteStep():
            return replace(step, keys=fill(step.keys))
        case RequestStep():
            raw = step.request
            request = replace(
                raw,
                path=fill(raw.path),
                query=fill(raw.query),
                headers=fill(raw.headers),
                body=fill(raw.body),
            )
            return replace(step, request=request)
        case WebhookStep():
            return replace(step, data=fill(step.data), event_id=fill(step.event_id))
        case ExchangesStep() | FindingsStep() | ClockStep() | FillStep() | AppConnectorStep():
            return step
        case _:
            assert_never(step)


def _filled_filter(step: GetStep, fill: Callable[[Any], Any]) -> tuple[tuple[FilterTerm, ...], ...]:
    return tuple(
        tuple(replace(term, value=fill(term.value)) for term in group) for group in step.filter
    )


def _filled_objects(
    objects: Mapping[str, Element | tuple[Element, ...]], fill: Callable[[Any], Any]
) -> dict[str, Element | tuple[Element, ...]]:
    def element(each: Element) -> Element:
        return Element(
            keys=fill(each.keys),
            fields=fill(each.fields),
            objects=_filled_objects(each.objects, fill),
        )

    return {
        name: element(value) if isinstance(value, Element) else tuple(map(element, value))
        for name, value in objects.items()
    }
