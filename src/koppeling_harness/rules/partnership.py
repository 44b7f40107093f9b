"""What AFAS keeps of a partner, in the status of its integrations (A1, A2, R9)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from koppeling_harness.model.partnership import Invoice, Partnership, Talk
from koppeling_harness.model.registration import Registration
from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import Status, Who
from koppeling_harness.rules.fact import Fact, action
from koppeling_harness.rules.words import said

PARTNER_KEYS = frozenset({"invoice", "agreed"})
"""First words of the keys of duties that are of the partner, and of each of its integrations."""


def with_partner(registration: Registration, partner: Partnership | None) -> Registration:
    """Return a registration with what AFAS knows of its partner, which wins over what it states.

    A talk with the partner is a yearly review of each of its integrations.
    """
    if partner is None:
        return registration
    agreement = registration.agreement
    last = max((each.date for each in partner.talks), default=None)
    if agreement is not None and last is not None:
        last = max(last, agreement.started, agreement.annual_review or date.min)
        agreement = replace(agreement, annual_review=last)
    contacts = len(partner.contacts) or registration.contacts
    return replace(registration, agreement=agreement, contacts=contacts)


def partner_facts(partner: Partnership, *, as_of: date) -> Iterator[Fact]:
    """Yield what is open with a partner, without effect on the status: invoices, agreements."""
    for each in open_invoices(partner, as_of=as_of):
        yield Fact(
            rule="R9",
            text=invoice_in_words(each, as_of=as_of),
            flag="INVOICE-OPEN",
            actions=(
                action(
                    Who.PARTNER,
                    said("Betaal factuur {number}.", "Pay invoice {number}.", number=each.number),
                    rule="R9",
                    key=f"invoice:{each.number}",
                    weight=Status.ATTENTION,
                    due=each.open_since,
                    since=each.open_since,
                ),
            ),
        )
    for talk in partner.talks:
        yield from _agreed(talk, as_of=as_of)


def open_invoices(partner: Partnership, *, as_of: date) -> tuple[Invoice, ...]:
    """Return the invoices that are open on a day, the oldest first."""
    found = [
        each
        for each in partner.invoices
        if each.open_since <= as_of and (each.paid is None or each.paid > as_of)
    ]
    return tuple(sorted(found, key=lambda each: (each.open_since, each.number)))


def invoice_in_words(invoice: Invoice, *, as_of: date) -> Text:
    """Return since when an invoice is open, and when the partner was reminded."""
    reminded = [each for each in sorted(invoice.reminders) if each <= as_of]
    if not reminded:
        return said(
            "Factuur {number} staat open sinds {since}; nog niet herinnerd.",
            "Invoice {number} is open since {since}; no reminder yet.",
            number=invoice.number,
            since=invoice.open_since,
        )
    return said(
        "Factuur {number} staat open sinds {since}; herinneringen: {count}, de laatste op {last}.",
        "Invoice {number} is open since {since}; reminders: {count}, the last on {last}.",
        number=invoice.number,
        since=invoice.open_since,
        count=len(reminded),
        last=reminded[-1],
    )


def _agreed(talk: Talk, *, as_of: date) -> Iterator[Fact]:
    for number, each in enumerate(talk.agreed, 1):
        if talk.date > as_of or (each.done is not None and each.done <= as_of):
            continue
        yield Fact(
            rule="A2",
            text=said(
                "Afgesproken op {day}: {what}",
                "Agreed on {day}: {what}",
                day=talk.date,
                what=each.what,
            ),
            flag="AGREED-OVERDUE" if as_of > each.due else "",
            actions=(
                action(
                    each.who,
                    Text(nl=each.what, en=each.what),
                    rule="A2",
                    key=f"agreed:{talk.date}-{number}",
                    due=each.due,
                    since=talk.date,
                ),
            ),
        )
