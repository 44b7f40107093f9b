"""Everything that ends or counts from a day, from one data file, and what a day makes of it.

The days and their sources stand in `deadlines.json`, and nowhere else.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from koppeling_harness.model.deadline import Deadline, Ending, Mark, Stage
from koppeling_harness.model.manifest import Manifest
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Severity
from koppeling_harness.rules.words import said

_HEAVIER = (Severity.INFORMATION, Severity.WARNING, Severity.ERROR)
_DAY = timedelta(days=1)


@cache
def shipped_deadlines() -> tuple[Deadline, ...]:
    """Return the deadlines of the data file, in its order."""
    source = files("koppeling_harness.rules").joinpath("deadlines.json").read_text("utf-8")
    return tuple(_deadline(each) for each in json.loads(source))


def deadline_named(name: str) -> Deadline:
    """Return a deadline of the data file; a name that it lacks is our own mistake."""
    return next(each for each in shipped_deadlines() if each.id == name)


def days_of(name: str) -> tuple[date, ...]:
    """Return the days of a deadline of the data file, the first one first."""
    return tuple(each.day for each in deadline_named(name).stages if each.day is not None)


def level_on(deadline: Deadline, day: date) -> Severity:
    """Return how heavy it is on a day to use what ends.

    Information until `announce_days` before its first day, a warning from then on, and an error
    once its last day has come, though never more than its heaviest. What has no day is so already.
    """
    first, last = deadline.stages[0].day, deadline.stages[-1].day
    if last is None or day >= last:
        found = Severity.ERROR
    elif first is None or day >= first - timedelta(days=deadline.announce_days):
        found = Severity.WARNING
    else:
        found = Severity.INFORMATION
    return min(found, deadline.heaviest, key=_HEAVIER.index)


def coming(deadline: Deadline, day: date) -> tuple[Stage, ...]:
    """Return what is still to come on a day, the first of it first."""
    return tuple(one for one in deadline.stages if one.day is not None and one.day > day)


def fix_by(stage: Stage | None) -> date | None:
    """Return the last day on which it is as before."""
    return stage.day - _DAY if stage is not None and stage.day is not None else None


def ending(deadline: Deadline, day: date, *, of: str = "") -> Ending:
    """Return what is recorded of a use of something that ends, on the day of a run.

    Args:
        deadline: What ends.
        day: Of the run.
        of: What is used of it; empty when the deadline says it all.
    """
    following = next(iter(coming(deadline, day)), None)
    return Ending(
        code=deadline.id,
        of=of,
        level=level_on(deadline, day),
        fix_by=fix_by(following),
        stops=following.day if following else None,
        text=told(deadline, day, of=of),
        advice=deadline.remedy,
        source=deadline.source,
    )


def told(deadline: Deadline, day: date, *, of: str = "") -> Text:
    """Return in words what is used and what becomes of it, seen from a day."""
    what = deadline.title
    if of and of.lower() not in what.en.lower():
        what = Text(nl=f"{what.nl} ({of})", en=f"{what.en} ({of})")
    stages = [stage_in_words(deadline, stage, day) for stage in deadline.stages]
    return Text(
        nl=f"Gebruikt {what.nl}: {'; '.join(each.nl for each in stages)}.",
        en=f"Uses {what.en}: {'; '.join(each.en for each in stages)}.",
    )


def stage_in_words(deadline: Deadline, stage: Stage, day: date) -> Text:
    """Return in words what happens on which day, seen from a day."""
    if deadline.mark.requirement:
        return said("vanaf {day}: {then}", "from {day}: {then}", day=stage.day, then=stage.then)
    if stage.is_open:
        return said(
            "stopt op een dag die nog niet bekend is ({then})",
            "will stop on a day that is not known yet ({then})",
            then=stage.then,
        )
    if stage.day is None:
        return said("werkt niet meer ({then})", "works no more ({then})", then=stage.then)
    if stage.day > day:
        return said(
            "stopt op {day} ({then})", "will stop on {day} ({then})", day=stage.day, then=stage.then
        )
    return said(
        "stopte op {day} ({then})", "stopped on {day} ({then})", day=stage.day, then=stage.then
    )


def endings(
    manifest: Manifest,
    results: Sequence[ScenarioResult],
    *,
    day: date,
    texts: Mapping[str, str],
    book: Iterable[Deadline] | None = None,
) -> tuple[Ending, ...]:
    """Return what an integration uses or declares that ends, the heaviest and soonest first.

    Args:
        manifest: What it says of itself.
        results: What was seen of it.
        day: Of the run.
        texts: By a text that a deadline asks for, in lower case, the file that holds it.
        book: What ends; the data file when None.
    """
    found = [
        ending(each, day, of=of)
        for each in (shipped_deadlines() if book is None else book)
        for of in _uses(each.mark, manifest, results, texts)
    ]
    return tuple(sorted(found, key=_soonest))


def ended_schemes(schemes: Iterable[str], day: date) -> tuple[Deadline, ...]:
    """Return by which of these schemes nobody signs in any more on a day."""
    return tuple(
        each
        for each in shipped_deadlines()
        if each.mark.scheme in schemes and level_on(each, day) is Severity.ERROR
    )


def searched_texts(book: Iterable[Deadline] | None = None) -> tuple[str, ...]:
    """Return the texts that deadlines are seen by in the files of an integration, lower case."""
    every = shipped_deadlines() if book is None else book
    return tuple(each.mark.text for each in every if each.mark.text)


def _soonest(each: Ending) -> tuple[int, date, str]:
    return -_HEAVIER.index(each.level), each.stops or date.min, each.code


def _uses(
    mark: Mark,
    manifest: Manifest,
    results: Sequence[ScenarioResult],
    texts: Mapping[str, str],
) -> Iterator[str]:
    if mark.scheme and any(mark.scheme in each.signed_in for each in results):
        yield ""
    if mark.connector:
        yield from _declared(mark, manifest)
    if mark.finding and any(one.code == mark.finding for each in results for one in each.findings):
        yield ""
    if mark.text and mark.text in texts:
        yield texts[mark.text]


def _declared(mark: Mark, manifest: Manifest) -> Iterator[str]:
    connector = mark.connector.lower()
    if not mark.field:
        if connector in {each.lower() for each in manifest.connectors}:
            yield mark.connector
        return
    of_gets = [(each.id, each.fields) for each in manifest.get_connectors]
    of_updates = [(each.id, each.fields) for each in manifest.update_connectors]
    fields = [
        name for use, names in (*of_gets, *of_updates) if use.lower() == connector for name in names
    ]
    wanted = mark.field.lower().split(".")
    for name in fields:
        parts = name.lower().split(".")
        if any(parts[at : at + len(wanted)] == wanted for at in range(len(parts))):
            yield f"{mark.connector}.{name}"


def _deadline(plain: Mapping[str, Any]) -> Deadline:
    return Deadline(
        id=plain["id"],
        title=Text(**plain["title"]),
        remedy=Text(**plain["remedy"]),
        source=plain["source"],
        read=date.fromisoformat(plain["read"]),
        mark=Mark(**plain["mark"]),
        stages=tuple(
            Stage(
                day=None if each["day"] is None else date.fromisoformat(each["day"]),
                then=Text(**each["then"]),
            )
            for each in plain["stages"]
        ),
        announce_days=plain.get("announce_days", 90),
        heaviest=Severity(plain.get("heaviest", Severity.ERROR)),
    )
