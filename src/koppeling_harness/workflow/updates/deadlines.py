"""`koppeling updates deadlines`: per date, which integrations use what ends on it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from koppeling_harness.clock import Clock, today
from koppeling_harness.config.settings import load_settings
from koppeling_harness.document import to_plain
from koppeling_harness.errors import Problem
from koppeling_harness.model.calendar import DatedEnd, DeadlineCalendar, NotRead, UserOfDated
from koppeling_harness.model.deadline import Deadline, Ending, Stage
from koppeling_harness.model.functional import FunctionalResult
from koppeling_harness.model.verdict import Severity
from koppeling_harness.plugin.discover import SetAside, discover
from koppeling_harness.plugin.folder_text import texts_in
from koppeling_harness.report.deadlines_text import Told, deadline_lines
from koppeling_harness.rules.deadline_facts import newest_whole
from koppeling_harness.rules.deadlines import (
    endings,
    fix_by,
    level_on,
    searched_texts,
    stage_in_words,
)
from koppeling_harness.scenario.known_lists import list_book
from koppeling_harness.store.runs import find_runs
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.deadline_book import (
    deadline_book,
    rows_not_understood,
    table_deadlines,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One integration that uses what ends.

    Attributes:
        integration: Its id.
        of: What it uses of it; empty when the deadline says it all.
        seen: Where that was seen: a run, or its manifest and files.
    """

    integration: str
    of: str
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """One day of one deadline, and who is touched.

    Attributes:
        deadline: What ends.
        stage: The day, and what happens then.
        level: How heavy it is today.
        users: Who uses it, by their ids.
    """

    deadline: Deadline
    stage: Stage
    level: Severity
    users: tuple[User, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The answer.

    Attributes:
        as_of: The day it is.
        dates: By day, what is so already first and what has no day last.
        unseen: Integrations without a whole run: how they sign in was never seen.
        set_aside: Integrations whose manifest cannot be read.
        damaged: Run records that were left out.
        not_understood: Of each change table, how many rows may take away what is not told here.
    """

    as_of: date
    dates: tuple[Dated, ...]
    unseen: tuple[str, ...]
    set_aside: tuple[SetAside, ...]
    damaged: tuple[Problem, ...]
    not_understood: tuple[str, ...] = ()


def calendar(
    folders: Sequence[Path],
    *,
    runs: Path,
    clock: Clock,
    table: tuple[Path, str] | None = None,
    folder: Path = Path(),
) -> Calendar:
    """Return per date which integrations use what ends on it.

    Args:
        folders: Where integrations are.
        runs: A folder with run records below it.
        clock: Tells the day.
        table: A change table and the label of its release, beside those of the settings.
        folder: The project, whose settings hold.

    Raises:
        DocumentError: The settings, or a change table, cannot be read.
    """
    day = today(clock)
    settings = load_settings(folder)
    book = list(deadline_book(settings, day=day))
    if table is not None:
        book += table_deadlines(*table, settings, day=day)
    found = discover([each for each in folders if each.exists()])
    records = find_runs(runs, now=clock.now(), book=list_book(settings.lists))
    newest = _newest([each.result for each in records.runs], as_of=day)
    uses: list[tuple[Ending, User]] = []
    for many in newest.values():
        for run in many:
            uses += [(each, _user(run, each.of)) for each in run.ends]
            uses += _later(run, book)
    for each in found.integrations:
        texts = texts_in(each.folder, searched_texts(book))
        for use in endings(each.manifest, (), day=day, texts=texts, book=book):
            user = User(integration=each.manifest.id, of=use.of, seen="its manifest and files")
            uses.append((use, user))
    return Calendar(
        as_of=day,
        dates=tuple(_dated(book, uses, day)),
        unseen=tuple(
            each.manifest.id for each in found.integrations if each.manifest.id not in newest
        ),
        set_aside=found.set_aside,
        damaged=records.damaged,
        not_understood=tuple(
            told
            for path in (*settings.change_tables.values(), *(table[:1] if table else ()))
            if (told := rows_not_understood(path))
        ),
    )


def as_plain(found: Calendar) -> Any:
    """Return it as JSON types: `koppeling/deadlines@1`."""
    return to_plain(
        DeadlineCalendar(
            as_of=found.as_of,
            deadlines=tuple(_told(each) for each in found.dates),
            not_seen=found.unseen,
            set_aside=tuple(
                NotRead(where=str(each.where), problem=str(each.problem))
                for each in found.set_aside
            ),
            damaged=tuple(each.render() for each in found.damaged),
            not_understood=found.not_understood,
        )
    )


def as_text(found: Calendar, *, lang: str) -> str:
    """Return it for a person, in `nl` or `en`."""
    told = [
        Told(
            day=each.stage.day,
            what=each.deadline.title,
            stops=stage_in_words(each.deadline, each.stage, found.as_of),
            remedy=each.deadline.remedy,
            source=each.deadline.source,
            users=tuple(
                f"{one.integration} ({one.of})" if one.of else one.integration for one in each.users
            ),
        )
        for each in found.dates
    ]
    return "\n".join(deadline_lines(told, unseen=found.unseen, as_of=found.as_of, lang=lang))


def _told(each: Dated) -> DatedEnd:
    return DatedEnd(
        date=each.stage.day,
        fix_by=fix_by(each.stage),
        code=each.deadline.id,
        level=each.level,
        title=each.deadline.title,
        then=each.stage.then,
        remedy=each.deadline.remedy,
        source=each.deadline.source,
        read=each.deadline.read,
        integrations=tuple(
            UserOfDated(integration=one.integration, of=one.of, seen=one.seen) for one in each.users
        ),
    )


def _newest(
    runs: Sequence[FunctionalResult], *, as_of: date
) -> Mapping[str, tuple[FunctionalResult, ...]]:
    """Return of each integration its last whole runs: those of one command."""
    by_id: dict[str, list[FunctionalResult]] = {}
    for each in runs:
        by_id.setdefault(each.integration, []).append(each)
    newest = {name: newest_whole(many, who=None, as_of=as_of) for name, many in by_id.items()}
    return {name: many for name, many in newest.items() if many}


def _user(run: FunctionalResult, of: str) -> User:
    return User(integration=run.integration, of=of, seen=f"run {run.run_id}")


def _later(run: FunctionalResult, book: Sequence[Deadline]) -> Iterator[tuple[Ending, User]]:
    """Yield what counts from a later day and does not pass yet."""
    for later in run.later:
        for each in book:
            if each.mark.requirement and each.stages[0].day == later.day:
                of = f"{later.open}"
                yield (
                    Ending(
                        code=each.id,
                        of=of,
                        level=Severity.INFORMATION,
                        fix_by=None,
                        stops=later.day,
                        text=each.title,
                        advice=each.remedy,
                        source=each.source,
                    ),
                    _user(run, of),
                )


def _dated(
    book: Sequence[Deadline], uses: Sequence[tuple[Ending, User]], day: date
) -> Iterator[Dated]:
    pairs = [(each, stage) for each in book for stage in each.stages]
    for each, stage in sorted(pairs, key=_by_day):
        users = {
            (user.integration, user.of): user for use, user in reversed(uses) if use.code == each.id
        }
        if users or (stage.day is not None and not each.id.startswith("removed:")):
            yield Dated(
                deadline=each,
                stage=stage,
                level=level_on(each, day),
                users=tuple(users[key] for key in sorted(users)),
            )


def _by_day(pair: tuple[Deadline, Stage]) -> date:
    stage = pair[1]
    return stage.day or (date.max if stage.is_open else date.min)
