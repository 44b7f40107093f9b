"""Plans for what is wrong (A3): who mends what by when, and which run shows it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from koppeling_harness.model.decisions import Plan
from koppeling_harness.model.functional import FunctionalResult
from koppeling_harness.model.registration import Registration
from koppeling_harness.model.status import Status, Who
from koppeling_harness.rules.fact import Fact, action
from koppeling_harness.rules.names import did_you_mean
from koppeling_harness.rules.registration_input import InputProblem
from koppeling_harness.rules.words import said


def plan_facts(
    plans: Iterable[Plan],
    registration: Registration,
    runs: Sequence[FunctionalResult],
    *,
    as_of: date,
) -> Iterator[Fact]:
    """Yield the plans that are not carried out yet, or of which nothing shows that they are.

    Args:
        plans: AFAS's.
        registration: What they are about.
        runs: Of the integration.
        as_of: The day.
    """
    known = [each for each in runs if each.date <= as_of]
    for each in plans:
        if is_carried_out(each, registration, known):
            continue
        shown = each.verified_by
        yield Fact(
            rule="A3",
            text=said(
                "Plan voor {what} van {owner}: uiterlijk {due}.",
                "Plan for {what} of {owner}: by {due}.",
                what=each.for_,
                owner=each.owner,
                due=each.due,
            )
            if shown is None
            else said(
                "{run} toont niet aan dat het plan voor {what} is uitgevoerd.",
                "{run} does not show that the plan for {what} was carried out.",
                what=each.for_,
                run=shown,
            ),
            demands=Status.ATTENTION if as_of > each.due else Status.IN_ORDER,
            flag="PLAN-OVERDUE" if as_of > each.due else "",
            actions=(
                action(
                    Who.PARTNER,
                    said(
                        "Voer het plan voor {what} uit ({owner}).",
                        "Carry out the plan for {what} ({owner}).",
                        what=each.for_,
                        owner=each.owner,
                    ),
                    rule="A3",
                    key=f"plan:{each.for_}",
                    due=each.due,
                ),
            ),
        )


def is_carried_out(
    plan: Plan, registration: Registration, runs: Iterable[FunctionalResult]
) -> bool:
    """Return whether what it names shows that it is: a later assessment, or a run of the scenario.

    A run shows nothing of a colour, and an assessment nothing of a scenario. What was not executed
    was not shown.

    Args:
        plan: AFAS's.
        registration: What it is about.
        runs: Of the integration, as far as they count on the day.
    """
    if plan.verified_by is None:
        return False
    reported = {each.id: each.report_date or date.min for each in registration.assessments}
    if plan.for_ in reported:
        return reported.get(plan.verified_by, date.min) > reported[plan.for_]
    scenarios = {each.id: each.scenario for each in registration.waivers}
    scenario = scenarios.get(plan.for_, plan.for_)
    return any(_shows(each, scenario) for each in runs if each.run_id == plan.verified_by)


def _shows(run: FunctionalResult, scenario: str) -> bool:
    """Return whether a run carried out all that was asked, and a scenario of it did not fail."""

    def is_among(names: Iterable[str]) -> bool:
        return any(scenario in (each, each.partition("[")[0]) for each in names)

    is_whole = not (run.part or run.not_run or run.inconclusive)
    return is_whole and is_among(run.asked) and not is_among((*run.failed, *run.unproven))


def plan_problems(
    plans: Sequence[Plan], registration: Registration, scenarios: Iterable[str]
) -> Iterator[InputProblem]:
    """Yield the plans that are for nothing that is known.

    Args:
        plans: AFAS's.
        registration: What they are about.
        scenarios: Ids of scenarios that are known here; empty: none is objected to.
    """
    known = {each.id for each in registration.assessments}
    known |= {each.id for each in registration.waivers}
    names = set(scenarios)
    seen: set[str] = set()
    for number, each in enumerate(plans):
        scenario = each.for_.partition("[")[0]
        if each.for_ in seen:
            yield InputProblem(
                path=("plans", number, "for"),
                text=said(
                    "{found} heeft al een plan", "{found} has a plan already", found=each.for_
                ),
            )
        elif each.for_ not in known and names and scenario not in names:
            yield InputProblem(
                path=("plans", number, "for"),
                text=said(
                    "gevonden {found}, verwacht een beoordeling, een ontheffing of een scenario."
                    "{hint}",
                    "found {found}, expected an assessment, a waiver or a scenario.{hint}",
                    found=each.for_,
                    hint=did_you_mean(each.for_, known | names),
                ),
            )
        seen.add(each.for_)
