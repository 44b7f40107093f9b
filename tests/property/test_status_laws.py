"""Laws of the status: what is worse never helps, order is nothing, and every change has a rule."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given, settings
from hypothesis import strategies as st

from koppeling_harness.model.policy import Policy, Programme, ReleaseRoles, Term
from koppeling_harness.model.registration import (
    AssessmentKind,
    Colour,
    DecisionKind,
    Listing,
    Onboarding,
)
from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import Status
from koppeling_harness.rules.policy import AUDITOR, SLA, WARNING_DAYS, policy_problems
from koppeling_harness.rules.registration_input import input_problems
from koppeling_harness.rules.status import ORDER, registration_status
from support.registrations import a_decision, a_registration, a_run, a_waiver, an_assessment

pytestmark = pytest.mark.unmeasured

FIRST, AS_OF, LAST = date(2018, 1, 1), date(2026, 11, 23), date(2028, 12, 31)
TODAY = date(2031, 12, 31)
"""After every fact: what is later than the day that is judged was not known on it."""
LENIENT = Programme(waiver_months=120)
WORSE = {Colour.GREEN: Colour.ORANGE, Colour.ORANGE: Colour.RED, Colour.RED: Colour.RED}
RELEASES = ReleaseRoles(previous="Profit 7", current="Profit 8", accept="Profit 9")

past = st.dates(FIRST, AS_OF)
any_day = st.dates(FIRST, LAST)
colours = st.sampled_from([colour.value for colour in Colour])


@st.composite
def policies(draw):
    """A sound policy: a worse colour is never worth more."""

    def term(at_most):
        valid = draw(st.integers(1, at_most.valid_months))
        return Term(
            valid_months=valid,
            follow_up_months=draw(st.integers(1, min(valid, at_most.follow_up_months))),
        )

    valid = draw(st.integers(1, 48))
    green = Term(valid_months=valid, follow_up_months=draw(st.integers(1, valid)))
    orange = term(green)
    own = Policy(
        name="own",
        title=Text(nl="eigen", en="own"),
        source="test",
        red=term(orange),
        orange=orange,
        green=green,
    )
    assert list(policy_problems(own)) == []
    return own


every_policy = st.one_of(st.sampled_from([SLA, AUDITOR]), policies())


@st.composite
def assessments(draw, number, days):
    quickscan = draw(st.booleans())
    return an_assessment(
        draw(colours) if quickscan else None,
        draw(days).isoformat(),
        name=f"Q{number}",
        kind=AssessmentKind.QUICKSCAN if quickscan else draw(st.sampled_from(["pentest", "other"])),
        scope=draw(st.sampled_from([(), ("voorbeeld",), ("ander",)])),
    )


@st.composite
def decisions(draw, names):
    kind = draw(st.sampled_from(list(DecisionKind)))
    about = kind in (DecisionKind.ACCEPT_EVIDENCE, DecisionKind.REJECT_EVIDENCE)
    if about and not names:
        kind, about = DecisionKind.ANNUAL_REVIEW, False
    may_take_effect = kind in (DecisionKind.TERMINATE_IMMEDIATELY, DecisionKind.END_BY_PARTNER)
    assessment = draw(st.sampled_from(sorted(names))) if about else None
    taken = draw(st.dates(names[assessment], LAST) if about else any_day)
    return a_decision(
        kind,
        taken.isoformat(),
        assessment=assessment,
        colour=draw(colours) if kind is DecisionKind.ACCEPT_EVIDENCE else None,
        effective=draw(st.dates(taken, LAST)) if may_take_effect else None,
    )


@st.composite
def runs(draw, days=any_day):
    results = draw(st.lists(st.sampled_from(["passed", "failed", "inconclusive", "not_run"])))
    return [
        a_run(
            draw(st.sampled_from(["Profit 7", "Profit 8", "Profit 9"])),
            draw(days).isoformat(),
            run_id=f"r{number}",
            failed=("retry",) if result == "failed" else (),
            inconclusive=int(result == "inconclusive"),
            not_run=int(result == "not_run"),
        )
        for number, result in enumerate(results[:4])
    ]


@st.composite
def registrations(draw, days=past):
    found = [draw(assessments(number, days)) for number in range(draw(st.integers(0, 3)))]
    names = {each.id: each.report_date for each in found}
    made = a_registration(
        *found,
        decisions=tuple(draw(decisions(names)) for _ in range(draw(st.integers(0, 3)))),
        waivers=tuple(
            a_waiver("retry", draw(any_day).isoformat(), name=f"W{number}")
            for number in range(draw(st.integers(0, 2)))
        ),
        onboarding=draw(
            st.one_of(
                st.none(),
                st.builds(
                    lambda started, length: Onboarding(
                        started=started, finished=started + timedelta(days=length)
                    ),
                    past,
                    st.integers(0, 900),
                ),
                st.builds(Onboarding, started=past),
            )
        ),
        listing=draw(st.builds(Listing, partner_site=st.booleans(), help_center=st.booleans())),
    )
    impossible = {each.path[1] for each in input_problems(made) if each.path[0] == "decisions"}
    possible = [each for number, each in enumerate(made.decisions) if number not in impossible]
    return replace(made, decisions=tuple(possible))


def judged(registration, policy, found, *, as_of=AS_OF):
    return registration_status(
        registration,
        as_of=as_of,
        policy=policy,
        runs=found,
        releases=RELEASES,
        today=TODAY,
        programme=LENIENT,
        warning_days=WARNING_DAYS,
    )


def weight(status):
    return ORDER.index(status.status)


@given(registrations(), every_policy, runs())
def test_a_worse_colour_never_improves_a_status(registration, policy, found):
    worse = replace(
        registration,
        assessments=tuple(
            replace(each, colour=WORSE[each.colour] if each.colour else None)
            for each in registration.assessments
        ),
        decisions=tuple(
            replace(each, colour=WORSE[each.colour] if each.colour else None)
            for each in registration.decisions
        ),
    )

    assert weight(judged(worse, policy, found)) >= weight(judged(registration, policy, found))


@given(registrations(), every_policy, runs(), st.integers(1, 2000))
def test_older_reports_never_improve_a_status(registration, policy, found, days):
    """All of them, so that the same one stays the latest; a lone one is the usual case."""
    older = replace(
        registration,
        assessments=tuple(
            replace(each, report_date=each.report_date - timedelta(days=days))
            for each in registration.assessments
        ),
    )

    assert weight(judged(older, policy, found)) >= weight(judged(registration, policy, found))


@given(registrations(), every_policy, runs(days=past), st.sampled_from(["Profit 7", "Profit 8"]))
def test_a_failed_run_never_improves_a_status(registration, policy, found, release):
    failed = [
        replace(each, failed=("other",)) if each.release == release else each for each in found
    ]
    newer = [*found, a_run(release, AS_OF.isoformat(), run_id="z", failed=("other",))]

    before = weight(judged(registration, policy, found))
    assert weight(judged(registration, policy, failed)) >= before
    assert weight(judged(registration, policy, newer)) >= before


@given(registrations(), registrations(), every_policy, runs(), st.integers(1, 400))
def test_what_is_dated_later_changes_nothing_that_is_said_of_a_day(
    registration, other, policy, found, days
):
    """Only that something was left out is told."""
    after = AS_OF + timedelta(days=days)
    later = replace(
        registration,
        assessments=(
            *registration.assessments,
            *(replace(each, id=f"L{each.id}", report_date=after) for each in other.assessments),
        ),
        decisions=(
            *registration.decisions,
            *(
                replace(each, date=after, effective=None)
                for each in other.decisions
                if each.decision in (DecisionKind.GIVE_NOTICE, DecisionKind.ANNUAL_REVIEW)
            ),
        ),
    )

    def known(status):
        return replace(
            status,
            flags=tuple(each for each in status.flags if each.code != "LATER-FACTS"),
            reasons=tuple(each for each in status.reasons if each.rule != "PAST"),
        )

    now, then = judged(registration, policy, found), judged(later, policy, found)
    assert known(now) == known(then)


@given(registrations(), every_policy, runs(), st.randoms(use_true_random=False))
def test_the_same_facts_in_another_order_give_the_same_status(registration, policy, found, chance):
    def shuffled(items):
        items = list(items)
        chance.shuffle(items)
        return tuple(items)

    other = replace(
        registration,
        assessments=shuffled(registration.assessments),
        decisions=shuffled(registration.decisions),
        waivers=shuffled(registration.waivers),
    )

    assert judged(other, policy, shuffled(found)) == judged(registration, policy, found)


@settings(max_examples=5, deadline=None)
@given(
    registrations(days=st.dates(date(2015, 1, 1), date(2015, 12, 31))),
    every_policy,
    runs(days=st.dates(date(2015, 1, 1), date(2026, 1, 1))),
)
def test_over_ten_years_the_status_changes_only_on_days_that_a_rule_names(
    registration, policy, found
):
    named = named_days(registration, policy, found)
    start = date(2016, 1, 1)
    days = [start + timedelta(days=number) for number in range(3653)]
    statuses = [judged(registration, policy, found, as_of=day).status for day in days]

    changed = {
        day
        for day, before, after in zip(days[1:], statuses, statuses[1:], strict=False)
        if before is not after
    }
    assert changed - named == set()
    assert Status.INPUT_ERROR not in statuses


def named_days(registration, policy, found):
    """Return the first days on which something else holds, by the rules' own arithmetic."""

    def later(day, months):
        return day + relativedelta(months=months)

    after = timedelta(days=1)
    days = {each.date for each in found}  # R15: a newer run counts from its day
    for each in registration.assessments:
        for term in (policy.red, policy.orange, policy.green):
            valid = later(each.report_date, term.valid_months)
            due = later(each.report_date, term.follow_up_months)
            days |= {valid + after, due + after, valid - timedelta(days=90)}  # R4, R2, warning
    for each in registration.decisions:
        days |= {each.date, later(each.date, 12) + after}  # R12, R8, R7
        if each.effective is not None:
            days |= {each.effective, each.effective + after}  # R8, R19
    for each in registration.waivers:
        days.add(each.until + after)  # R17
    if registration.onboarding is not None:
        days.add(registration.onboarding.started)  # a registration that begins anew
    if registration.onboarding is not None and registration.onboarding.finished is not None:
        days.add(registration.onboarding.finished)  # R14
    return days
