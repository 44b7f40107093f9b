"""Names in a registration that stand for something else: each is resolved, or told."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import field

from koppeling_harness.model.registration import Registration, Waiver
from koppeling_harness.model.status import Status
from koppeling_harness.rules.fact import Fact
from koppeling_harness.rules.names import NOTHING, did_you_mean, nearest
from koppeling_harness.rules.registration_input import InputProblem
from koppeling_harness.rules.words import said
from koppeling_harness.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownNames:
    """What names can stand for.

    Attributes:
        releases: Labels of Profit releases: of the settings, of the lists and of the runs.
        scenarios: Ids of scenarios, without operations; empty when they are not known here.
        integrations: Ids of the integrations of which there are runs.
        asked: Per integration the required scenarios of its runs, with their operations.
    """

    releases: Collection[str] = ()
    scenarios: Collection[str] = ()
    integrations: Collection[str] = ()
    asked: Mapping[str, Collection[str]] = field(default_factory=dict)


def reference_problems(registration: Registration, known: KnownNames) -> Iterator[InputProblem]:
    """Yield the names that can only be a slip of the pen.

    A scenario that is like none that is known may be the partner's own: `reference_facts` tells it.
    """
    yield from _scopes(registration)
    for number, waiver in enumerate(registration.waivers):
        for position, release in enumerate(waiver.releases):
            if known.releases and release not in known.releases:
                yield InputProblem(
                    path=("waivers", number, "releases", position),
                    text=said(
                        "Ontheffing {id} noemt {found}; bekend zijn: {known}.{hint}",
                        "Waiver {id} names {found}; known are: {known}.{hint}",
                        id=waiver.id,
                        found=release,
                        known=", ".join(sorted(known.releases)),
                        hint=did_you_mean(release, known.releases),
                    ),
                )
        scenario = waiver.scenario.partition("[")[0]
        near = nearest(scenario, known.scenarios, cutoff=0.85)
        if scenario not in known.scenarios and near:
            yield InputProblem(
                path=("waivers", number, "scenario"),
                text=said(
                    "Ontheffing {id} noemt een onbekend scenario, {found}. Bedoelde u {near}?",
                    "Waiver {id} names an unknown scenario, {found}. Did you mean {near}?",
                    id=waiver.id,
                    found=scenario,
                    near=near,
                ),
            )


def _scopes(registration: Registration) -> Iterator[InputProblem]:
    own = registration.integration
    for number, each in enumerate(registration.assessments):
        if own in each.scope:
            continue
        for position, name in enumerate(each.scope):
            if nearest(name, [own], cutoff=0.8):
                yield InputProblem(
                    path=("assessments", number, "scope", position),
                    text=said(
                        "Beoordeling {id} gaat over {found}. Bedoelde u {own}?",
                        "Assessment {id} is about {found}. Did you mean {own}?",
                        id=each.id,
                        found=name,
                        own=own,
                    ),
                )


def manifest_problems(registration: Registration, manifest_id: str) -> Iterator[InputProblem]:
    """Yield that a registration beside a manifest names another integration than that is."""
    if registration.integration != manifest_id:
        yield InputProblem(
            path=("integration",),
            text=said(
                "integration is {found}; het manifest ernaast is van {expected}.",
                "integration is {found}; the manifest beside it is of {expected}.",
                found=registration.integration,
                expected=manifest_id,
            ),
        )


def _operation(waiver: Waiver, asked: Collection[str]) -> Iterator[Fact]:
    """Yield that a waiver names an operation for which no run asked the scenario."""
    scenario = waiver.scenario.partition("[")[0]
    same = [name for name in asked if name.partition("[")[0] == scenario]
    if waiver.scenario in (*same, scenario) or not same:
        return
    yield Fact(
        rule="R17",
        text=said(
            "Ontheffing {id} noemt {found}; in de testruns staat: {known}.{hint}",
            "Waiver {id} names {found}; the runs hold: {known}.{hint}",
            id=waiver.id,
            found=waiver.scenario,
            known=", ".join(sorted(same)),
            hint=did_you_mean(waiver.scenario, same),
        ),
        demands=Status.ATTENTION,
        flag="WAIVER-NAMES-NOTHING",
    )


def reference_facts(registration: Registration, known: KnownNames) -> Iterator[Fact]:
    """Yield the names that name nothing that is known here."""
    for waiver in registration.waivers:
        scenario = waiver.scenario.partition("[")[0]
        if known.scenarios and scenario not in known.scenarios:
            yield Fact(
                rule="R17",
                text=said(
                    "Ontheffing {id} noemt {scenario}; dat staat niet in de lijst van scenario's.",
                    "Waiver {id} names {scenario}, which is not in the list of scenarios.",
                    id=waiver.id,
                    scenario=scenario,
                ),
                flag="WAIVER-NAMES-NOTHING",
            )
        yield from _operation(waiver, known.asked.get(registration.integration, ()))
    integration = registration.integration
    if integration in known.integrations:
        return
    hint = did_you_mean(integration, known.integrations)
    if hint is not NOTHING:
        yield Fact(
            rule="R15",
            text=said(
                "Van {integration} zijn geen testruns bekend.{hint}",
                "No run of {integration} is known.{hint}",
                integration=integration,
                hint=hint,
            ),
            demands=Status.ATTENTION,
            flag="INTEGRATION-UNKNOWN",
        )
