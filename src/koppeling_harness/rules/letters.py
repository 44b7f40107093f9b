"""Whether a letter would say what is true on its day."""

from datetime import date

from koppeling_harness.model.registration import Colour
from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import RegistrationStatus
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.rules.words import said


def untrue_in(kind: str, status: RegistrationStatus, *, day: date) -> Text | None:
    """Return why a letter of a kind would not be true; None when nothing is against it.

    Args:
        kind: Of the letter.
        status: Of the registration, on that day.
        day: The date of the letter.
    """
    until, colour = status.security.valid_until, status.security.colour
    has_lapsed = until is not None and until < day
    if kind in {"reminder-90", "reminder-30", "listing-restored"} and has_lapsed:
        return said(
            "de beoordeling is verlopen: {until} was de laatste dag",
            "the assessment has lapsed: {until} was its last day",
            until=until,
        )
    if kind == "reminder-0" and until is not None and not has_lapsed:
        return said(
            "de beoordeling is geldig tot en met {until}",
            "the assessment is valid until {until}",
            until=until,
        )
    if kind == "follow-up" and colour is Colour.GREEN:
        return said("de kleur is groen", "the colour is green")
    outcomes = {each.outcome for each in status.functional}
    if kind == "request-evidence" and outcomes == {Outcome.PASSED}:
        return said("op elke versie is het bewijs er", "the evidence is there for every release")
    return None
