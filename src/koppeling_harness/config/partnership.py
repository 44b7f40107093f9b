"""Read what AFAS keeps of partners, in the reviewers' folder."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from koppeling_harness.document import load, read_text, read_yaml
from koppeling_harness.errors import DocumentError, Problem
from koppeling_harness.model.partnership import Partnership
from koppeling_harness.value import dataclass

ENDING = ".partner.yaml"
"""`<subscription>.partner.yaml` is about the partner with that subscription."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partnerships:
    """Every partner that AFAS keeps something of.

    Attributes:
        by_subscription: By the number of its subscription.
        problems: What is wrong in the files; a file with a problem counts as none.
    """

    by_subscription: Mapping[str, Partnership]
    problems: tuple[Problem, ...] = ()


NONE = Partnerships(by_subscription={})


def load_partnerships(folder: Path | None, *, today: date) -> Partnerships:
    """Return what a reviewers' folder says of partners; nothing without a folder.

    Args:
        folder: The reviewers' folder; files are found below it too.
        today: What is dated later, and is no last day, cannot be true.
    """
    if folder is None or not folder.is_dir():
        return NONE
    found: dict[str, Partnership] = {}
    problems: list[Problem] = []
    for path in _files(folder):
        try:
            each = load_partnership(path, today=today)
        except DocumentError as error:
            problems += error.problems
            continue
        if each.subscription in found:
            problems.append(_problem(path, *_TWICE, each.subscription))
            continue
        found[each.subscription] = each
    return Partnerships(by_subscription=found, problems=tuple(problems))


def load_partnership(path: Path, *, today: date) -> Partnership:
    """Read the file about one partner.

    Raises:
        DocumentError: It has problems; all of them are in it.
    """
    source = read_yaml(read_text(path), name=str(path))
    read = load(Partnership, source)
    wrong = []
    if path.name != f"{read.subscription}{ENDING}":
        wrong.append(_problem(path, *_NAME, f"{read.subscription}{ENDING}"))
    for place, day in _days(read):
        if day > today:
            where = source.place(place)
            message = f"found {day}, expected a day up to today, {today}"
            dutch = f"gevonden {day}, verwacht een dag tot en met vandaag, {today}"
            wrong.append(Problem(where=where, message=message, dutch=dutch))
    if wrong:
        raise DocumentError(wrong)
    return read


_NAME = ("expected the name {}", "verwacht als naam {}")
_TWICE = ("subscription {} has a file already", "abonnement {} heeft al een bestand")


def _problem(path: Path, en: str, nl: str, value: str) -> Problem:
    return Problem(where=str(path), message=en.format(value), dutch=nl.format(value))


def _days(partner: Partnership) -> Iterator[tuple[tuple[str | int, ...], date]]:
    if partner.runs is not None:
        yield ("runs", "started"), partner.runs.started
    if partner.conduct is not None:
        yield ("conduct", "agreed"), partner.conduct.agreed
    for number, invoice in enumerate(partner.invoices):
        at = ("invoices", number)
        yield (*at, "open_since"), invoice.open_since
        for reminder, day in enumerate(invoice.reminders):
            yield (*at, "reminders", reminder), day
        if invoice.paid is not None:
            yield (*at, "paid"), invoice.paid
    for number, talk in enumerate(partner.talks):
        yield ("talks", number, "date"), talk.date
        for each, agreed in enumerate(talk.agreed):
            if agreed.done is not None:
                yield ("talks", number, "agreed", each, "done"), agreed.done


def _files(folder: Path) -> Iterator[Path]:
    for each in sorted(folder.iterdir()):
        if each.name.startswith("."):
            continue
        if each.name.endswith(ENDING) and each.is_file():
            yield each
        elif each.is_dir() and not each.is_symlink() and each.name != _HISTORY:
            yield from _files(each)


_HISTORY = "history"
"""Folder in which reports are kept, with thousands of files."""
