"""Changes of a registration since an earlier day."""

from collections.abc import Iterator, Sequence
from datetime import date

from koppeling_harness.model.dossier import Dossier
from koppeling_harness.model.functional import FunctionalResult
from koppeling_harness.model.registration import Registration
from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import RegistrationStatus
from koppeling_harness.rules.words import OUTCOME, STATUS, said
from koppeling_harness.value import dataclass

_SAID_OTHERWISE = {"RUN-FAILED", "RUN-INCONCLUSIVE", "NOT-TESTED", "WAIVED", "LATER-FACTS"}
"""Flags that are about the comparison itself, or that it says better by release."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """What a status is compared with.

    Attributes:
        status: The status of an earlier day.
        was_told: Whether a report told it then; else it is judged again, with what was known.
    """

    status: RegistrationStatus
    was_told: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What changed.

    Attributes:
        since: The day that it is compared with; None when there was none.
        lines: A sentence each, the weightiest first.
        was_told: Whether a report told then what it is compared with.
    """

    since: date | None
    lines: tuple[Text, ...]
    was_told: bool = False


def day_before_last(runs: Sequence[FunctionalResult]) -> date | None:
    """Return the day of the verdict before the last one; None when there was none.

    Several releases that were run on one day are one verdict.
    """
    days = sorted({run.date for run in runs if not run.part}, reverse=True)
    return days[1] if len(days) > 1 else None


def changes(dossier: Dossier, compared: Earlier | None) -> Changes:
    """Return what is different from an earlier day.

    Args:
        dossier: As it is now.
        compared: What it is compared with; None when there is nothing.
    """
    if compared is None:
        return Changes(since=None, lines=())
    earlier, now = compared.status, dossier.status
    lines = [
        *_status_lines(earlier, now),
        *_release_lines(earlier, dossier),
        *_flag_lines(earlier, now),
    ]
    if dossier.registration is not None:
        lines += _record_lines(dossier.registration, after=earlier.as_of, until=now.as_of)
    return Changes(since=earlier.as_of, lines=tuple(lines), was_told=compared.was_told)


def _status_lines(earlier: RegistrationStatus, now: RegistrationStatus) -> Iterator[Text]:
    if earlier.status is not now.status:
        yield said(
            "De status ging van {old} naar {new}.",
            "The status went from {old} to {new}.",
            old=STATUS[earlier.status],
            new=STATUS[now.status],
        )


def _release_lines(earlier: RegistrationStatus, dossier: Dossier) -> Iterator[Text]:
    before = {each.release: each for each in earlier.functional}
    runs = {(run.release, run.run_id): run for run in dossier.runs}
    for each in dossier.status.functional:
        old = before.get(each.release)
        if old is None:
            continue
        if old.outcome is not each.outcome:
            yield said(
                "{release}: van {old} naar {new}.",
                "{release}: from {old} to {new}.",
                release=each.release,
                old=OUTCOME[old.outcome],
                new=OUTCOME[each.outcome],
            )
        yield from _scenario_lines(
            each.release,
            runs.get((each.release, old.run_id or "")),
            runs.get((each.release, each.run_id or "")),
        )


def _scenario_lines(
    release: str, was: FunctionalResult | None, is_: FunctionalResult | None
) -> Iterator[Text]:
    """Yield what fails in the run that counts now and did not in the one that counted."""
    if was is None or is_ is None:
        return
    now, old = set(is_.failed), set(was.failed)
    if now - old:
        yield said(
            "{release}: faalt nu ook: {scenarios}.",
            "{release}: now fails too: {scenarios}.",
            release=release,
            scenarios=", ".join(sorted(now - old)),
        )
    if old - now:
        yield said(
            "{release}: faalt niet meer: {scenarios}.",
            "{release}: no longer fails: {scenarios}.",
            release=release,
            scenarios=", ".join(sorted(old - now)),
        )


def _flag_lines(earlier: RegistrationStatus, now: RegistrationStatus) -> Iterator[Text]:
    old = {(flag.code, flag.text.en) for flag in earlier.flags}
    new = {(flag.code, flag.text.en) for flag in now.flags}
    for flag in now.flags:
        if flag.code not in _SAID_OTHERWISE and (flag.code, flag.text.en) not in old:
            yield said("Nieuw: {text}", "New: {text}", text=flag.text)
    for flag in earlier.flags:
        if flag.code not in _SAID_OTHERWISE and (flag.code, flag.text.en) not in new:
            yield said("Niet meer: {text}", "No longer: {text}", text=flag.text)


def _record_lines(registration: Registration, *, after: date, until: date) -> Iterator[Text]:
    for decision in registration.decisions:
        if after < decision.date <= until:
            yield said(
                "{by} nam op {day} een besluit (zie Besluiten).",
                "{by} took a decision on {day} (see Decisions).",
                by=decision.by,
                day=decision.date,
            )
    for each in registration.assessments:
        if each.report_date is not None and after < each.report_date <= until:
            yield said(
                "Er kwam een rapport van {assessor}, gedateerd {day}.",
                "A report of {assessor} came, dated {day}.",
                assessor=each.assessor,
                day=each.report_date,
            )
