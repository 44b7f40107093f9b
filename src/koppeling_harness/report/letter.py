"""Drafts of letters to a partner, in both languages; a person sends them, never this program."""

import json
import re
from collections.abc import Mapping
from datetime import date
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from importlib.resources import files

from koppeling_harness.model.dossier import Dossier
from koppeling_harness.model.registration import DecisionKind, Registration
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.report.clean import one_line
from koppeling_harness.report.markdown import plain
from koppeling_harness.report.texts import Language, in_language
from koppeling_harness.rules.months import NOTICE_MONTHS, add_months
from koppeling_harness.rules.words import COLOUR, day_in_words, said, signal_kind
from koppeling_harness.value import dataclass

_BLANK = re.compile(r"\{(\w+)\}")
_DECISION = {
    "notice": DecisionKind.GIVE_NOTICE,
    "listing-removed": DecisionKind.REMOVE_LISTING,
    "listing-restored": DecisionKind.RESTORE_LISTING,
    "notice-withdrawn": DecisionKind.WITHDRAW_NOTICE,
    "immediate-end": DecisionKind.TERMINATE_IMMEDIATELY,
    "return-submission": DecisionKind.REJECT_EVIDENCE,
}
"""Of which decision a letter gives the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A letter that nobody sent yet.

    Attributes:
        kind: Such as `notice`.
        to: An address for mail; empty when none is known.
        subject: In both languages.
        body: In both languages, paragraphs with an empty line between them.
        missing: What it needs to be sent and the registration does not say, by blank.
    """

    kind: str
    to: str
    subject: Text
    body: Text
    missing: tuple[str, ...]


@cache
def letter_kinds() -> tuple[str, ...]:
    """Return every kind of letter."""
    return tuple(_templates())


def draft_letter(
    dossier: Dossier, kind: str, *, day: date, by: str = "", reason: str = ""
) -> Draft:
    """Return a draft.

    Args:
        dossier: A registration that could be read, with its status.
        kind: One of `letter_kinds`.
        day: The date of the letter.
        by: Who signs it.
        reason: Why; that of the decision it is about when empty.
    """
    registration = dossier.registration
    if registration is None:
        message = "a letter is about a registration that can be read"
        raise ValueError(message)
    values = _values(dossier, registration, kind, day=day, by=by, reason=reason)
    template = _templates()[kind]
    used = {
        name
        for part in template.values()
        for text in part.values()
        for name in _BLANK.findall(text)
    }
    missing = tuple(sorted(name for name in used if values.get(name) is None))
    subject, body = (_filled(template[part], values) for part in ("subject", "body"))
    contact = registration.partner.contact or ""
    address = one_line(contact) if "@" in contact else ""
    return Draft(kind=kind, to=address, subject=subject, body=body, missing=missing)


def as_markdown(draft: Draft, language: Language) -> str:
    """Return a draft as Markdown; what others wrote makes no markup."""
    subject, body = (in_language(each, language) for each in (draft.subject, draft.body))
    return f"# {plain(subject)}\n\n{_paragraphs(body)}\n"


def as_mail(draft: Draft, language: Language) -> bytes:
    """Return a draft as a mail (RFC 5322) that a mail program opens to be sent (`X-Unsent`)."""
    mail = EmailMessage()
    mail["Subject"] = one_line(in_language(draft.subject, language))
    if draft.to:
        mail["To"] = draft.to
    mail["X-Unsent"] = "1"
    mail.set_content(in_language(draft.body, language), cte="quoted-printable")
    mail["Content-Language"] = language.value
    return mail.as_bytes(policy=SMTP)


def _paragraphs(body: str) -> str:
    lines = ["".join(_escaped_but_code(line)) for line in body.split("\n")]
    return "  \n".join(lines).replace("  \n  \n", "\n\n")


def _escaped_but_code(line: str) -> list[str]:
    parts = re.split(r"(`[^`]*`)", line)
    return [each if number % 2 else _escaped(each) for number, each in enumerate(parts)]


def _escaped(text: str) -> str:
    begin, end = (" " if blank else "" for blank in (text[:1] == " ", text[-1:] == " "))
    return f"{begin}{plain(text)}{end}" if text.strip() else text


def _values(
    dossier: Dossier, registration: Registration, kind: str, *, day: date, by: str, reason: str
) -> dict[str, Text | None]:
    security = dossier.status.security
    decided = [each for each in registration.decisions if each.decision is _DECISION.get(kind)]
    decision = decided[-1] if decided else None
    why = (reason or (decision.reason if decision else "")).strip()
    if why and why[-1] not in ".!?":
        why += "."
    releases = [
        each.release for each in dossier.status.functional if each.outcome is not Outcome.PASSED
    ]
    until = security.valid_until
    return {
        "partner": _plain(registration.partner.name),
        "subscription": _plain(registration.partner.subscription),
        "title": registration.title,
        "integration_id": _plain(registration.integration_id or ""),
        "colour": COLOUR[security.colour] if security.colour else None,
        "until": _day(until),
        "report_date": _day(security.report_date),
        "follow_up": _day(security.follow_up_due),
        "days": _plain(str(max((until - day).days, 0))) if until else None,
        "day": _day(day),
        "end": _day(add_months(day, NOTICE_MONTHS)),
        "effective": _day((decision.effective or decision.date) if decision else day),
        "ground": signal_kind(decision.ground) if decision and decision.ground else None,
        "reason": _plain(why),
        "releases": _plain(", ".join(releases)),
        "by": _plain(by or (decision.by if decision else "")),
    }


def _plain(text: str) -> Text | None:
    line = one_line(text, limit=2000)
    return Text(nl=line, en=line) if line else None


def _day(day: date | None) -> Text | None:
    return day_in_words(day) if day is not None else None


def _filled(template: Mapping[str, str], values: Mapping[str, Text | None]) -> Text:
    gap = said("[nog in te vullen]", "[to be filled in]")

    def filled(language: Language) -> str:
        return _BLANK.sub(
            lambda match: one_line(in_language(values.get(match[1]) or gap, language), limit=2000),
            template[language.value],
        )

    return Text(nl=filled(Language.NL), en=filled(Language.EN))


@cache
def _templates() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    source = files("koppeling_harness.report").joinpath("letters.json").read_text(encoding="utf-8")
    found: Mapping[str, Mapping[str, Mapping[str, str]]] = json.loads(source)
    return found
