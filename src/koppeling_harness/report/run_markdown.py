"""The runs of a command in Markdown, for a merge request or a chat: a comment that adds up."""

from collections.abc import Iterable, Iterator, Sequence

from koppeling_harness.model.run import IntegrationRecord, RunRecord, Shard
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Level, Outcome
from koppeling_harness.report.clean import clean, one_line
from koppeling_harness.report.markdown import plain, row
from koppeling_harness.report.run_text import FIRST, first_line, repeating
from koppeling_harness.report.status_text import pick
from koppeling_harness.rules.run_groups import (
    Group,
    IntegrationSummary,
    RunSummary,
    joined_releases,
    summarised,
)
from koppeling_harness.rules.verdict_notes import verdict_notes
from koppeling_harness.rules.words import OUTCOME

LONGEST = 60_000
"""Characters: GitHub takes 65 536 in a comment, and a pipeline may put something before it."""
GROUPS_AT_MOST = 20
"""Findings that are told per integration."""
_MORE_ROOM = 100
_ROWS = 100
_NAMES = 200
_MESSAGE = 500
_TAIL = 4

_TITLE = Text(nl="Certificatie op {release}", en="Certification on {release}")
_SHARD = Text(
    nl="Deel {index} van {total}: alleen de samengevoegde run is een oordeel.",
    en="Part {index} of {total}: only the merged run is a verdict.",
)
_HEAD = (
    Text(nl="Koppeling", en="Integration"),
    Text(nl="Versie van Profit", en="Release"),
    Text(nl="Oordeel", en="Verdict"),
    Text(nl="Verplicht geslaagd", en="Required passed"),
    Text(nl="Uitgevoerd", en="Executed"),
)
_SET_ASIDE = Text(nl="niet gedraaid (overgeslagen)", en="set aside")
_RETRIED = Text(nl="pas bij herhaling geslaagd", en="passed on retry")
_WAIVED = Text(nl="ontheffing", en="waived by")
_OF_THEM_WAIVED = Text(nl="met ontheffing", en="waived")
_REQUIRED = (
    Text(nl="1 verplicht scenario", en="1 required scenario"),
    Text(nl="{count} verplichte scenario's", en="{count} required scenarios"),
)
_OTHER = (
    Text(nl="1 ander", en="1 other"),
    Text(nl="{count} andere", en="{count} others"),
)
_NOT_REQUIRED = {
    Level.RECOMMENDED: Text(nl="aanbevolen", en="recommended"),
    Level.INFORMATIVE: Text(nl="informatief", en="informative"),
}
_SUCH_AS = Text(nl="zoals {name}", en="such as {name}")
_MORE = Text(nl="en nog {count}", en="and {count} more")
_MORE_ALIKE = Text(nl="en nog {count} koppelingen", en="and {count} more integrations")
_PASSED = Text(nl="Geslaagd: ", en="Passed: ")
_FIRST = Text(nl="Eerst te herstellen", en="First to mend")
_LIMIT = Text(
    nl="Automatische controles vervangen de Quickscan niet en veranderen nooit een kleur.",
    en="Automatic checks do not replace the Quickscan and never change a colour.",
)


def render_run_markdown(
    records: Sequence[RunRecord],
    *,
    lang: str = "en",
    advisory: Iterable[str] = (),
    repeat: str = "",
) -> str:
    """Return the count, the verdicts as a table, and per integration what was found, by cause.

    Names come from partners and are escaped: they make no links, mentions or markup. It is never
    longer than `LONGEST`, whatever the fleet.

    Args:
        records: One per release, the current one last.
        lang: `nl` or `en`.
        advisory: Labels of releases that do not count yet.
        repeat: Options with which the same integrations and scenarios are found again.
    """
    summary = summarised(records, advisory=advisory)
    end = [*_first_to_mend(summary, lang, repeat), "", _foot(records, lang), ""]
    lines = [*_head(summary, records[-1].shard, lang), *_table(summary, lang)]
    room = LONGEST - _MORE_ROOM - sum(len(each) + 1 for each in [*lines, *end])
    told = [each for each in summary.integrations if any(_wrong(each, lang))]
    for at, each in enumerate(told):
        block = list(_wrong(each, lang))
        room -= sum(len(line) + 1 for line in block)
        if room < 0:
            lines += ["", pick(_MORE_ALIKE, lang).format(count=len(told) - at)]
            break
        lines += block
    return "\n".join([*lines, *end])


def _head(summary: RunSummary, shard: Shard | None, lang: str) -> Iterator[str]:
    releases = joined_releases(summary.releases)
    yield from (f"## {pick(_TITLE, lang).format(release=plain(releases))}", "")
    if shard:
        yield from (pick(_SHARD, lang).format(index=shard.index, total=shard.total), "")
    yield from (f"**{plain(first_line(summary, lang=lang))}**", "")


def _table(summary: RunSummary, lang: str) -> Iterator[str]:
    """Yield a row for each verdict; of many integrations those that passed are a list of names."""
    few = len(summary.integrations) <= _ROWS // 5
    passed = [] if few else [each for each in summary.having(Outcome.PASSED) if not each.groups]
    shown = [each for each in summary.integrations if each not in passed]
    rows = [row(_cells(record, labels, lang)) for each in shown for record, labels in each.verdicts]
    if rows:
        yield from (row([pick(each, lang) for each in _HEAD]), row(["---"] * len(_HEAD)))
    yield from rows[:_ROWS]
    if len(rows) > _ROWS:
        yield from ("", pick(_MORE, lang).format(count=len(rows) - _ROWS))
    if passed:
        names = ", ".join(plain(each.record.id) for each in passed[:_NAMES])
        more = len(passed) - _NAMES
        said = f" {pick(_MORE, lang).format(count=more)}" if more > 0 else ""
        yield from ("", f"{pick(_PASSED, lang)}{names}{said}")


def _cells(each: IntegrationRecord, labels: Sequence[str], lang: str) -> list[str]:
    count = each.verdict.required
    name = f"**{plain(one_line(each.id))}** {plain(each.version)}".rstrip()
    release = plain(joined_releases(labels))
    if each.problem:
        return [name, release, pick(_SET_ASIDE, lang), "-", "-"]
    waived = (
        f" ({each.verdict.waived} {pick(_OF_THEM_WAIVED, lang)})" if each.verdict.waived else ""
    )
    return [
        name,
        release,
        pick(OUTCOME[each.verdict.outcome], lang),
        f"{count.passed} / {count.total}{waived}",
        f"{count.executed} / {count.total}",
    ]


def _wrong(each: IntegrationSummary, lang: str) -> Iterator[str]:
    record = each.record
    if each.outcome is None:
        yield from ("", f"### {plain(one_line(record.id))}", "")
        yield f"- {plain(one_line(record.problem, limit=_MESSAGE))}"
        return
    notes = dict.fromkeys(
        f"- {plain(pick(note, lang))}"
        for one in each.records.values()
        for note in verdict_notes(one)
    )
    if not each.groups and not notes:
        return
    yield from ("", f"### {plain(one_line(record.id))}", "", *notes)
    for group in each.groups[:GROUPS_AT_MOST]:
        yield from _group(group, tuple(each.records), lang)
    if len(each.groups) > GROUPS_AT_MOST:
        yield f"- {pick(_MORE, lang).format(count=len(each.groups) - GROUPS_AT_MOST)}"


def _group(group: Group, releases: Sequence[str], lang: str) -> Iterator[str]:
    example, finding = group.example, group.finding
    said = pick(_RETRIED if example.passed_on_retry else OUTCOME[group.outcome], lang)
    if group.waiver:
        said += f", {pick(_WAIVED, lang)} {plain(group.waiver)}"
    where = (
        "" if group.releases == tuple(releases) else f", {plain(joined_releases(group.releases))}"
    )
    name = plain(one_line(group.example_id))
    shown = pick(_SUCH_AS, lang).format(name=name) if len(group.scenarios) > 1 else name
    code = f"**{plain(one_line(group.code))}**: " if group.code else ""
    text = ""
    if finding is not None:
        message = pick(finding.text, lang) if finding.text else finding.message
        text = f": {plain(one_line(message, limit=_MESSAGE))}"
    yield f"- {code}{said}, {_counted(group, lang)}{where} ({shown}){text}"
    if group.is_breakdown:
        printed = [each for each in clean(example.log).splitlines() if each.strip()][-_TAIL:]
        yield from (f"  - {plain(one_line(each))}" for each in printed)


def _counted(group: Group, lang: str) -> str:
    other = len(group.scenarios) - group.required
    if not group.required:
        level = pick(_NOT_REQUIRED[group.example.level], lang)
        return f"{other} ({level})"
    parts = [pick(_REQUIRED[group.required > 1], lang).format(count=group.required)]
    if other:
        parts.append(pick(_OTHER[other > 1], lang).format(count=other))
    return " + ".join(parts)


def _first_to_mend(summary: RunSummary, lang: str, repeat: str) -> Iterator[str]:
    groups = summary.heaviest[:FIRST]
    if not groups:
        return
    yield from ("", f"### {pick(_FIRST, lang)}", "")
    for group in groups:
        name = f"**{plain(one_line(group.code))}** {plain(one_line(group.integration))}"
        command = repeating(group, repeat).replace("`", "'")
        yield f"- {name}: {_counted(group, lang)}" + (f": `{command}`" if command else "")


def _foot(records: Sequence[RunRecord], lang: str) -> str:
    ids = ", ".join(f"`{each.run_id}`" for each in reversed(records))
    return f"{ids}. {pick(_LIMIT, lang)}"
