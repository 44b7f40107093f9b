"""What reports told: `history/<registration>/<date>.json` below the reviewers' folder.

A file holds the status as it was told (`koppeling/status@1`) and is never judged again.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from koppeling_harness.document import dump_json, load_json, read_content
from koppeling_harness.errors import DocumentError, Problem
from koppeling_harness.model.history import Told, ToldDuty
from koppeling_harness.model.registration import Colour
from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import RegistrationStatus, Status
from koppeling_harness.store.files import write_files

HISTORY = "history"
"""Name of the folder below the reviewers' folder."""
_NAME = re.compile(r"[a-z0-9]+(?:[-._][a-z0-9]+)*")
_MALFORMED = (ValueError, KeyError, TypeError, AttributeError)


def keep(review: Path, statuses: Iterable[RegistrationStatus]) -> None:
    """Keep what a report tells; of one day the last report.

    Args:
        review: The reviewers' folder.
        statuses: What it tells; one whose name is no id is left out.

    Raises:
        ConfigurationError: It cannot be written.
    """
    files = {
        f"{each.registration}/{each.as_of}.json": (dump_json(each) + "\n").encode()
        for each in statuses
        if _NAME.fullmatch(each.registration)
    }
    if files:
        write_files(review / HISTORY, files)


def told_of(review: Path, registration: str) -> tuple[list[Told], list[Problem]]:
    """Return what reports told of a registration, oldest first, and what cannot be read of it."""
    found: list[Told] = []
    problems: list[Problem] = []
    for path in _files(review, registration):
        told = _read(path)
        if told is not None:
            found.append(told)
            continue
        problems.append(
            Problem(
                where=str(path),
                message="expected what a report told (koppeling/status@1); it is left out",
                hint="Put it back from version control or the backup, or remove it.",
                dutch="verwacht wat een rapport vertelde (koppeling/status@1); het telt niet mee",
            )
        )
    return found, problems


def told_on(review: Path, registration: str, day: date) -> RegistrationStatus | None:
    """Return the whole status that a report told; None when it cannot be read."""
    path = review / HISTORY / registration / f"{day}.json"
    try:
        return load_json(RegistrationStatus, read_content(path), name=str(path))
    except DocumentError:
        return None


def _files(review: Path, registration: str) -> list[Path]:
    folder = review / HISTORY / registration
    if not _NAME.fullmatch(registration) or not folder.is_dir():
        return []
    return sorted(folder.glob("[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9].json"))


def _read(path: Path) -> Told | None:
    try:
        data = json.loads(path.read_bytes())
        return Told(
            date=date.fromisoformat(path.stem),
            status=Status(data["status"]),
            colour=Colour(data["security"]["colour"]) if data["security"]["colour"] else None,
            duties={each["key"]: _duty(each) for each in data["actions"]},
        )
    except (OSError, *_MALFORMED):
        return None


def _duty(each: Mapping[str, Any]) -> ToldDuty:
    due = each["due"]
    return ToldDuty(
        what=Text(nl=each["what"]["nl"], en=each["what"]["en"]),
        due=date.fromisoformat(due) if due else None,
    )
