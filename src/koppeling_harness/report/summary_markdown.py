"""A summary in Markdown, for a merge request or a chat."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from koppeling_harness.model.dossier import Dossier
from koppeling_harness.model.shape import Text
from koppeling_harness.report.due import all_due
from koppeling_harness.report.markdown import plain, row
from koppeling_harness.report.status_text import pick
from koppeling_harness.rules.status import ORDER
from koppeling_harness.rules.words import (
    BASIS,
    COLOUR,
    EVIDENCE,
    OUTCOME,
    STATUS,
    WHO,
    day_in_words,
    status_word,
)

_TITLE = Text(nl="Registratiestatus", en="Registration status")
_HEAD = (
    Text(nl="Koppeling", en="Integration"),
    Text(nl="Status", en="Status"),
    Text(nl="Kleur", en="Colour"),
    Text(nl="Geldig t/m", en="Valid until"),
    Text(nl="Testruns", en="Runs"),
)
_DUE = Text(nl="Nu, verstreken, of binnen {days} dagen", en="Now, past, or within {days} days")
_NOW = Text(nl="nu", en="now")
_LATER = Text(nl="en later nog {count}, zie worklist.csv", en="and {count} later, see worklist.csv")
_NOTHING = Text(nl="Geen termijnen.", en="Nothing is due.")
_AS_OF = Text(nl="Peildatum {day}, termijnen {policy}.", en="As of {day}, terms {policy}.")
_LIMIT = Text(
    nl="Automatische controles vervangen de Quickscan niet en veranderen nooit een kleur.",
    en="Automatic checks do not replace the Quickscan and never change a colour.",
)


def render_summary_markdown(dossiers: Sequence[Dossier], *, lang: str, warning_days: int) -> str:
    """Return counts, a table with the heaviest status first, and what is due soon.

    Names and titles come from partners and are escaped: they make no links, mentions or markup.

    Args:
        dossiers: What to show.
        lang: `nl` or `en`.
        warning_days: How long ahead something is due soon.
    """
    lines = [f"## {pick(_TITLE, lang)}", ""]
    if dossiers:
        first = dossiers[0].status
        lines += [
            pick(_AS_OF, lang).format(day=_day(first.as_of, lang), policy=plain(first.policy)),
            "",
        ]
    counts = Counter(each.status.status for each in dossiers)
    heaviest_first = sorted(ORDER, key=ORDER.index, reverse=True)
    said = [f"{counts[s]} {pick(STATUS[s], lang)}" for s in heaviest_first if counts[s]]
    lines += [", ".join(said), ""] if said else []
    lines += [row([pick(each, lang) for each in _HEAD]), row(["---"] * len(_HEAD))]
    lines += [row(_cells(each, lang)) for each in sorted(dossiers, key=_heaviest_first)]
    due = list(_due(dossiers, lang, warning_days))
    lines += [
        "",
        f"### {pick(_DUE, lang).format(days=warning_days)}",
        "",
        *(due or [pick(_NOTHING, lang)]),
    ]
    return "\n".join([*lines, "", pick(_LIMIT, lang), ""])


def _day(day: date, lang: str) -> str:
    return pick(day_in_words(day), lang)


def _heaviest_first(dossier: Dossier) -> tuple[int, str]:
    return -ORDER.index(dossier.status.status), dossier.status.registration


def _cells(dossier: Dossier, lang: str) -> list[str]:
    status, registration = dossier.status, dossier.registration
    colour = status.security.colour
    title = f" {plain(pick(registration.title, lang))}" if registration else ""
    runs = "<br>".join(
        f"{plain(each.release)}: {pick(OUTCOME[each.outcome], lang)}"
        + (f" ({pick(EVIDENCE[each.evidence], lang)})" if each.evidence else "")
        for each in status.functional
    )
    return [
        f"**{plain(status.registration)}**{title}",
        f"{pick(status_word(status), lang)} ({pick(BASIS[status.basis], lang)})",
        pick(COLOUR[colour], lang) if colour else "-",
        _day(status.security.valid_until, lang) if status.security.valid_until else "-",
        runs or "-",
    ]


def _due(dossiers: Sequence[Dossier], lang: str, warning_days: int) -> Iterator[str]:
    """Yield a line per duty of now and of the coming days, and how many come later."""
    if not dossiers:
        return
    as_of = dossiers[0].status.as_of
    due = all_due(dossiers, as_of=as_of)
    soon = [each for each in due if (each.due - as_of).days <= warning_days]
    for each in soon:
        day = pick(_NOW, lang) if each.is_now else _day(each.due, lang)
        name, what = each.dossier.status.registration, plain(pick(each.action.what, lang))
        who = pick(WHO[each.action.who], lang)
        yield f"- {day}, {plain(name)}, {who}: {what} ({each.action.rule})"
    if len(due) > len(soon):
        if not soon:
            yield pick(_NOTHING, lang)
            yield ""
        yield f"- {pick(_LATER, lang).format(count=len(due) - len(soon))}"
