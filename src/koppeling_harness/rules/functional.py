"""Runs on each release in the status (R15, R16), and what waivers do to it (R17)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from koppeling_harness.model.policy import ReleaseRoles
from koppeling_harness.model.registration import Waiver
from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import Action, ReleaseStatus, Role, Status, Who
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.rules.fact import Fact, action
from koppeling_harness.rules.months import is_within
from koppeling_harness.rules.standing import Standing
from koppeling_harness.rules.standing_facts import told
from koppeling_harness.rules.waivers import is_expired, unused
from koppeling_harness.rules.words import ROLE, said

ROLLOUT_DAYS = 30
"""How long before its roll-out a release on Accept asks for attention."""
MANY_WAIVERS = 5
"""From one in so many required scenarios on, waivers ask for attention of their own."""


def release_statuses(
    found: Mapping[str, Standing], *, releases: ReleaseRoles
) -> tuple[ReleaseStatus, ...]:
    """Return what stands on each release that counts.

    Args:
        found: What stands per release label, waivers applied.
        releases: Which releases count, and why.
    """
    roles = (
        (releases.previous, Role.PREVIOUS),
        (releases.current, Role.CURRENT),
        (releases.accept, Role.ACCEPT),
    )
    return tuple(
        replace(
            _release_status(found.get(label), label, role),
            required_from=releases.rollout.get(label) if role is Role.ACCEPT else None,
        )
        for label, role in roles
        if label is not None
    )


def _release_status(standing: Standing | None, label: str, role: Role) -> ReleaseStatus:
    if standing is None:
        return ReleaseStatus(release=label, role=role, outcome=Outcome.NOT_RUN)
    named = standing.governing or next(
        (each for each in standing.beside if each.outcome is standing.outcome), None
    )
    if named is None:
        return ReleaseStatus(release=label, role=role, outcome=standing.outcome)
    run = named.run
    both = (standing.emulator, standing.environment)
    held = [each.held_until for each in both if each is not None and each.held_until is not None]
    return ReleaseStatus(
        release=label,
        role=role,
        outcome=standing.outcome,
        waived_until=min(held, default=None) if standing.outcome is Outcome.PASSED else None,
        waived=named.held,
        run_id=run.run_id,
        date=run.date,
        kind=run.kind,
        erp_version=run.erp_version,
        version=run.version,
        digest=run.digest,
        list=run.list_word.name if run.list_word else None,
        required=run.required,
        not_asked=run.not_asked,
        evidence=run.evidence.state if run.evidence else None,
    )


def functional_facts(
    statuses: Sequence[ReleaseStatus], found: Mapping[str, Standing], *, as_of: date
) -> Iterator[Fact]:
    """Yield what each release says of the status; on Accept it is advisory.

    Args:
        statuses: Of the releases that count.
        found: What stands per release label.
        as_of: The day.
    """
    for each in statuses:
        yield _fact(each, as_of)
        if each.release in found:
            yield from told(each, found[each.release], as_of=as_of)
        if each.waived and each.waived * MANY_WAIVERS >= each.required:
            yield Fact(
                rule="R17",
                text=said(
                    "Op {release} is een vijfde of meer ontheven: {waived} van {required}.",
                    "On {release} a fifth or more is waived: {waived} of {required}.",
                    release=each.release,
                    waived=each.waived,
                    required=each.required,
                ),
                demands=Status.ATTENTION,
                flag="MANY-WAIVERS",
            )


def _fact(each: ReleaseStatus, as_of: date) -> Fact:
    start = each.required_from
    advisory = each.role is Role.ACCEPT and (start is None or as_of < start)
    soon = start is not None and is_within(start, as_of=as_of, days=ROLLOUT_DAYS)
    heavy = Status.ATTENTION if advisory else Status.ACTION_REQUIRED
    light = Status.IN_ORDER if advisory and not soon else Status.ATTENTION
    if advisory and start is not None and each.outcome is Outcome.NOT_RUN:
        return _before_rollout(each, start, soon=soon)
    values = {"release": each.release, "role": ROLE[each.role], "day": each.date or ""}
    match each.outcome:
        case Outcome.FAILED:
            return Fact(
                rule="R15",
                text=said(
                    "Niet geslaagd op {release} ({role}), testrun van {day}.",
                    "Failed on {release} ({role}), run of {day}.",
                    **values,
                ),
                demands=heavy,
                flag="RUN-FAILED",
                actions=(_mend(each),),
            )
        case Outcome.INCONCLUSIVE:
            return Fact(
                rule="R16",
                text=said(
                    "Onbeslist op {release} ({role}), testrun van {day}.",
                    "Inconclusive on {release} ({role}), run of {day}.",
                    **values,
                ),
                demands=light,
                flag="RUN-INCONCLUSIVE",
                actions=(_run_again(each, "R16"),),
            )
        case Outcome.NOT_RUN:
            return Fact(
                rule="R15",
                text=said(
                    "Niet of niet volledig getest op {release} ({role}).",
                    "Not or not completely tested on {release} ({role}).",
                    **values,
                ),
                demands=light,
                flag="NOT-TESTED",
                actions=(_run_again(each, "R15"),),
            )
        case Outcome.PASSED if each.waived_until is not None:
            return Fact(
                rule="R17",
                text=said(
                    "Geslaagd op {release} ({role}), {waived} van {required} ontheven t/m {until}.",
                    "Passed on {release} ({role}), {waived} of {required} waived until {until}.",
                    **{
                        **values,
                        "until": each.waived_until,
                        "waived": each.waived,
                        "required": each.required,
                    },
                ),
                demands=light,
                flag="WAIVED",
            )
        case Outcome.PASSED:
            return Fact(
                rule="R15",
                text=said(
                    "Geslaagd op {release} ({role}), testrun van {day}.",
                    "Passed on {release} ({role}), run of {day}.",
                    **values,
                ),
            )


def _before_rollout(each: ReleaseStatus, start: date, *, soon: bool) -> Fact:
    """Return what an untested release on Accept asks: nothing before its last days there."""
    return Fact(
        rule="R15",
        text=said(
            "Niet of niet volledig getest op {release}; vereist vanaf {start}.",
            "Not or not completely tested on {release}; required from {start}.",
            release=each.release,
            start=start,
        ),
        demands=Status.ATTENTION if soon else Status.IN_ORDER,
        flag="NOT-TESTED" if soon else "",
        actions=(replace(_run_again(each, "R15"), due=start),) if soon else (),
    )


def _run_in_words(each: ReleaseStatus) -> Text | None:
    if each.run_id is None or each.date is None:
        return None
    return said(
        "testrun {run} van {day}", "test run {run} of {day}", run=each.run_id, day=each.date
    )


def _mend(each: ReleaseStatus) -> Action:
    return action(
        Who.PARTNER,
        said(
            "Herstel wat faalt op {release} en draai opnieuw.",
            "Mend what fails on {release} and run again.",
            release=each.release,
        ),
        rule="R15",
        key=f"run:{each.release}",
        since=each.date,
        rests_on=_run_in_words(each),
    )


def _run_again(each: ReleaseStatus, rule: str) -> Action:
    return action(
        Who.PARTNER,
        said(
            "Draai alle verplichte scenario's op {release}.",
            "Run every required scenario on {release}.",
            release=each.release,
        ),
        rule=rule,
        key=f"run:{each.release}",
        since=each.date,
        rests_on=_run_in_words(each),
    )


def waiver_facts(
    waivers: Sequence[Waiver],
    failed: Mapping[str, Collection[str]],
    *,
    as_of: date,
    warning_days: int,
    titles: Mapping[str, Text] = MappingProxyType({}),
) -> Iterator[Fact]:
    """Yield which waivers are over, end soon, or are needed by no failure; by their ids (R17).

    Args:
        waivers: Of the registration.
        failed: Per release on which something stands, what failed there.
        as_of: The day.
        warning_days: How long before its last day a waiver is announced.
        titles: What scenarios are called, by their ids.
    """
    for each in sorted(waivers, key=lambda waiver: (waiver.id, waiver.until)):
        over, idle = is_expired(each, as_of=as_of), _is_unused(each, failed)
        title = titles.get(each.scenario.partition("[")[0])
        duty = _withdraw(each) if idle else _mend_waived(each, title)
        if over:
            text = said(
                "Ontheffing {id} is verlopen: {until} was de laatste dag.",
                "Waiver {id} has expired: {until} was its last day.",
                id=each.id,
                until=each.until,
            )
            yield Fact(rule="R17", text=text, flag="WAIVER-EXPIRED", actions=(duty,))
        elif is_within(each.until, as_of=as_of, days=warning_days):
            text = said(
                "Ontheffing {id} eindigt binnenkort: {until} is de laatste dag.",
                "Waiver {id} ends soon: {until} is its last day.",
                id=each.id,
                until=each.until,
            )
            yield Fact(rule="R17", text=text, flag="WAIVER-ENDS-SOON", actions=(duty,))
        if idle and not over:
            text = said(
                "Ontheffing {id} is niet meer nodig: {scenario} faalt niet.",
                "Waiver {id} is not needed any more: {scenario} does not fail.",
                id=each.id,
                scenario=each.scenario,
            )
            yield Fact(rule="R17", text=text, flag="WAIVER-UNUSED", actions=(duty,))


def _is_unused(waiver: Waiver, failed: Mapping[str, Collection[str]]) -> bool:
    tested = [label for label in failed if label in waiver.releases]
    return bool(tested) and all(
        unused([waiver], failed=failed[label], release=label) for label in tested
    )


def _waiver_in_words(waiver: Waiver) -> Text:
    return said(
        "ontheffing {id} voor {scenario}",
        "waiver {id} for {scenario}",
        id=waiver.id,
        scenario=waiver.scenario,
    )


def _mend_waived(waiver: Waiver, title: Text | None) -> Action:
    """Return the duty while a failure needs the waiver, or may need it."""
    called = said('"{title}"', '"{title}"', title=title) if title is not None else waiver.scenario
    return action(
        Who.PARTNER,
        said(
            "{owner}: herstel {scenario}; de laatste dag van ontheffing {id} is {until}.",
            "{owner}: mend {scenario}; the last day of waiver {id} is {until}.",
            owner=waiver.owner,
            scenario=called,
            id=waiver.id,
            until=waiver.until,
        ),
        rule="R17",
        key=f"waiver:{waiver.id}",
        due=waiver.until,
        weight=Status.ATTENTION,
        since=waiver.approved,
        rests_on=_waiver_in_words(waiver),
    )


def _withdraw(waiver: Waiver) -> Action:
    """Return the duty when no failure needs the waiver any more."""
    return action(
        Who.AFAS,
        said("Trek ontheffing {id} in.", "Withdraw waiver {id}.", id=waiver.id),
        rule="R17",
        key=f"waiver:{waiver.id}",
        due=waiver.until,
        weight=Status.ATTENTION,
        since=waiver.approved,
        rests_on=_waiver_in_words(waiver),
    )
