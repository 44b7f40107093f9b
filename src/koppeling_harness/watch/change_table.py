"""AFAS's own change tables: what the release notes list per specification.

Four layouts are read, all of which are in use: tab separated, and the three of the release notes
on docs.afas.help, told apart by their column titles alone.

* Profit 3: `Description | Path | Operation`, one operation a row, paths in full
  (`/connectors/PtProject/PtProjectStage`), fields by way of `…/items/…`;
* Profit 4 to 7: `Description | Connector | Operation`, several operations a row, with or without
  `items`, names in quotes;
* Profit 8: `Connector | Description | Operation`, names in backticks, several values in one row.

One row may say what another says too (the breaking changes stand among all changes again): they
become one change that names both places. Source: AFAS, docs.afas.help/profit/en/news-profit3 to
news-profit8; the wording is that of oasdiff (github.com/oasdiff/oasdiff).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import unquote

from koppeling_harness.errors import DocumentError, Problem
from koppeling_harness.model.change import (
    Change,
    ChangeList,
    NotUnderstood,
    Side,
)
from koppeling_harness.rules.changes import effect, weigh_listing
from koppeling_harness.value import dataclass
from koppeling_harness.watch.change_text import Said, understand
from koppeling_harness.watch.compare import order

_COLUMNS = {
    "description": "description",
    "omschrijving": "description",
    "connector": "connector",
    "path": "connector",
    "pad": "connector",
    "operation": "operations",
    "operations": "operations",
    "operatie": "operations",
    "section": "section",
    "specification": "specification",
}
_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$")
_HEADING = re.compile(r"^#{1,6}\s+(.*)$")
_CELL_BORDER = re.compile(r"(?<!\\)\|")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_METHODS = re.compile(r"\b(GET|POST|PUT|DELETE|PATCH)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One row of a table, its cells by what they are about."""

    line: int
    text: str
    description: str
    connector: str
    operations: tuple[str, ...]
    is_breaking: bool


def read_change_table(text: str, *, name: str) -> ChangeList:
    """Return the changes of a change table; each row becomes one, or is listed as not understood.

    Args:
        text: The file: tab separated with a first line of titles, or Markdown.
        name: How to call it in places.

    Raises:
        DocumentError: There is no change table in it.
    """
    lines = text.lstrip("\ufeff").splitlines()
    rows = list(_tsv_rows(lines) if lines and "\t" in lines[0] else _markdown_rows(lines))
    if not rows:
        message = "expected a change table with the columns Description, Connector and Operation"
        hint = "AFAS publishes them in the release notes on docs.afas.help, and here as TSV."
        raise DocumentError([Problem(where=name, message=message, hint=hint)])
    found: dict[tuple[object, ...], Change] = {}
    unknown: list[NotUnderstood] = []
    for row in rows:
        place = f"{name}:{row.line}"
        said = understand(row.description, row.connector)
        if not said:
            problem = "expected one of the wordings of AFAS's change tables, with its connector"
            unknown.append(
                NotUnderstood(
                    place=place,
                    row=row.text.strip(),
                    problem=problem,
                    connector=row.connector,
                    description=row.description,
                    listed_breaking=row.is_breaking,
                )
            )
        for each in said:
            _add(found, _change(each, row, place))
    changes = tuple(sorted(found.values(), key=order))
    return ChangeList(table=name, rows=len(rows), changes=changes, not_understood=tuple(unknown))


def _change(said: Said, row: _Row, place: str) -> Change:
    operations = said.operations or row.operations
    reads = bool(operations) and set(operations) == {"GET"}
    side = Side.READS if reads or said.answers else Side.WRITES
    breaking, why = weigh_listing(effect(said.kind, side), listed_breaking=row.is_breaking)
    return Change(
        connector=said.connector,
        side=side,
        path=said.path,
        kind=said.kind,
        breaking=breaking,
        before=said.before,
        after=said.after,
        operations=operations,
        why=why,
        listed_breaking=row.is_breaking,
        places=(place,),
        note=said.note,
    )


def _add(found: dict[tuple[object, ...], Change], change: Change) -> None:
    """Add a change, or join it with the row that said the same before."""
    key = (change.connector, change.side, change.path, change.kind, change.before, change.after)
    known = found.get(key)
    if known is None:
        found[key] = change
        return
    heavier = known if known.listed_breaking or not change.listed_breaking else change
    found[key] = replace(
        heavier,
        operations=tuple(dict.fromkeys((*known.operations, *change.operations))),
        places=tuple(dict.fromkeys((*known.places, *change.places))),
        note=known.note or change.note,
    )


def _tsv_rows(lines: Sequence[str]) -> Iterator[_Row]:
    titles = _titles(lines[0].split("\t"))
    if "description" not in titles:
        return
    for number, line in enumerate(lines[1:], start=2):
        if line.strip():
            cells = dict(zip(titles, line.split("\t"), strict=False))
            yield _row(number, line, cells, is_breaking=cells.get("section", "") == "breaking")


def _markdown_rows(lines: Sequence[str]) -> Iterator[_Row]:
    titles: list[str] = []
    is_breaking = False
    for number, line in enumerate(lines, start=1):
        heading = _HEADING.match(line)
        if heading:
            is_breaking = "breaking" in heading[1].lower()
        if not line.lstrip().startswith("|"):
            titles = []
            continue
        cells = _cells(line)
        if not titles:
            after = lines[number] if number < len(lines) else ""
            known = _titles(cells) if _RULE.match(after) else []
            titles = known if "description" in known else ["other"]
        elif titles != ["other"] and not _RULE.match(line):
            named = dict(zip(titles, cells, strict=False))
            yield _row(number, line, named, is_breaking=is_breaking)


def _row(line: int, text: str, cells: dict[str, str], *, is_breaking: bool) -> _Row:
    return _Row(
        line=line,
        text=text,
        description=cells.get("description", "").strip(),
        connector=_LINK.sub(r"\1", cells.get("connector", "")).strip().strip("`"),
        operations=tuple(dict.fromkeys(_METHODS.findall(_labels(cells.get("operations", ""))))),
        is_breaking=is_breaking,
    )


def _labels(cell: str) -> str:
    """Return what is shown of links; their addresses name operations too."""
    return unquote(_LINK.sub(r"\1", cell)).upper()


def _titles(cells: Sequence[str]) -> list[str]:
    return [_COLUMNS.get(each.strip().lower(), "unknown") for each in cells]


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|").removesuffix("|")
    return [each.replace("\\|", "|").strip() for each in _CELL_BORDER.split(inner)]
