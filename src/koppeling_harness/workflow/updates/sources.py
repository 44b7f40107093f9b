"""`koppeling updates sources FOLDER`: which of our statements rest on a text that changed since."""

import re
import subprocess
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from koppeling_harness.emulator.gaps import gaps
from koppeling_harness.emulator.quirks import QUIRKS
from koppeling_harness.errors import ExitCode, NothingToRunError
from koppeling_harness.rules.catalogue import RULES as STATUS_RULES
from koppeling_harness.rules.deadlines import shipped_deadlines
from koppeling_harness.rules.requirements import REQUIREMENTS
from koppeling_harness.rules.sources import (
    Page,
    SourceLook,
    Statement,
    look_at_sources,
    pages_cited,
)
from koppeling_harness.traffic.checks import RULES as TRAFFIC_RULES
from koppeling_harness.value import dataclass

_PLACE = re.compile(r"(?:^|/)profit/(en|nl)/([^/]+)\.md$")
_DATE = re.compile(r"^date:\s*[\"']?(\d{4}-\d\d-\d\d)", re.MULTILINE)
_HEAD_BYTES = 2_000
_GIT = ("git", "--no-pager", "-c", "core.fsmonitor=false", "-c", "core.quotepath=false")
_LIMIT_S = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What was looked at.

    Attributes:
        look: What it came to.
        statements: How many statements there are.
        cited: How many of them cite a page of AFAS.
        pages: How many pages the checkout has.
        by_history: Whether the history of the checkout told days too, beside the pages.
    """

    look: SourceLook
    statements: int
    cited: int
    pages: int
    by_history: bool

    @property
    def exit_code(self) -> ExitCode:
        """DIFFERS (16) when something is to be looked at again, else PASSED."""
        return ExitCode.DIFFERS if self.look.outdated or self.look.gone else ExitCode.PASSED


def statements() -> Iterator[Statement]:
    """Yield everything that this program says with a source."""
    for quirk in QUIRKS:
        yield Statement(
            kind="behaviour of ERP1", name=quirk.name, source=quirk.source, read=quirk.read
        )
    for gap in gaps():
        yield Statement(kind="gap of ERP1", name=gap.of, source=gap.source)
    for rule in TRAFFIC_RULES:
        yield Statement(kind="traffic rule", name=rule.code, source=rule.source)
    for requirement in REQUIREMENTS:
        yield Statement(kind="requirement", name=requirement.id, source=requirement.source)
    for status in STATUS_RULES.values():
        yield Statement(kind="status rule", name=status.id, source=status.source)
    for deadline in shipped_deadlines():
        yield Statement(
            kind="deadline", name=deadline.id, source=deadline.source, read=deadline.read
        )


def look_at(folder: Path) -> Watched:
    """Hold every statement against a checkout of AFAS's public documentation.

    Args:
        folder: Of the checkout (github.com/AFASSoftware/OASContent), or the part with the pages.

    Raises:
        NothingToRunError: There is no page in it.
    """
    history = _history(folder)
    pages: dict[Page, date | None] = {}
    for path in sorted(folder.rglob("*.md")):
        found = _PLACE.search(path.as_posix())
        if found is None:
            continue
        days = [_written(path), history.get(path.resolve())]
        pages[Page(name=found[2].lower(), language=found[1])] = max(
            (each for each in days if each is not None), default=None
        )
    if not pages:
        message = f"{folder}: found no page, expected …/profit/en/NAME.md or …/profit/nl/NAME.md"
        raise NothingToRunError(message, hint="git clone github.com/AFASSoftware/OASContent")
    every = tuple(statements())
    look = look_at_sources(every, pages)
    return Watched(
        look=look,
        statements=len(every),
        cited=sum(bool(pages_cited(each.source)) for each in every),
        pages=len(pages),
        by_history=bool(history),
    )


def as_plain(found: Watched) -> dict[str, Any]:
    """Return it as JSON types: `koppeling/sources@1`."""
    look = found.look
    return {
        "schema": "koppeling/sources@1",
        "statements": found.statements,
        "cited": found.cited,
        "pages": found.pages,
        "by_history": found.by_history,
        "changed": [
            {
                "page": _name(each.page),
                "changed": each.changed.isoformat(),
                "kind": each.statement.kind,
                "name": each.statement.name,
                "read": each.statement.read.isoformat(),
            }
            for each in look.outdated
        ],
        "gone": [
            {"page": _name(page), "kind": each.kind, "name": each.name} for each, page in look.gone
        ],
        "uncited": [
            {"page": _name(page), "changed": day.isoformat() if day else None}
            for page, day in look.uncited
        ],
    }


def as_lines(found: Watched) -> Iterator[str]:
    """Yield it for a person: what to read again first, then what nobody cites."""
    look = found.look
    yield (
        f"{found.statements} statements, {found.cited} of them cite AFAS's documentation; "
        f"{found.pages} pages here"
    )
    if not found.by_history:
        yield "days as the pages tell them: this is no whole git checkout, so later edits go unseen"
    page: Page | None = None
    for each in look.outdated:
        if each.page != page:
            page = each.page
            yield f"{_name(page)}: changed {each.changed}, read again for"
        yield f"    {each.statement.kind} {each.statement.name} (read {each.statement.read})"
    for missing in dict.fromkeys(page for _, page in look.gone):
        yield f"{_name(missing)}: not here, and cited by"
        yield from (f"    {each.kind} {each.name}" for each, one in look.gone if one == missing)
    if not look.outdated and not look.gone:
        yield "nothing that is cited changed since it was read"
    if look.uncited:
        yield f"cited by nobody: {', '.join(_name(each) for each, _ in look.uncited)}"


def _name(page: Page) -> str:
    return f"{page.language}/{page.name}"


def _written(path: Path) -> date | None:
    """Return the day that a page itself tells."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES).decode("utf-8", "replace")
    found = _DATE.search(head)
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def _history(folder: Path) -> Mapping[Path, date]:
    """Return when each page was last committed; nothing without a whole git checkout."""
    root = _git(folder, "rev-parse", "--show-toplevel").strip()
    if not root or _git(folder, "rev-parse", "--is-shallow-repository").strip() != "false":
        return {}
    told = _git(folder, "log", "--format=%x00%cs", "--name-only", "--", "*.md")
    found: dict[Path, date] = {}
    for commit in told.split("\0")[1:]:
        day, *names = [line for line in commit.splitlines() if line]
        for name in names:
            found.setdefault((Path(root) / name).resolve(), date.fromisoformat(day))
    return found


def _git(folder: Path, *arguments: str) -> str:
    """Return what git prints of a checkout; empty where there is no git, or no checkout."""
    try:
        done = subprocess.run(  # noqa: S603 - our own arguments, no shell
            [*_GIT, "-C", str(folder), *arguments],
            capture_output=True,
            check=True,
            encoding="utf-8",
            errors="replace",
            timeout=_LIMIT_S,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout
