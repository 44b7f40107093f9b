"""The programme's words in both languages, for everything that a reviewer reads."""

from datetime import date
from functools import lru_cache

from koppeling_harness.model.evidence import Evidence
from koppeling_harness.model.registration import Colour, Ground
from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import (
    Basis,
    EndKind,
    ListingAdvice,
    RegistrationStatus,
    Role,
    Status,
    Who,
)
from koppeling_harness.model.verdict import Outcome

_MONTHS_NL = [
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
]
_SHORT_NL = ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"]
_MONTHS_EN = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]

STATUS = {
    Status.IN_ORDER: Text(nl="in orde", en="in order"),
    Status.ATTENTION: Text(nl="aandacht", en="attention"),
    Status.ACTION_REQUIRED: Text(nl="actie vereist", en="action required"),
    Status.NOT_CERTIFIED: Text(nl="niet gecertificeerd", en="not certified"),
    Status.REVIEW_NEEDED: Text(nl="te beoordelen door AFAS", en="review needed"),
    Status.APPLYING: Text(nl="in aanvraag", en="applying"),
    Status.NOTICE_RUNNING: Text(nl="opzegging loopt", en="notice running"),
    Status.TERMINATED: Text(nl="beëindigd", en="terminated"),
    Status.INPUT_ERROR: Text(nl="invoerfout", en="input error"),
}
BASIS = {
    Basis.STATED: Text(
        nl="zoals opgegeven, niet door AFAS vastgelegd", en="as stated, not recorded by AFAS"
    ),
    Basis.RECORDED: Text(nl="vastgelegd door AFAS", en="recorded by AFAS"),
}
OVERDUE = Text(nl="in aanvraag, te laat", en="applying, overdue")
"""The status of an applicant whose time is over."""


def status_word(status: RegistrationStatus) -> Text:
    """Return the word for a status; an applicant whose time is over reads as such."""
    return OVERDUE if is_overdue(status) else STATUS[status.status]


def is_overdue(status: RegistrationStatus) -> bool:
    """Return whether it is an applicant whose time is over."""
    return status.status is Status.APPLYING and any(
        flag.code == "ONBOARDING-OVERDUE" for flag in status.flags
    )


COLOUR = {
    Colour.RED: Text(nl="rood", en="red"),
    Colour.ORANGE: Text(nl="oranje", en="orange"),
    Colour.GREEN: Text(nl="groen", en="green"),
}
OUTCOME = {
    Outcome.PASSED: Text(nl="geslaagd", en="passed"),
    Outcome.FAILED: Text(nl="niet geslaagd", en="failed"),
    Outcome.INCONCLUSIVE: Text(nl="onbeslist", en="inconclusive"),
    Outcome.NOT_RUN: Text(nl="niet getest", en="not tested"),
}
EVIDENCE = {
    Evidence.VERIFIED: Text(nl="bewijs geverifieerd", en="evidence verified"),
    Evidence.UNSIGNED: Text(nl="niet ondertekend", en="unsigned"),
    Evidence.REFUSED: Text(nl="bewijs geweigerd", en="evidence refused"),
}
ROLE = {
    Role.PREVIOUS: Text(nl="vorige", en="previous"),
    Role.CURRENT: Text(nl="huidige", en="current"),
    Role.ACCEPT: Text(nl="op Accept", en="on Accept"),
}
LISTING = {
    ListingAdvice.KEEP: Text(nl="behouden", en="keep"),
    ListingAdvice.REMOVE: Text(nl="verwijderen", en="remove"),
    ListingAdvice.RESTORE: Text(nl="plaatsen", en="restore"),
    ListingAdvice.NOT_YET: Text(nl="nog niet", en="not yet"),
    ListingAdvice.UNCHANGED: Text(nl="ongewijzigd", en="unchanged"),
}
END = {
    EndKind.FORECAST: Text(nl="prognose", en="forecast"),
    EndKind.DEFINITE: Text(nl="definitief", en="definite"),
}
WHO = {
    Who.PARTNER: Text(nl="partner", en="partner"),
    Who.AFAS: Text(nl="AFAS", en="AFAS"),
    Who.ASSESSOR: Text(nl="beoordelaar", en="assessor"),
}
_SIGNAL = {
    Ground.NON_PAYMENT: Text(nl="onbetaalde facturen", en="unpaid invoices"),
    Ground.CODE_OF_CONDUCT: Text(nl="gedragscode", en="code of conduct"),
    Ground.NO_CERTIFICATION: Text(nl="geen periodieke certificatie", en="no certification"),
    Ground.OTHER: Text(nl="overig", en="other"),
}


_LETTER = {
    "reminder-90": Text(nl="herinnering, 90 dagen vooraf", en="reminder, 90 days ahead"),
    "reminder-30": Text(nl="herinnering, 30 dagen vooraf", en="reminder, 30 days ahead"),
    "reminder-0": Text(nl="bericht dat de beoordeling is verlopen", en="notice of the lapse"),
    "follow-up": Text(nl="opvolging van rood of oranje", en="follow-up of red or orange"),
    "request-evidence": Text(nl="verzoek om bewijs", en="request for evidence"),
    "return-submission": Text(nl="inzending teruggestuurd", en="submission returned"),
    "notice": Text(nl="opzegbrief", en="notice letter"),
    "listing-removed": Text(nl="vermelding verwijderd", en="listing removed"),
    "listing-restored": Text(nl="vermelding teruggeplaatst", en="listing restored"),
    "notice-withdrawn": Text(nl="opzegging ingetrokken", en="notice withdrawn"),
    "immediate-end": Text(nl="beëindiging per direct", en="immediate end"),
}


def letter_kind(kind: str) -> Text:
    """Return what a letter is; a kind that this program does not know as it is written."""
    return _LETTER.get(kind, Text(nl=kind, en=kind))


_GROUP = {
    "authentication": Text(nl="aanmelden", en="authentication"),
    "availability": Text(nl="beschikbaarheid", en="availability"),
    "connectors": Text(nl="connectoren", en="connectors"),
    "fetching": Text(nl="bestanden ophalen", en="fetching files"),
    "identity": Text(nl="identiteit", en="identity"),
    "oauth": Text(nl="aanmelden met OAuth", en="sign-in by OAuth"),
    "privacy": Text(nl="privacy", en="privacy"),
    "reading": Text(nl="lezen", en="reading"),
    "writing": Text(nl="schrijven", en="writing"),
}


def group_word(group: str) -> Text:
    """Return what a group of scenarios is about; an own one as it is written."""
    return _GROUP.get(group, Text(nl=group, en=group))


def signal_kind(kind: str) -> Text:
    """Return what a signal is about; a kind that the programme does not know as it is written."""
    known = {ground.value: text for ground, text in _SIGNAL.items()}
    written = kind.replace("_", " ")
    return known.get(kind, Text(nl=written, en=written))


@lru_cache(maxsize=4096)
def day_in_words(day: date) -> Text:
    """Return a date as each language writes it: 14 mei 2027, 14 May 2027."""
    return Text(
        nl=f"{day.day} {_MONTHS_NL[day.month - 1]} {day.year}",
        en=f"{day.day} {_MONTHS_EN[day.month - 1]} {day.year}",
    )


def short_day(day: date) -> Text:
    """Return a date for a narrow place: 14 mei 2027, 14 May 2027; 3 sep 2027, 3 Sep 2027."""
    return Text(
        nl=f"{day.day} {_SHORT_NL[day.month - 1]} {day.year}",
        en=f"{day.day} {_MONTHS_EN[day.month - 1][:3]} {day.year}",
    )


def day_and_month(day: date) -> Text:
    """Return a date without its year: 3 sep, 3 Sep."""
    return Text(
        nl=f"{day.day} {_SHORT_NL[day.month - 1]}",
        en=f"{day.day} {_MONTHS_EN[day.month - 1][:3]}",
    )


def said(nl: str, en: str, **values: object) -> Text:
    """Return a sentence in both languages.

    Args:
        nl: Dutch, with `{name}` where a value goes.
        en: English, with the same names.
        values: Dates are written out; a `Text` goes in by its language; others as they are.
    """
    both = {name: day_in_words(v) if isinstance(v, date) else v for name, v in values.items()}
    return Text(
        nl=nl.format(**{name: v.nl if isinstance(v, Text) else v for name, v in both.items()}),
        en=en.format(**{name: v.en if isinstance(v, Text) else v for name, v in both.items()}),
    )
