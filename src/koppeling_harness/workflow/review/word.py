"""Record in AFAS's file who handles a dossier, how a signal goes on, and plans."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from koppeling_harness.clock import Clock, today
from koppeling_harness.config.registration import Placed, registration_path
from koppeling_harness.config.registration_edit import add_to_word, set_in_word
from koppeling_harness.config.settings import load_settings
from koppeling_harness.errors import UsageError
from koppeling_harness.model.decisions import Plan, SignalStep
from koppeling_harness.rules.registration_input import InputProblem
from koppeling_harness.workflow.review.names import known_names, word_problems


def assign(path: Path, *, to: str, seen_until: date | None, clock: Clock) -> Path:
    """Record who handles a dossier, and until which day it was looked at; return the file.

    Args:
        path: A registration.
        to: Who handles it; stays as it is when empty.
        seen_until: Up to which day it was looked at; stays as it is when None.
        clock: Tells today.

    Raises:
        UsageError: Nothing is to be recorded, or the day is ahead.
        DocumentError: A file has problems; it is left as it was.
        ConfigurationError: There is no file of AFAS's beside the registration.
    """
    if not to.strip() and seen_until is None:
        message = "expected --to, --seen-until or both"
        raise UsageError(message)
    if seen_until is not None:
        _refuse_later("--seen-until", seen_until, clock)
    values = {"assignee": to.strip(), "seen_until": seen_until and seen_until.isoformat()}
    return set_in_word(
        registration_path(path), {key: value for key, value in values.items() if value}
    )


def add_step(path: Path, step: SignalStep, *, clock: Clock) -> Path:
    """Record how a signal went on; return the file.

    Raises:
        UsageError: The day is ahead.
        DocumentError: There is no such signal, or a file has problems; it is left as it was.
        ConfigurationError: There is no file of AFAS's beside the registration.
    """
    _refuse_later("--date", step.date, clock)
    return add_to_word(registration_path(path), "course", step, objections=_objections)


def add_plan(path: Path, plan: Plan) -> Path:
    """Record a plan; return the file.

    Raises:
        DocumentError: It is for nothing that is known, or a file has problems, and stays as it was.
        ConfigurationError: There is no file of AFAS's beside the registration.
    """
    return add_to_word(registration_path(path), "plans", plan, objections=_objections)


def _objections(placed: Placed) -> Iterator[InputProblem]:
    settings = load_settings(Path())
    yield from word_problems(placed, known_names(settings, settings.releases, {}))


def _refuse_later(option: str, day: date, clock: Clock) -> None:
    if day > today(clock):
        message = f"{option}: found {day}, expected a day up to today, {today(clock)}"
        raise UsageError(message)
