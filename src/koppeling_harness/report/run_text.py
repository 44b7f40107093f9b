"""A run for a person at a terminal: one screen that adds up."""

import re
from collections.abc import Iterator, Sequence

from koppeling_harness.model.run import Attempt, IntegrationRecord
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.report.clean import clean, one_line
from koppeling_harness.report.result import verdict_line
from koppeling_harness.report.status_text import pick
from koppeling_harness.rules.run_groups import (
    Group,
    IntegrationSummary,
    RunSummary,
    joined_releases,
)
from koppeling_harness.rules.verdict_notes import verdict_notes, word_notes
from koppeling_harness.rules.words import day_in_words

FEW = 5
"""Up to so many integrations with something wrong are told with all that helps to mend it."""
_SHOWN = 20
_GROUPS = 12
_GROUPS_OF_MANY = 2
_PASSED = 8
_PLACES = 10
_LONGEST = 1000
_SHORT = 160
_TAIL = 4
"""Lines of what a process printed last."""
_SAFE = re.compile(r"[\w.\-\[\] ]+")
FIRST = 3
"""So many groups are named at the end, each with the command that repeats it."""

_COUNT = Text(nl="{count} koppelingen op {releases}: ", en="{count} integrations on {releases}: ")
_ONE = Text(nl="1 koppeling op {releases}: ", en="1 integration on {releases}: ")
_COUNTED: tuple[tuple[Outcome | None, Text], ...] = (
    (Outcome.PASSED, Text(nl="{count} geslaagd", en="{count} passed")),
    (Outcome.FAILED, Text(nl="{count} niet geslaagd", en="{count} failed")),
    (Outcome.INCONCLUSIVE, Text(nl="{count} onbeslist", en="{count} inconclusive")),
    (Outcome.NOT_RUN, Text(nl="{count} niet getest", en="{count} not tested")),
    (None, Text(nl="{count} overgeslagen", en="{count} set aside")),
)
_BESIDE = Text(nl=" ({releases} telt nog niet mee)", en=" ({releases} does not count yet)")


def first_line(summary: RunSummary, *, lang: str = "en") -> str:
    """Return how many integrations came to what; the numbers add up to all of them.

    Args:
        summary: Of the command.
        lang: `nl` or `en`.
    """
    releases = one_line(joined_releases(summary.releases))
    start = _ONE if len(summary.integrations) == 1 else _COUNT
    counts = [(text, len(summary.having(outcome))) for outcome, text in _COUNTED]
    said = [pick(text, lang).format(count=count) for text, count in counts if count]
    beside = [each for each in summary.releases if each in summary.advisory]
    return "".join(
        [
            pick(start, lang).format(count=len(summary.integrations), releases=releases),
            ", ".join(said) or "-",
            pick(_BESIDE, lang).format(releases=one_line(joined_releases(beside)))
            if beside
            else "",
        ]
    )


def run_lines(summary: RunSummary, *, repeat: str = "") -> list[str]:
    """Return for a person: the count, what is wrong by cause, and what turns most.

    Nothing of it is longer than a screen, whatever the fleet; the report has all.

    Args:
        summary: Of the command.
        repeat: Options with which the same integrations and scenarios are found again.
    """
    lines = [first_line(summary)]
    told = [each for each in summary.integrations if each.outcome is not None and each.is_told]
    many = len(told) > FEW
    for each in told[:_SHOWN]:
        lines += _integration_lines(each, summary, many=many)
    if len(told) > _SHOWN:
        lines.append(f"and {len(told) - _SHOWN} integrations more, in the report")
    lines += _set_aside_lines(summary)
    passed = [each for each in summary.integrations if each not in told and each.outcome]
    if len(summary.integrations) <= _PASSED:
        for each in passed:
            lines += _integration_lines(each, summary, many=many)
    else:
        lines += [*_word_lines(passed), *_ending_lines(passed)]
    lines += _first_to_mend(summary, repeat)
    return lines


def _word_lines(passed: Sequence[IntegrationSummary]) -> list[str]:
    """Return what a pass owes to a manifest's word, of each that passed: a line each."""
    told = [
        f"{one_line(record.id)} {record.verdict.outcome}: {one_line(note.en)}"
        for each in passed
        for record, _ in each.verdicts[-1:]
        for note in word_notes(record)
    ]
    more = len(told) - _SHOWN
    return [*told[:_SHOWN], *([f"and {more} such notes more, in the report"] if more > 0 else [])]


def _ending_lines(passed: Sequence[IntegrationSummary]) -> Iterator[str]:
    """Yield how many of those that passed use what will stop, and when the first of it does."""
    ends = [
        [one for record, _ in each.verdicts[-1:] for one in record.ends if one.stops is not None]
        for each in passed
    ]
    days = [one.stops for many in ends for one in many if one.stops is not None]
    if days:
        count = sum(bool(many) for many in ends)
        first = day_in_words(min(days)).en
        yield (
            f"{count} of those that passed use what will stop, the first on {first}: "
            "koppeling updates deadlines"
        )


def _integration_lines(
    each: IntegrationSummary, summary: RunSummary, *, many: bool
) -> Iterator[str]:
    shown = each.groups[: _GROUPS_OF_MANY if many else _GROUPS]
    for record, labels in reversed(each.verdicts):
        yield _verdict(record, labels)
        if not many:
            yield from (f"  {one_line(note.en)}" for note in verdict_notes(record))
            yield from (f"  {one_line(problem)}" for problem in record.waiver_problems)
        else:
            yield from (f"  {one_line(note.en)}" for note in word_notes(record))
        yield from _secret_lines(record)
        for group in shown:
            if group.releases[-1] in labels:  # each under the newest release on which it was seen
                is_short = many or not group.required  # what is not required turns no verdict
                yield from _short_group(group, summary) if is_short else _group(group, summary)
    more = len(each.groups) - len(shown)
    if more > 0:
        yield f"  and {more} more {'finding' if more == 1 else 'findings'}, in the report"


def _verdict(record: IntegrationRecord, labels: Sequence[str]) -> str:
    count, waived = record.verdict.required, record.verdict.waived
    said = f", {waived} of {count.total} waived" if waived else ""
    name = one_line(f"{record.id} {record.version} on {joined_releases(labels)}")
    return (
        f"{name}: {record.verdict.outcome}{said} - {verdict_line(record.verdict)} "
        f"({count.executed} executed)"
    )


def _headline(group: Group, summary: RunSummary) -> str:
    outcome = "passed on retry, which is not passed" if group.example.passed_on_retry else ""
    cause = f", {group.cause}" if group.cause else ""
    waived = f", waived by {one_line(group.waiver)}" if group.waiver else ""
    releases = "" if group.releases == summary.releases else f" on {_labels(group)}"
    code = one_line(group.code) or "no finding"
    outcome = outcome or group.outcome.replace("_", " ")
    return f"  {outcome}{cause}{waived}: {code} in {_counted(group)}{releases}"


def _labels(group: Group) -> str:
    return one_line(joined_releases(group.releases))


def _counted(group: Group) -> str:
    other = len(group.scenarios) - group.required
    parts = []
    if group.required:
        parts.append(f"{group.required} required scenario{'s' if group.required > 1 else ''}")
    if other:
        word = "other" if group.required else group.example.level.value
        parts.append(f"{other} {word} scenario{'s' if other > 1 else ''}")
    return " and ".join(parts)


def _group(group: Group, summary: RunSummary) -> Iterator[str]:
    example, finding = group.example, group.finding
    such_as = "such as " if len(group.scenarios) > 1 else ""
    seen = f", {finding.where}" if finding and finding.where.startswith("exchange") else ""
    yield _headline(group, summary)
    yield f"      {such_as}{one_line(f'{group.example_id} ({example.place}){seen}')}"
    if example.attempts:
        yield f"      attempts: {', '.join(_attempt(each) for each in example.attempts)}"
    if finding is not None:
        yield f"      {one_line(finding.message, limit=_LONGEST)}"
        if finding.hint:
            yield f"      hint: {one_line(finding.hint, limit=_LONGEST)}"
    yield from _tail(group, _TAIL)


def _short_group(group: Group, summary: RunSummary) -> Iterator[str]:
    said = f": {one_line(group.finding.message, limit=_SHORT)}" if group.finding else ""
    yield f"{_headline(group, summary)}{said}"
    yield from _tail(group, 1)


def _tail(group: Group, count: int) -> Iterator[str]:
    """Yield what a process that broke down printed last, which mostly says why."""
    if group.is_breakdown:
        printed = [each for each in clean(group.example.log).splitlines() if each.strip()]
        yield from (f"      | {one_line(each, limit=_SHORT)}" for each in printed[-count:])


def _attempt(attempt: Attempt) -> str:
    return f"{attempt.outcome} ({attempt.cause})" if attempt.cause else str(attempt.outcome)


def _secret_lines(record: IntegrationRecord) -> Iterator[str]:
    if not record.secrets_found:
        return
    for found in record.secrets_found[:_PLACES]:
        yield f"  SECRET-FOUND: {one_line(found.kind)} in {one_line(found.place)}"
    more = len(record.secrets_found) - _PLACES
    if more > 0:
        yield f"  and in {more} places more"
    yield (
        "    It was not written, nor is what was recorded of this integration; its results are, "
        "without it."
    )


def _set_aside_lines(summary: RunSummary) -> Iterator[str]:
    aside = summary.having(None)
    by_program: dict[tuple[str, ...], list[IntegrationRecord]] = {}
    for each in aside:
        by_program.setdefault(each.record.missing, []).append(each.record)
    for missing, records in by_program.items():
        shown = records[:_SHOWN]
        if not missing or len(records) == 1:
            for record in shown:
                yield f"{one_line(record.id)}: set aside"
                yield from (f"    {line}" for line in clean(record.problem).splitlines())
                yield from _secret_lines(record)
        else:
            names = ", ".join(one_line(record.id) for record in shown)
            yield f"{len(records)} set aside, without {', '.join(map(one_line, missing))}: {names}"
            problem = clean(shown[0].problem).partition(": ")[2]  # without the folder of the first
            yield from (f"    {line}" for line in problem.splitlines())
        if len(records) > _SHOWN:
            yield f"and {len(records) - _SHOWN} set aside more, in the report"


def _first_to_mend(summary: RunSummary, repeat: str) -> Iterator[str]:
    groups = summary.heaviest[:FIRST]
    if not groups:
        return
    yield "first to mend:"
    for group in groups:
        named = f"{group.code or 'what did not pass'} of {group.integration}"
        turned = f"{group.required} required scenario{'s' if group.required > 1 else ''}"
        command = repeating(group, repeat)
        yield f"  {one_line(named)}, {turned}{':' if command else ''}"
        yield from ([f"    {command}"] if command else [])


def repeating(group: Group, repeat: str = "") -> str:
    """Return the command that carries out the example of a group again.

    Empty where a name in it is not one that manifests and scenarios take: it is pasted in a shell.

    Args:
        group: Any.
        repeat: Options with which its integration and scenarios are found.
    """
    names = (group.integration, group.example_id, group.releases[-1])
    if not all(map(_SAFE.fullmatch, names)):
        return ""
    words = [f"koppeling run {group.integration}", *([repeat] if repeat else [])]
    if "--env" not in repeat:  # a real environment has its own
        words.append(f'--release "{group.releases[-1]}"')
    words.append(f'-k "{group.example_id}"')
    return one_line(" ".join(words), limit=_LONGEST)
