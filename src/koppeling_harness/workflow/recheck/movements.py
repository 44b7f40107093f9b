"""Movements since the last verdict, on a release or on those before it."""

from collections.abc import Sequence
from pathlib import Path

from koppeling_harness.model.recheck import RecheckedScenario
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.rules.attribution import is_environment, movement
from koppeling_harness.rules.recheck_groups import FAILING
from koppeling_harness.rules.verdict import result_id
from koppeling_harness.workflow.recheck.current_integrations import Present, Wanted
from koppeling_harness.workflow.recheck.history import Earlier, History, Subject


def moved(subject: Subject, history: History, releases: Sequence[str]) -> list[RecheckedScenario]:
    """Return what became of each scenario of an integration, not yet attributed.

    Those of now, those that are required, then those that only the last verdict has. What cannot
    be asked where it was run is left out.

    Args:
        subject: What a run of now says of the integration.
        history: Of the runs before it.
        releases: Where the last verdict may be, the likeliest first.
    """
    record = subject.integration
    last = history.last(subject, releases)
    now = {result_id(each): each for each in record.results}
    not_asked = {each.id for each in record.not_asked}
    names = dict.fromkeys([*now, *record.required_ids, *(last.results if last else ())])
    return [
        _moved(name, now.get(name), history.last_judged(subject, name, releases))
        for name in names
        if name not in not_asked
    ]


def failing(
    present: Present,
    scenarios: Sequence[RecheckedScenario],
    history: History,
    releases: Sequence[str],
    *,
    certified: str = "",
) -> list[Wanted]:
    """Return what is failing by itself and has passed before, by the run in which it passed.

    Args:
        present: The integration of now.
        scenarios: What became of its scenarios.
        history: Of the runs before it.
        releases: Where it may have passed, the likeliest first.
        certified: Digest of the integration as it was certified; empty when nobody says.
    """
    subject = Subject(
        integration=present.record,
        list_digest=present.run.scenario_lock.digest,
        release=present.run.erp.label,
    )
    by_run: dict[Path, tuple[Earlier, list[str]]] = {}
    for each in scenarios:
        if each.movement not in FAILING or is_environment(each.outcome, each.cause):
            continue
        earlier = history.last_passed(subject, each.scenario, releases, certified=certified)
        if earlier is not None:
            by_run.setdefault(earlier.path, (earlier, []))[1].append(each.scenario)
    return [
        Wanted(present=present, earlier=earlier, scenarios=tuple(names))
        for earlier, names in by_run.values()
    ]


def _moved(
    name: str, now: ScenarioResult | None, before: ScenarioResult | None
) -> RecheckedScenario:
    known = now or before
    outcome = now.outcome if now else Outcome.NOT_RUN
    finding = now.findings[0] if now and now.findings else None
    message = None
    if finding is not None:
        message = finding.text or Text(nl=finding.message, en=finding.message)
    return RecheckedScenario(
        scenario=name,
        title=known.title if known else None,
        level=known.level if known else None,
        movement=movement(before.outcome if before else None, outcome),
        before=before.outcome if before else None,
        outcome=outcome,
        cause=now.cause if now else None,
        message=message,
        code=finding.code if finding else "",
    )
