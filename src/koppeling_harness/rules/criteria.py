"""AFAS's eight criteria for a certified connector, as one checklist.

Each says how it is known: measured by this program, stated by the partner, confirmed by AFAS, or
unknown. Without effect on the status by itself: what is known not to hold is told by its own rule.
Source: AFAS, docs.afas.help/profit/nl/app-connector-auditor-partner (2026-02-24).
"""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from koppeling_harness.model.dossier import Dossier
from koppeling_harness.model.functional import FunctionalResult
from koppeling_harness.model.registration import DecisionKind, Registration
from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import Basis, Role, Status
from koppeling_harness.rules.programme import MINIMUM_CONTACTS, MINIMUM_CUSTOMERS
from koppeling_harness.rules.words import COLOUR, said
from koppeling_harness.value import dataclass

IDENTITY = "identity."
"""Beginning of the scenarios that look at the IntegrationId of each call."""


class Known(StrEnum):
    """How something is known."""

    MEASURED = "measured"
    """By this program, in a run."""
    STATED = "stated"
    """By the partner."""
    CONFIRMED = "confirmed"
    """By AFAS, or by an assessor that it recognises."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One of the eight.

    Attributes:
        number: From 1 to 8, as AFAS counts them.
        text: What it asks.
        known: How it is known whether it holds.
        holds: Whether it does; None when that is unknown.
        source: What it is known from; None when unknown.
        day: Of the source, as far as it has one.
    """

    number: int
    text: Text
    known: Known = Known.UNKNOWN
    holds: bool | None = None
    source: Text | None = None
    day: date | None = None


def criteria(dossier: Dossier) -> tuple[Criterion, ...]:
    """Return the eight criteria of one registration; none when its file has problems."""
    if dossier.registration is None:
        return ()
    return tuple(_criteria(dossier, dossier.registration))


def _criteria(dossier: Dossier, registration: Registration) -> Iterator[Criterion]:
    yield from _auditor(dossier)
    yield _assessment(dossier)
    yield _tasks(dossier, registration)
    yield _integration_id(dossier)
    yield _subscription(dossier)
    word = dossier.word
    confirmed = word is not None and word.active_customers is not None
    yield _at_least(
        7,
        said("Ten minste vijf actieve klanten", "At least five active customers"),
        registration.active_customers,
        MINIMUM_CUSTOMERS,
        known=Known.CONFIRMED if confirmed else Known.STATED,
    )
    yield _at_least(
        8,
        said("Ten minste twee contactpersonen", "At least two contact persons"),
        registration.contacts,
        MINIMUM_CONTACTS,
        known=Known.CONFIRMED
        if dossier.partner is not None and dossier.partner.contacts
        else Known.STATED,
    )


def _auditor(dossier: Dossier) -> Iterator[Criterion]:
    report = dossier.word.auditor if dossier.word else None
    no_red = said("Geen rode bevindingen van de Auditor", "No red findings of the Auditor")
    solved = said(
        "Oranje bevindingen van de Auditor opgelost of onderbouwd",
        "Orange findings of the Auditor solved or justified",
    )
    if report is None:
        yield Criterion(number=1, text=no_red)
        yield Criterion(number=2, text=solved)
        return
    yield Criterion(
        number=1,
        text=no_red,
        known=Known.CONFIRMED,
        holds=report.red == 0,
        source=said(
            "AppConnector Auditor: {n} rood", "AppConnector Auditor: {n} red", n=report.red
        ),
        day=report.date,
    )
    yield Criterion(
        number=2,
        text=solved,
        known=Known.CONFIRMED,
        holds=report.orange <= len(report.justified),
        source=said(
            "AppConnector Auditor: {n} oranje, onderbouwd: {codes}",
            "AppConnector Auditor: {n} orange, justified: {codes}",
            n=report.orange,
            codes=", ".join(report.justified) or "-",
        ),
        day=report.date,
    )


def _assessment(dossier: Dossier) -> Criterion:
    security, status = dossier.status.security, dossier.status
    text = said("Geldige Quickscan of pentest", "Valid Quickscan or penetration test")
    if security.colour is None or security.valid_until is None:
        return Criterion(number=3, text=text)  # nobody said anything: that confirms nothing
    return Criterion(
        number=3,
        text=text,
        known=_word(dossier),
        holds=status.as_of <= security.valid_until,
        source=said(
            "{id}: {colour}, geldig t/m {until}",
            "{id}: {colour}, valid until {until}",
            id=security.assessment or "-",
            colour=COLOUR[security.colour],
            until=security.valid_until,
        ),
        day=security.report_date,
    )


def _word(dossier: Dossier) -> Known:
    return Known.CONFIRMED if dossier.status.basis is Basis.RECORDED else Known.STATED


def _tasks(dossier: Dossier, registration: Registration) -> Criterion:
    text = said("Alle projecttaken afgerond", "All project tasks done")
    onboarding = registration.onboarding
    if onboarding is None:
        return Criterion(number=4, text=text)
    finished = [
        each.date
        for each in registration.decisions
        if each.decision is DecisionKind.FINISH_ONBOARDING
    ]
    decided = bool(finished) or (dossier.word is not None and dossier.word.onboarding is not None)
    return Criterion(
        number=4,
        text=text,
        known=Known.CONFIRMED if decided else Known.STATED,
        holds=onboarding.open_tasks == 0,
        source=said("{n} taken open", "{n} tasks open", n=onboarding.open_tasks),
        day=max(finished, default=onboarding.finished or onboarding.started),
    )


def _integration_id(dossier: Dossier) -> Criterion:
    text = said("Het juiste IntegrationId op elke aanroep", "The right IntegrationId on every call")
    runs = {(each.release, each.run_id): each for each in dossier.runs}
    found = [
        run
        for each in dossier.status.functional
        if each.role is not Role.ACCEPT and (run := runs.get((each.release, each.run_id or "")))
    ]
    told = [(run, _identity_held(run)) for run in found]
    known = [(run, holds) for run, holds in told if holds is not None]
    if not known:
        return Criterion(number=5, text=text)
    holds = all(each for _, each in known)
    run = next(run for run, each in known if each is holds)
    return Criterion(
        number=5,
        text=text,
        known=Known.MEASURED,
        holds=holds,
        source=said(
            "testrun {run} op {release}",
            "test run {run} on {release}",
            run=run.run_id,
            release=run.release,
        ),
        day=run.date,
    )


def _identity_held(run: FunctionalResult) -> bool | None:
    """Return whether the scenarios about the IntegrationId passed; None when it cannot be told."""
    if any(each.startswith(IDENTITY) for each in run.failed):
        return False
    if not any(each.startswith(IDENTITY) for each in run.asked):
        return None
    return None if run.inconclusive or run.not_run else True


def _subscription(dossier: Dossier) -> Criterion:
    text = said("Geldig partnerabonnement", "Valid partner subscription")
    as_of = dossier.status.as_of
    if dossier.status.status is Status.TERMINATED:
        return Criterion(
            number=6,
            text=text,
            known=Known.CONFIRMED,
            holds=False,
            source=said("het contract is beëindigd", "the contract has ended"),
            day=dossier.status.contract_end.date if dossier.status.contract_end else None,
        )
    runs = dossier.partner.runs if dossier.partner is not None else None
    if runs is None or runs.started > as_of:
        return Criterion(number=6, text=text)  # only AFAS's own administration knows
    return Criterion(
        number=6,
        text=text,
        known=Known.CONFIRMED,
        holds=runs.ends is None or runs.ends >= as_of,
        source=said("loopt door", "runs on")
        if runs.ends is None
        else said("tot en met {ends}", "until {ends}", ends=runs.ends),
        day=runs.started,
    )


def _at_least(number: int, text: Text, found: int | None, least: int, *, known: Known) -> Criterion:
    if found is None:
        return Criterion(number=number, text=text)
    source = said("aantal: {n}", "count: {n}", n=found)
    return Criterion(number=number, text=text, known=known, holds=found >= least, source=source)
