"""What is wrong with ordinary use is held against the scenario that is about it, not against all.

Else one header that is missing fails every scenario, and nobody sees what is right, or what else is
wrong.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from koppeling_harness.model.exchange import Exchange
from koppeling_harness.model.finding import Finding
from koppeling_harness.model.verdict import Severity
from koppeling_harness.rules.words import said
from koppeling_harness.scenario.plan import PlannedScenario

_DECLARED = "connectors.only-what-is-declared"
_ABOUT = {
    "INTEGRATION-ID": "identity.integration-id",
    "UNDECLARED-CONNECTOR": _DECLARED,
    "UNDECLARED-FIELD": _DECLARED,
    "STRUCT-27": _DECLARED,
    "STRUCT-28": _DECLARED,
    "STRUCT-29": _DECLARED,
}
"""By code, the scenario of the packs that asks it of ordinary use, of every operation."""
_AS_WELL = "connectors.nothing-orange"


def held_elsewhere(
    planned: PlannedScenario, findings: Sequence[Finding], exchanges: Sequence[Exchange]
) -> Iterator[Finding]:
    """Yield findings, those about ordinary use as warnings in a scenario about something else.

    Ordinary is what was sent before a fault struck, or in answer to none, the first time.
    """
    ordinary = set()
    for each in exchanges:
        if each.turn > 1:
            break
        ordinary.add(each.number)
        if each.fault is not None:
            break
    about_itself = planned.scenario.for_each is None or planned.scenario.scenario == _AS_WELL
    for found in findings:
        elsewhere = _ABOUT.get(found.code)
        if about_itself or elsewhere not in planned.beside - {planned.scenario.scenario}:
            yield found
        elif found.level is Severity.ERROR and found.exchange in ordinary and found.text:
            text = said(
                "{text}; telt bij {name}",
                "{text}; counts in {name}",
                text=found.text,
                name=elsewhere,
            )
            yield replace(found, level=Severity.WARNING, message=text.en, text=text)
        else:
            yield found
