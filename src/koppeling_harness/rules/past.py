"""A registration as it was known on a day: what is dated later is left out, and counted."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from koppeling_harness.model.registration import Agreement, Assessment, Registration
from koppeling_harness.rules.fact import Fact
from koppeling_harness.rules.words import said


def as_known_on(registration: Registration, *, as_of: date) -> Registration:
    """Return a registration without the facts that are dated after a day."""
    return replace(
        registration,
        agreement=_agreement(registration.agreement, as_of),
        assessments=tuple(each for each in registration.assessments if _day_of(each) <= as_of),
        signals=tuple(each for each in registration.signals if each.date <= as_of),
        decisions=tuple(each for each in registration.decisions if each.date <= as_of),
        waivers=tuple(
            each for each in registration.waivers if (each.approved or date.min) <= as_of
        ),
    )


def facts_after(registration: Registration, *, as_of: date) -> int:
    """Return how many facts `as_known_on` leaves out."""
    known = as_known_on(registration, as_of=as_of)
    lists = ("assessments", "signals", "decisions", "waivers")
    return sum(len(getattr(registration, each)) - len(getattr(known, each)) for each in lists)


def later_facts(count: int, *, as_of: date) -> Iterator[Fact]:
    """Yield that facts were left out, so that nobody takes the past for what is known now."""
    if count:
        yield Fact(
            rule="PAST",
            text=said(
                "Gegevens van na {day} zijn weggelaten: {count}.",
                "Facts dated after {day} are left out: {count}.",
                day=as_of,
                count=count,
            ),
            flag="LATER-FACTS",
        )


def set_aside_facts(count: int) -> Iterator[Fact]:
    """Yield that what a partner wrote down as decided has no effect."""
    if count:
        yield Fact(
            rule="WORD",
            text=said(
                "Besluiten en ontheffingen in het bestand van de partner zelf hebben geen gevolg: "
                "{count}.",
                "Decisions and waivers in the partner's own file have no effect: {count}.",
                count=count,
            ),
            flag="OWN-DECISIONS",
        )


def decided_facts(waivers: int, *, given: date | None, signer: str) -> Iterator[Fact]:
    """Yield that what AFAS signed counts, beside a manifest too.

    Args:
        waivers: How many are in it.
        given: The day on which AFAS gave it.
        signer: Fingerprint of AFAS's key.
    """
    yield Fact(
        rule="WORD",
        text=said(
            "Ontheffingen die AFAS op {day} gaf en ondertekende ({key}): {count}.",
            "Waivers that AFAS gave on {day} and signed ({key}): {count}.",
            day=given or "?",
            key=signer,
            count=waivers,
        ),
    )


def refused_facts(why: str) -> Iterator[Fact]:
    """Yield that decisions lie beside a registration whose signature does not hold."""
    yield Fact(
        rule="WORD",
        text=said(
            "Beslissingen van AFAS hebben geen gevolg: {why}.",
            "Decisions of AFAS have no effect: {why}.",
            why=why,
        ),
        flag="DECISIONS-REFUSED",
    )


def _day_of(assessment: Assessment) -> date:
    """Return the day on which AFAS can have known of it."""
    days = (assessment.report_date, assessment.submitted)
    return max((day for day in days if day is not None), default=date.min)


def _agreement(agreement: Agreement | None, as_of: date) -> Agreement | None:
    if agreement is None or agreement.started > as_of:
        return None
    review = agreement.annual_review
    return replace(agreement, annual_review=None) if review and review > as_of else agreement
