"""Changes by an AFAS update, and whom they touch, for a person at a terminal."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from koppeling_harness.model.change import (
    Breaking,
    Change,
    ChangeKind,
    ChangeList,
    Compared,
    Side,
)
from koppeling_harness.model.impact import Impact, ImpactClass, Touch, Touched, TouchedBy
from koppeling_harness.model.shape import Text
from koppeling_harness.report.clean import one_line
from koppeling_harness.report.status_text import pick
from koppeling_harness.rules.changes import BREAKING, HEAVIEST_FIRST, IMPACT, KIND

AnyChange = TypeVar("AnyChange", Change, Touch, TouchedBy)

SIDE = {
    Side.READS: Text(nl="wie leest", en="who reads"),
    Side.WRITES: Text(nl="wie schrijft", en="who writes"),
}
_ROWS = Text(
    nl="{rows} rijen: {understood} begrepen als {changes} wijzigingen, {unknown} niet begrepen.",
    en="{rows} rows: {understood} understood as {changes} changes, {unknown} not understood.",
)
_SAME = Text(nl="Geen verschillen.", en="No differences.")
_NOT_UNDERSTOOD = Text(nl="niet begrepen", en="not understood")
_NOT_COMPARED = Text(nl="niet vergeleken", en="not compared")
_UNTOUCHED = Text(nl="geen enkele wijziging raakt haar", en="no change touches it")
UNRECORDED = Text(nl="geen opgenomen run", en="no recorded run")
_DECLARED = Text(nl="opgegeven", en="declared")
_OBSERVED = Text(nl="gezien", en="observed")
_ANYBODY = Text(
    nl="welke connector het is, is niet te zeggen: het kan iedereen raken",
    en="which connector it is cannot be told: it may touch anybody",
)
_WHOM = (
    Text(nl="1 koppeling", en="1 integration"),
    Text(nl="{count} koppelingen", en="{count} integrations"),
)
_NOBODY = Text(
    nl="Geen wijziging waardoor iets kan breken, raakt een koppeling.",
    en="No change that may break something touches an integration.",
)
_UNKNOWN = Text(
    nl="Wat de rijen veranderen die niet begrepen zijn, is niet bekend.",
    en="What the rows change that were not understood is not known.",
)
_AND = Text(nl="opgegeven en gezien", en="declared and observed")


def render_changes_text(found: ChangeList, *, lang: str) -> str:
    """Return counts, then every change, the heaviest of each connector first.

    Args:
        found: What to show.
        lang: `nl` or `en`.
    """
    lines = [*_head(found, lang), ""]
    connector = None
    for each, told in together(found.changes):
        if (each.connector, each.side) != connector:
            connector = (each.connector, each.side)
            name = one_line(each.connector) or "-"
            lines += [f"connector {name} ({pick(SIDE[each.side], lang)})"]  # no line is all theirs
        lines += [f"  {_change(each, told, lang)}"]
    for note in found.not_compared:
        lines += [f"{pick(_NOT_COMPARED, lang)}: {pick(note, lang)}"]
    for row in found.not_understood:
        lines += [f"{pick(_NOT_UNDERSTOOD, lang)}: {row.place}: {one_line(row.row)}"]
    return "\n".join(lines).rstrip()


def render_impacts_text(impacts: Sequence[Impact], *, lang: str) -> str:
    """Return a block per integration, and how many have to do what.

    Args:
        impacts: What to show.
        lang: `nl` or `en`.
    """
    lines: list[str] = []
    for each in impacts:
        recorded = "" if each.recorded else f" ({pick(UNRECORDED, lang)})"
        lines += [f"{one_line(each.integration)}: {pick(IMPACT[each.class_], lang)}{recorded}"]
        lines += [f"  {_touch(touch, told, lang)}" for touch, told in together(each.changes)] or [
            f"  {pick(_UNTOUCHED, lang)}"
        ]
    counts = Counter(each.class_ for each in impacts)
    heaviest_first = sorted(ImpactClass, key=list(ImpactClass).index, reverse=True)
    said = [f"{counts[kind]} {pick(IMPACT[kind], lang)}" for kind in heaviest_first]
    return "\n".join([*lines, "", ", ".join(said)])


def render_touched_text(found: Sequence[TouchedBy], *, lang: str) -> str:
    """Return a block per change, with everybody that it touches, and who makes that.

    What is compatible asks nothing of anybody, and is counted only.

    Args:
        found: What to show.
        lang: `nl` or `en`.
    """
    lines: list[str] = []
    heavy = [each for each in found if each.breaking is not Breaking.COMPATIBLE]
    for each, told in together(heavy):
        count = pick(_WHOM[len(each.integrations) > 1], lang).format(count=len(each.integrations))
        lines += [f"{_what(each, told, lang)}: {count}"]
        lines += [f"  {_who(one)}" for one in each.integrations]
    if not heavy:
        lines += [pick(_NOBODY, lang)]
    if len(heavy) < len(found):
        lines += [f"{len(found) - len(heavy)} {pick(BREAKING[Breaking.COMPATIBLE], lang)}"]
    return "\n".join(lines)


def _who(each: Touched) -> str:
    makes = ", ".join(part for part in (each.partner, each.contact) if part)
    return one_line(f"{each.integration} ({makes})" if makes else each.integration)


def counted(changes: Sequence[Change], *, lang: str) -> str:
    """Return `2 breaking, 1 possibly breaking, 40 compatible`."""
    counts = Counter(each.breaking for each in changes)
    return ", ".join(f"{counts[kind]} {pick(BREAKING[kind], lang)}" for kind in HEAVIEST_FIRST)


def values(before: str, after: str) -> str:
    """Return what was and what is: `3 -> 5`, `- KS`, `+ XK`."""
    if before and after:
        return f"{before} -> {after}"
    return f"- {before}" if before else f"+ {after}" if after else ""


def together(changes: Iterable[AnyChange]) -> list[tuple[AnyChange, str]]:
    """Return changes with what was and is; several codes of one field as one.

    Args:
        changes: Changes, or those that touch an integration.
    """
    groups: dict[AnyChange, list[AnyChange]] = {}
    for each in changes:
        alike = replace(each, before="", after="")
        if isinstance(alike, Change):
            alike = replace(alike, places=())
        groups.setdefault(alike, []).append(each)
    return [(group[0], _values_of(group)) for group in groups.values()]


def _values_of(group: Sequence[AnyChange]) -> str:
    before, after = _listed(group, "before"), _listed(group, "after")
    if group[0].kind is ChangeKind.NOT_UNDERSTOOD:  # a sentence, no value
        return f'"{after}"'
    return values(before, after)


def _listed(group: Iterable[AnyChange], member: str) -> str:
    return ", ".join(value for each in group if (value := str(getattr(each, member))))


def named(compared: Compared) -> str:
    """Return one of the two that were compared, with its release."""
    release = " ".join(each for each in (compared.label, compared.version) if each)
    return f"{compared.name} ({release})" if release else compared.name


def _head(found: ChangeList, lang: str) -> Iterator[str]:
    if found.from_ and found.to:
        yield f"{one_line(named(found.from_))} -> {one_line(named(found.to))}"
    else:
        yield pick(_ROWS, lang).format(
            rows=found.rows,
            understood=found.rows - len(found.not_understood),
            changes=len(found.changes),
            unknown=len(found.not_understood),
        )
    if found.changes or not found.not_understood:
        yield counted(found.changes, lang=lang) if found.changes else pick(_SAME, lang)
    if found.not_understood:
        yield pick(_UNKNOWN, lang)


def _change(each: Change, told: str, lang: str) -> str:
    parts = [
        f"{pick(BREAKING[each.breaking], lang)}:",
        one_line(each.path),
        pick(KIND[each.kind], lang),
        one_line(told, limit=2000),
        f"[{', '.join(each.operations)}]" if each.operations else "",
        one_line(each.note),
    ]
    return " ".join(part for part in parts if part)


def _touch(each: Touch, told: str, lang: str) -> str:
    seen = _AND if each.declared and each.observed else _DECLARED if each.declared else _OBSERVED
    if not each.declared and not each.observed:
        seen = _ANYBODY
    return f"{_what(each, told, lang)} ({pick(seen, lang)})"


def _what(each: Touch | TouchedBy, told: str, lang: str) -> str:
    parts = [
        f"{pick(BREAKING[each.breaking], lang)}:",
        ".".join(part for part in (one_line(each.connector), one_line(each.path)) if part),
        pick(KIND[each.kind], lang),
        one_line(told, limit=2000),
    ]
    return " ".join(part for part in parts if part)
