"""Deadlines as an iCalendar file (RFC 5545) that any calendar can import."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from koppeling_harness.model.dossier import Dossier
from koppeling_harness.model.status import Action
from koppeling_harness.report.clean import clean
from koppeling_harness.report.due import all_due
from koppeling_harness.report.status_text import pick
from koppeling_harness.rules.catalogue import RULES, source_in_words
from koppeling_harness.rules.months import day_after
from koppeling_harness.rules.urgency import is_late
from koppeling_harness.rules.words import BASIS, WHO, said, status_word

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:koppeling-harness:deadlines")
_LINE_OCTETS = 75
_NEVER_FIRST = " :#"
"""What a line is not broken before: a CI system could take its beginning for a command."""


def render_deadlines_ics(dossiers: Sequence[Dossier], *, lang: str, stamp: datetime) -> str:
    """Return one whole-day event per duty; what is due now or late stands on the as-of date.

    The same duty keeps its UID from day to day, also when its date moves: importing again moves
    the event instead of doubling it.

    Args:
        dossiers: What to show.
        lang: `nl` or `en`.
        stamp: When the file is made; aware.
    """
    name = "Termijnen koppelingen" if lang == "nl" else "Integration deadlines"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//koppeling-harness//deadlines//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(name)}",
    ]
    day = max((each.status.as_of for each in dossiers), default=date.min)
    for each in all_due(dossiers, as_of=day):
        # what has no date is due now, and what is late is still to be done
        lines += _event(each.dossier, each.action, max(each.due, each.as_of), lang, stamp)
    return "".join(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _event(
    dossier: Dossier, action: Action, due: date, lang: str, stamp: datetime
) -> Iterator[str]:
    status = dossier.status
    registration = dossier.registration
    title = pick(registration.title, lang) if registration else status.registration
    rule = RULES[action.rule]
    policy = "Beleid" if lang == "nl" else "Policy"
    described = (
        f"{title} ({status.registration}): {pick(status_word(status), lang)}\n"
        f"{action.rule}: {pick(rule.text, lang)} [{pick(source_in_words(rule.source), lang)}]\n"
        f"{policy}: {status.policy}; {pick(BASIS[status.basis], lang)}"
    )
    if action.due is not None and is_late(action, as_of=status.as_of):
        late = said("Te laat sinds {day}.", "Late since {day}.", day=day_after(action.due))
        described = f"{pick(late, lang)}\n{described}"
    summary = f"{title}: {pick(WHO[action.who], lang)}: {pick(action.what, lang)}"
    yield "BEGIN:VEVENT"
    yield f"UID:{uuid.uuid5(_NAMESPACE, f'{status.registration}/{action.key}')}"
    yield f"DTSTAMP:{stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    yield f"DTSTART;VALUE=DATE:{_basic(due)}"
    if due < date.max:
        yield f"DTEND;VALUE=DATE:{_basic(due + timedelta(days=1))}"
    yield f"SUMMARY:{_escaped(summary)}"
    yield f"DESCRIPTION:{_escaped(described)}"
    yield f"CATEGORIES:{_escaped(action.rule)}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _basic(day: date) -> str:
    return day.isoformat().replace("-", "")


def _escaped(text: str) -> str:
    """Return text as a TEXT value: RFC 5545, 3.3.11; control characters are not allowed in one."""
    text = clean(text)
    for raw, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        text = text.replace(raw, escaped)
    return text.replace("\t", " ")


def _folded(line: str) -> str:
    """Return a content line in pieces of at most 75 octets, never inside a character (3.1)."""
    pieces: list[str] = []
    piece, size = "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > _LINE_OCTETS:
            whole = piece + character
            cut = len(piece)
            while cut > 2 and whole[cut] in _NEVER_FIRST:
                cut -= 1
            pieces.append(piece[:cut])
            piece = f" {piece[cut:]}"
            size = len(piece.encode())
        piece += character
        size += octets
    return "\r\n".join([*pieces, piece])
