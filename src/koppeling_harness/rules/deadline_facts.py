"""What ends in the status (D1), and what counts from a later day (D2)."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from koppeling_harness.model.deadline import Deadline, Ending, Stage
from koppeling_harness.model.functional import CountsLater, FunctionalResult
from koppeling_harness.model.partner import Identity
from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import Action, Status, Who
from koppeling_harness.model.verdict import Severity
from koppeling_harness.rules.deadlines import (
    coming,
    level_on,
    shipped_deadlines,
    stage_in_words,
    told,
)
from koppeling_harness.rules.fact import Fact, action
from koppeling_harness.rules.words import said

_DEMANDS = {
    Severity.INFORMATION: Status.IN_ORDER,
    Severity.WARNING: Status.ATTENTION,
    Severity.ERROR: Status.ACTION_REQUIRED,
}
_FLAGS = {
    Severity.INFORMATION: "",
    Severity.WARNING: "STOPS-SOON",
    Severity.ERROR: "HAS-STOPPED",
}
STOPPING = frozenset(_FLAGS.values()) - {""}
"""Flags of what stops soon, or has stopped."""
_SOON = timedelta(days=90)


def newest_whole(
    runs: Sequence[FunctionalResult], *, who: Identity | None, as_of: date
) -> tuple[FunctionalResult, ...]:
    """Return the last whole runs of an integration up to a day: those of one command.

    They alone tell what it uses now: what an earlier run saw may have been mended since.

    Args:
        runs: Of what has its name.
        who: By which numbers AFAS knows it; None for whoever has that name.
        as_of: The day.
    """
    known = [
        each
        for each in runs
        if each.date <= as_of and not each.part and (who is None or each.identity in (None, who))
    ]
    last = max((each.started_at for each in known), default=None)
    return tuple(each for each in known if each.started_at == last)


def deadline_facts(
    runs: Sequence[FunctionalResult],
    *,
    who: Identity,
    as_of: date,
    book: Sequence[Deadline] | None = None,
) -> Iterator[Fact]:
    """Yield what an integration uses that ends, and what counts later and does not pass yet.

    Args:
        runs: Of what has its name.
        who: By which numbers AFAS knows it.
        as_of: The day.
        book: What ends on which day; the data file when None. Of what it lacks the record's own
            days hold.
    """
    known = {each.id: each for each in (shipped_deadlines() if book is None else book)}
    now = newest_whole(runs, who=who, as_of=as_of)
    for use in {(each.code, each.of): each for run in now for each in run.ends}.values():
        yield _fact(known.get(use.code), use, as_of)
    open_: dict[date, int] = {}
    for run in now:
        for later in run.later:
            open_[later.day] = max(open_.get(later.day, 0), later.open)
    for day, count in sorted(open_.items()):
        yield _counts_later(CountsLater(day=day, open=count), as_of)


def _fact(deadline: Deadline | None, use: Ending, as_of: date) -> Fact:
    if deadline is None:  # of a newer program, or of a change table
        level, text, source = _level_of(use, as_of), use.text, use.source
        duties = [
            _action(
                use,
                Text(nl=f"{text.nl} {use.advice.nl}", en=f"{text.en} {use.advice.en}"),
                use.stops,
            )
        ]
    else:
        level, text, source = (
            level_on(deadline, as_of),
            told(deadline, as_of, of=use.of),
            deadline.source,
        )
        duties = [
            _action(use, _duty(deadline, stage, as_of), stage.day)
            for stage in coming(deadline, as_of)
        ]
        if not duties and level is not Severity.INFORMATION:
            duties = [_action(use, deadline.remedy, None)]
    return Fact(
        rule="D1",
        text=text,
        demands=_DEMANDS[level],
        flag=_FLAGS[level],
        actions=tuple(duties),
        source=source,
    )


def _duty(deadline: Deadline, stage: Stage, as_of: date) -> Text:
    """Return what to do before a day: what stops on it, and the way out."""
    title, stops = deadline.title, stage_in_words(deadline, stage, as_of)
    return Text(
        nl=f"{deadline.remedy.nl} {_sentence(title.nl)} {stops.nl}.",
        en=f"{deadline.remedy.en} {_sentence(title.en)} {stops.en}.",
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _level_of(use: Ending, as_of: date) -> Severity:
    if use.stops is None:
        return use.level
    if as_of >= use.stops:
        return Severity.ERROR
    return Severity.WARNING if as_of >= use.stops - _SOON else Severity.INFORMATION


def _action(use: Ending, what: Text, stops: date | None) -> Action:
    key = ":".join(filter(None, ["ends", use.code, use.of, str(stops or "")]))
    due = stops - timedelta(days=1) if stops is not None else None
    return action(Who.PARTNER, what, rule="D1", key=key, due=due)


def _counts_later(later: CountsLater, as_of: date) -> Fact:
    soon = as_of >= later.day - _SOON
    values = {"count": later.open, "day": later.day}
    text = (
        said(
            "{count} scenario's worden vereist vanaf {day} en slagen nog niet.",
            "{count} scenarios will be required from {day} and do not pass yet.",
            **values,
        )
        if as_of < later.day
        else said(
            "{count} scenario's zijn vereist sinds {day} en slaagden in de laatste run niet.",
            "{count} scenarios are required since {day} and did not pass in the last run.",
            **values,
        )
    )
    mend = action(
        Who.PARTNER,
        said(
            "Herstel wat vanaf {day} vereist is en draai opnieuw.",
            "Mend what is required from {day} and run again.",
            day=later.day,
        ),
        rule="D2",
        key=f"required-from:{later.day}",
        due=later.day - timedelta(days=1),
    )
    return Fact(
        rule="D2",
        text=text,
        demands=Status.ATTENTION if soon else Status.IN_ORDER,
        flag="REQUIRED-SOON" if soon else "",
        actions=(mend,),
    )
