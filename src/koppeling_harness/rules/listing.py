"""Advice on the two listings; carrying it out is a person's decision."""

from collections.abc import Iterator
from datetime import date

from koppeling_harness.model.registration import DecisionKind, Registration
from koppeling_harness.model.status import ListingAdvice, ListingStatus, Status, Who
from koppeling_harness.rules.contract import Ending
from koppeling_harness.rules.fact import Fact, action
from koppeling_harness.rules.months import day_after
from koppeling_harness.rules.programme import is_applying
from koppeling_harness.rules.security import Validity, report_in_words
from koppeling_harness.rules.words import said

UNCHANGED = ListingStatus(partner_site=ListingAdvice.UNCHANGED, help_center=ListingAdvice.UNCHANGED)
_SAME_DAY = {DecisionKind.RESTORE_LISTING: 0, DecisionKind.REMOVE_LISTING: 1}


def listing_status(
    registration: Registration, validity: Validity, ending: Ending | None
) -> ListingStatus:
    """Return what is to be done about each place (R5, R14)."""
    if ending is not None and ending.has_ended(as_of=validity.as_of):
        return _both(registration, listed=ListingAdvice.REMOVE, unlisted=ListingAdvice.UNCHANGED)
    if is_applying(registration, as_of=validity.as_of):
        return ListingStatus(partner_site=ListingAdvice.NOT_YET, help_center=ListingAdvice.NOT_YET)
    if validity.is_valid:
        if _removed_by_decision(registration, validity):
            return _both(
                registration, listed=ListingAdvice.REMOVE, unlisted=ListingAdvice.UNCHANGED
            )
        return _both(registration, listed=ListingAdvice.KEEP, unlisted=ListingAdvice.RESTORE)
    if validity.governing is None and validity.awaiting:
        return UNCHANGED  # a reviewer weighs the evidence before anything is removed
    return _both(registration, listed=ListingAdvice.REMOVE, unlisted=ListingAdvice.UNCHANGED)


def listing_facts(
    registration: Registration, validity: Validity, status: ListingStatus
) -> Iterator[Fact]:
    """Yield what the listings ask of AFAS."""
    advice = {status.partner_site, status.help_center}
    if ListingAdvice.REMOVE in advice:
        yield _remove(registration, validity)
    if ListingAdvice.RESTORE in advice:
        yield _restore(validity)
    listing = registration.listing
    if ListingAdvice.NOT_YET in advice and (listing.partner_site or listing.help_center):
        yield Fact(
            rule="R14",
            text=said(
                "De koppeling is al vermeld, terwijl de demo nog niet is goedgekeurd.",
                "The integration is listed already, before the demo was approved.",
            ),
            flag="LISTED-TOO-EARLY",
            actions=(
                action(
                    Who.AFAS,
                    said(
                        "Haal de vermelding weg tot de demo is goedgekeurd.",
                        "Take the listing off until the demo is approved.",
                    ),
                    rule="R14",
                    key="listed-too-early",
                    weight=Status.ATTENTION,
                ),
            ),
        )


def _both(
    registration: Registration, *, listed: ListingAdvice, unlisted: ListingAdvice
) -> ListingStatus:
    listing = registration.listing
    return ListingStatus(
        partner_site=listed if listing.partner_site else unlisted,
        help_center=listed if listing.help_center else unlisted,
    )


def _removed_by_decision(registration: Registration, validity: Validity) -> bool:
    return _last_removal(registration, validity) is not None


def _last_removal(registration: Registration, validity: Validity) -> date | None:
    """Return when a person last removed the listing since the report that governs."""
    last = validity.governing
    since = last.report_date if last is not None else date.min
    found = [
        each
        for each in registration.decisions
        if each.decision in _SAME_DAY and since <= each.date <= validity.as_of
    ]
    latest = max(found, key=lambda each: (each.date, _SAME_DAY[each.decision]), default=None)
    if latest is None or latest.decision is not DecisionKind.REMOVE_LISTING:
        return None
    return latest.date


def _remove(registration: Registration, validity: Validity) -> Fact:
    last = validity.governing
    lapsed = last is not None and not validity.is_valid
    decided = _last_removal(registration, validity)
    what = (
        said(
            "Haal de koppeling weg waar zij nog vermeld staat, zoals besloten op {day}, en werk "
            "listing bij.",
            "Take the integration off where it is still listed, as decided on {day}, and bring "
            "listing up to date.",
            day=decided,
        )
        if decided is not None
        else said(
            "Beoordeel het nieuwe bewijs; verwijder daarna zo nodig de vermelding.",
            "Judge the new evidence; then remove the listing if need be.",
        )
        if validity.awaiting
        else said("Verwijder de vermelding.", "Remove the listing.")
    )
    return Fact(
        rule="R5",
        text=said("De vermelding moet verwijderd worden.", "The listing has to be removed."),
        flag="REMOVE-LISTING",
        actions=(
            action(
                Who.AFAS,
                what,
                rule="R5",
                key="remove-listing",
                due=day_after(last.valid_until) if last is not None and lapsed else None,
                weight=Status.NOT_CERTIFIED,
                since=decided or (day_after(last.valid_until) if last and lapsed else None),
                rests_on=report_in_words(last) if last is not None else None,
            ),
        ),
    )


def _restore(validity: Validity) -> Fact:
    last = validity.governing
    return Fact(
        rule="R4",
        text=said(
            "De beoordeling is geldig, maar de koppeling is niet overal vermeld.",
            "The assessment is valid, but the integration is not listed everywhere.",
        ),
        flag="RESTORE-LISTING",
        actions=(
            action(
                Who.AFAS,
                said("Besluit of de vermelding wordt teruggeplaatst.", "Decide on listing it."),
                rule="R4",
                key="restore-listing",
                weight=Status.ATTENTION,
                since=last.since if last is not None else None,
                rests_on=report_in_words(last) if last is not None else None,
            ),
        ),
    )
