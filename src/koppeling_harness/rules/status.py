"""The status of one registration on one day: what the rules say, joined.

Each rule hands over facts; each fact says what the status must be at least. The status is the
heaviest of them, so that nothing that is worse can make it better, and their order is of no
importance.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from koppeling_harness.model.deadline import Deadline
from koppeling_harness.model.decisions import Decisions
from koppeling_harness.model.errata import Erratum
from koppeling_harness.model.functional import FunctionalResult
from koppeling_harness.model.partner import Identity
from koppeling_harness.model.policy import Policy, Programme, ReleaseRoles
from koppeling_harness.model.registration import Registration
from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import (
    Action,
    Basis,
    ContractEnd,
    EndKind,
    Flag,
    ListingStatus,
    Reason,
    RegistrationStatus,
    ReleaseStatus,
    Security,
    Status,
    Who,
)
from koppeling_harness.rules.catalogue import RULES
from koppeling_harness.rules.contract import Ending, ending, ending_fact
from koppeling_harness.rules.deadline_facts import deadline_facts
from koppeling_harness.rules.errata import erratum_facts
from koppeling_harness.rules.fact import Fact, action
from koppeling_harness.rules.functional import functional_facts, release_statuses, waiver_facts
from koppeling_harness.rules.listing import UNCHANGED, listing_facts, listing_status
from koppeling_harness.rules.past import as_known_on, facts_after, later_facts
from koppeling_harness.rules.planned_scans import planned_facts
from koppeling_harness.rules.plans import plan_facts
from koppeling_harness.rules.policy import PROGRAMME
from koppeling_harness.rules.programme import (
    criteria_facts,
    is_applying,
    onboarding_facts,
    review_facts,
)
from koppeling_harness.rules.registration_input import standing_problems
from koppeling_harness.rules.security import (
    Validity,
    evidence_facts,
    forecast_end,
    history_facts,
    report_in_words,
    security_facts,
    validity_on,
)
from koppeling_harness.rules.signals import signal_facts
from koppeling_harness.rules.standing import by_registration, failed_of, standings
from koppeling_harness.rules.urgency import heavier, urgency
from koppeling_harness.rules.words import said

ORDER = tuple(Status)
"""From light to heavy."""


def registration_status(
    registration: Registration,
    *,
    as_of: date,
    policy: Policy,
    runs: Sequence[FunctionalResult],
    releases: ReleaseRoles,
    warning_days: int,
    programme: Programme = PROGRAMME,
    today: date | None = None,
    basis: Basis = Basis.RECORDED,
    also: Sequence[Fact] = (),
    errata: Sequence[Erratum] = (),
    deadlines: Sequence[Deadline] | None = None,
    word: Decisions | None = None,
) -> RegistrationStatus:
    """Return what a registration comes to.

    Args:
        registration: Its facts and decisions; those dated after the day are left out and counted.
        as_of: The day.
        policy: What each colour is worth.
        runs: Of what has this integration's name; see `rules.standing` for which of them count.
        releases: Which releases count.
        warning_days: How long before a last day it is announced.
        programme: What the programme trusts and allows.
        today: The last day on which anything can have happened; the day itself when None.
        basis: Whose word it rests on.
        also: What is known of it beside: the status weighs it too.
        errata: Scenarios of this program that are wrong, for every registration.
        deadlines: What ends on which day; the data file when None.
        word: AFAS's file, for its plans and for the course of signals.
    """
    wrong = standing_problems(registration, programme=programme, today=max(today or as_of, as_of))
    if wrong:
        return refused(
            registration.registration,
            as_of=as_of,
            policy=policy,
            problems=[each.text for each in wrong],
            basis=basis,
        )
    later = facts_after(registration, as_of=as_of)
    registration = as_known_on(registration, as_of=as_of)
    validity = validity_on(
        registration, as_of=as_of, policy=policy, programme=programme, warning_days=warning_days
    )
    ended = ending(registration, as_of=as_of)
    listing = listing_status(registration, validity, ended)
    found = standings(
        runs,
        who=identity_of(registration),
        held_until=by_registration(registration.waivers, errata, as_of=as_of),
        as_of=as_of,
    )
    functional = release_statuses(found, releases=releases)
    facts = [
        *_facts_about_security(registration, validity, ended, functional),
        *listing_facts(registration, validity, listing),
        *functional_facts(functional, found, as_of=as_of),
        *waiver_facts(
            registration.waivers,
            failed_of(found),
            as_of=as_of,
            warning_days=warning_days,
            titles={name: title for run in reversed(runs) for name, title in run.titles},
        ),
        *signal_facts(registration, word.course if word else None, as_of=as_of),
        *(plan_facts(word.plans, registration, runs, as_of=as_of) if word else ()),
        *later_facts(later, as_of=as_of),
        *erratum_facts(errata, as_of=as_of),
        *deadline_facts(runs, who=identity_of(registration), as_of=as_of, book=deadlines),
        *also,
    ]
    return _joined(
        registration.registration,
        as_of=as_of,
        policy=policy,
        facts=facts,
        security=validity.as_security(),
        functional=functional,
        listing=listing,
        contract_end=_contract_end(registration, validity, ended),
        basis=basis,
    )


def refused(
    registration: str,
    *,
    as_of: date,
    policy: Policy,
    problems: Sequence[Text],
    basis: Basis = Basis.STATED,
) -> RegistrationStatus:
    """Return the status of a registration that cannot be judged: `input_error`.

    Args:
        registration: Its id, or the name of its file when it has none.
        as_of: The day.
        policy: Only its name is used.
        problems: What is wrong; at least one.
        basis: Whose word it is.
    """
    mend = action(
        Who.AFAS,
        said("Corrigeer het registratiebestand.", "Mend the registration."),
        rule="INPUT",
        key="input",
    )
    facts = [
        Fact(
            rule="INPUT",
            text=each,
            demands=Status.INPUT_ERROR,
            flag="INPUT-ERROR",
            actions=(mend,),
        )
        for each in problems
    ]
    return _joined(
        registration,
        as_of=as_of,
        policy=policy,
        facts=facts,
        security=Security(),
        functional=(),
        listing=UNCHANGED,
        contract_end=None,
        basis=basis,
    )


def identity_of(registration: Registration) -> Identity:
    """Return by which numbers AFAS knows the integration of a registration."""
    return Identity(
        integration_id=registration.integration_id or "",
        subscription=registration.partner.subscription,
    )


def is_in_order(status: RegistrationStatus) -> bool:
    """Return whether nothing has to be done at once: in order, attention, or applying in time."""
    if status.status is Status.APPLYING:
        return all(flag.code != "ONBOARDING-OVERDUE" for flag in status.flags)
    return status.status in (Status.IN_ORDER, Status.ATTENTION)


def _facts_about_security(
    registration: Registration,
    validity: Validity,
    ended: Ending | None,
    functional: Sequence[ReleaseStatus],
) -> Iterator[Fact]:
    if ended is not None:
        yield ending_fact(ended, as_of=validity.as_of)
        yield from _mended_during_notice(validity, ended)
    if is_applying(registration, as_of=validity.as_of):
        yield from onboarding_facts(registration, validity, functional)
        yield from evidence_facts(validity)
        yield from history_facts(validity)
    else:
        yield from security_facts(validity, is_ending=ended is not None)
        yield from criteria_facts(registration)
        if ended is None:
            yield from review_facts(registration, as_of=validity.as_of)
    yield from planned_facts(registration, validity)


def _mended_during_notice(validity: Validity, ended: Ending) -> Iterator[Fact]:
    last = validity.governing
    if ended.rule != "R7" or ended.has_ended(as_of=validity.as_of):
        return
    if last is not None and validity.is_valid and last.since > ended.decision.date:
        yield Fact(
            rule="R7",
            text=said(
                "Sinds de opzegging is er een geldige beoordeling; de opzegging loopt door tot zij "
                "is ingetrokken.",
                "Since the notice there is a valid assessment; the notice runs on until it is "
                "withdrawn.",
            ),
            flag="MENDED-DURING-NOTICE",
            actions=(
                action(
                    Who.AFAS,
                    said(
                        "Besluit of de opzegging wordt ingetrokken.",
                        "Decide on withdrawing the notice.",
                    ),
                    rule="R7",
                    key="withdraw-notice",
                    due=ended.end,
                    since=last.since,
                    rests_on=report_in_words(last),
                ),
            ),
        )


def _contract_end(
    registration: Registration, validity: Validity, ended: Ending | None
) -> ContractEnd | None:
    if ended is not None:
        return ContractEnd(date=ended.end, kind=EndKind.DEFINITE)
    last = validity.governing
    applying = is_applying(registration, as_of=validity.as_of)
    if last is None or validity.is_valid or applying:
        return None
    return ContractEnd(date=forecast_end(last), kind=EndKind.FORECAST)


def _joined(
    registration: str,
    *,
    as_of: date,
    policy: Policy,
    facts: Sequence[Fact],
    security: Security,
    functional: tuple[ReleaseStatus, ...],
    listing: ListingStatus,
    contract_end: ContractEnd | None,
    basis: Basis,
) -> RegistrationStatus:
    sorted_facts = sorted(facts, key=lambda f: (-ORDER.index(f.demands), f.rule, f.flag, f.text.en))
    heaviest = sorted_facts[0].demands if sorted_facts else Status.IN_ORDER
    return RegistrationStatus(
        registration=registration,
        as_of=as_of,
        policy=policy.name,
        basis=basis,
        status=heaviest,
        security=security,
        functional=functional,
        listing=listing,
        contract_end=contract_end,
        flags=tuple(
            Flag(code=each.flag, text=each.text, rule=each.rule)
            for each in sorted_facts
            if each.flag
        ),
        actions=_actions(sorted_facts, heaviest, as_of=as_of),
        reasons=tuple(
            Reason(
                rule=each.rule,
                source=each.source or RULES[each.rule].source,
                text=each.text,
                status=each.demands,
            )
            for each in sorted_facts
        ),
    )


_AFTER_THE_END = frozenset({"remove-listing"})
"""Of a terminated registration nothing else is asked any more."""


def _actions(facts: Sequence[Fact], status: Status, *, as_of: date) -> tuple[Action, ...]:
    """Return each duty once, the most urgent first; without a date: it is due now."""
    found: dict[str, Action] = {}
    for fact in facts:
        for each in fact.actions:
            if status is Status.TERMINATED and each.key not in _AFTER_THE_END:
                continue
            weight = heavier(each.weight, fact.demands)
            if each.rule == "R12":  # what the status is may follow from what waits
                weight = heavier(weight, status)
            known = found.get(each.key)
            found[each.key] = (
                replace(each, weight=weight)
                if known is None
                else replace(known, weight=heavier(known.weight, weight))
            )
    return tuple(sorted(found.values(), key=lambda each: urgency(each, as_of=as_of)))
