"""A small SVG badge with a registration's status."""

from html import escape

from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import RegistrationStatus, Status
from koppeling_harness.report.status_text import pick
from koppeling_harness.rules.deadline_facts import STOPPING
from koppeling_harness.rules.words import BASIS, day_in_words, is_overdue, status_word

# White on each of these is at least 4.5 to 1 (WCAG 2.2, 1.4.3).
_FILL = {
    Status.IN_ORDER: "#1b6e33",
    Status.ATTENTION: "#8a5a00",
    Status.ACTION_REQUIRED: "#b3400e",
    Status.NOT_CERTIFIED: "#b3261e",
    Status.REVIEW_NEEDED: "#6a3fa0",
    Status.APPLYING: "#1d5fa8",
    Status.NOTICE_RUNNING: "#8c1d40",
    Status.TERMINATED: "#4a4a4a",
    Status.INPUT_ERROR: "#7a1f5c",
}
_FIX_BY = Text(nl="herstel t/m", en="fix by")
_NAME_FILL = "#333333"
_CHARACTER_PX = 6.7
_PADDING_PX = 8
_HEIGHT_PX = 20


def render_badge_svg(status: RegistrationStatus, *, lang: str) -> str:
    """Return a badge: the registration's id, its status in words, and the day.

    Args:
        status: The status.
        lang: `nl` or `en`.
    """
    name = status.registration if len(status.registration) <= 40 else f"{status.registration[:39]}…"
    word, stops = pick(status_word(status), lang), _stops(status, lang)
    if stops and any(each.code in STOPPING for each in status.flags):
        word = f"{word}, {stops}"
    day = pick(day_in_words(status.as_of), lang)
    shown = Status.ACTION_REQUIRED if is_overdue(status) else status.status
    basis = pick(BASIS[status.basis], lang)
    more = f", {stops}" if stops and stops not in word else ""
    title = f"{status.registration}: {word} ({day}, {status.policy}, {basis}{more})"
    return draw_badge(name, f"{word} · {day}", fill=_FILL[shown], title=title, lang=lang)


def draw_badge(name: str, word: str, *, fill: str, title: str, lang: str) -> str:
    """Return a badge: a name, and a word on a colour.

    Args:
        name: On the left.
        word: On the right.
        fill: Behind the word; white on it is at least 4.5 to 1.
        title: What is read out.
        lang: `nl` or `en`.
    """
    left, right = _width(name), _width(word)
    whole, title = left + right, escape(title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole}" height="{_HEIGHT_PX}" '
        f'viewBox="0 0 {whole} {_HEIGHT_PX}" role="img" aria-label="{title}" '
        f'xml:lang="{lang}">'
        f"<title>{title}</title>"
        f'<rect width="{left}" height="{_HEIGHT_PX}" fill="{_NAME_FILL}"/>'
        f'<rect x="{left}" width="{right}" height="{_HEIGHT_PX}" fill="{fill}"/>'
        '<g fill="#ffffff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">'
        f"{_text(name, start=0, width=left)}{_text(word, start=left, width=right)}"
        "</g></svg>\n"
    )


def _stops(status: RegistrationStatus, lang: str) -> str:
    """Return by when something that it uses must be mended; empty when nothing of it ends."""
    days = [each.due for each in status.actions if each.rule == "D1" and each.due is not None]
    if not days:
        return ""
    return f"{pick(_FIX_BY, lang)} {pick(day_in_words(min(days)), lang)}"


def _text(text: str, *, start: int, width: int) -> str:
    return (
        f'<text x="{start + width / 2:g}" y="14" text-anchor="middle" '
        f'textLength="{width - 2 * _PADDING_PX}" lengthAdjust="spacingAndGlyphs">'
        f"{escape(text)}</text>"
    )


def _width(text: str) -> int:
    return round(len(text) * _CHARACTER_PX) + 2 * _PADDING_PX
