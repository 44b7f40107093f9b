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
from itertools import zip_longest
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
from koppeling_harness.watch.change_text import Said, Understood, understand
from koppeling_harness.watch.compare import order
from koppeling_harness.watch.table_text import TextRow, TextTable, plain, tables_in

_COLUMNS = {
    "description": ("description", "omschrijving", "beschrijving", "change", "wijziging"),
    "connector": (
        "connector",
        "updateconnector",
        "getconnector",
        "koppeling",
        "path",
        "pad",
        "endpoint",
        "eindpunt",
    ),
    "operations": ("operation", "operatie", "method", "methode", "action", "actie", "bewerking"),
    "section": ("section", "sectie"),
    "specification": ("specification", "specificatie", "domain", "domein", "onderdeel"),
}
_NAMES = {name: column for column, names in _COLUMNS.items() for name in names}
_WORDS_OF_A_TITLE = 4
_METHODS = re.compile(r"\b(?:GET|POST|PUT|DELETE|PATCH)\b")
_BETWEEN_CONNECTORS = re.compile(r"[\s;&+|]+|,(?![@{])")
_BESIDE_CONNECTORS = re.compile(
    r"[/-]?|en|and|of|or|get|post|put|delete|patch|(?:update|get)?connector", re.IGNORECASE
)
_CONNECTOR = re.compile(
    r"(?P<root>/?connectors/)?(?P<id>[A-Z][a-z]{1,2}[A-Z]\w*|[A-Z]\w*_\w+)(?P<below>(?:/[\w@{}.,%-]+)*)/?"
)
"""How AFAS names a connector, and the path below it."""
_OTHER_ENDPOINT = re.compile(r"/(?!connectors/)[A-Za-z][\w-]*(?:/[\w@{}.,%-]+)*/?", re.IGNORECASE)
_OF_A_CHANGE = re.compile(
    r"/element/|\b(?:request|response) propert|\benum value|\bapi (?:path )?removed"
    r"|\bendpoint (?:added|removed)|\bmaxlength\b",
    re.IGNORECASE,
)
"""What a line says that belongs in a change table, wherever it stands."""
_A_CONNECTOR = re.compile(r"(?:Cm|Fb|Fi|Hr|Ka|Kn|Pt)[A-Z]\w{2,}|Profit_\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One row of a table, its cells by what they are about."""

    line: int
    text: str
    description: str
    connector: str
    beside: str
    operations: tuple[str, ...]
    is_breaking: bool


def read_change_table(text: str, *, name: str) -> ChangeList:
    """Return the changes of a change table; each row becomes one, or is listed as not understood.

    Args:
        text: The file: separated by tabs, semicolons or commas, Markdown, or HTML.
        name: How to call it in places.

    Raises:
        DocumentError: There is no change table in it.
    """
    rows = [row for table in tables_in(text, _is_change_table) for row in _rows(table)]
    if not rows:
        message = "expected a change table with the columns Description, Connector and Operation"
        hint = "AFAS publishes them in the release notes on docs.afas.help, and here as TSV."
        raise DocumentError([Problem(where=name, message=message, hint=hint)])
    found: dict[tuple[object, ...], Change] = {}
    unknown: list[NotUnderstood] = []
    for row in rows:
        place = f"{name}:{row.line}"
        connectors = _connectors(row.connector)
        said = understand(row.description, connectors, beside=row.beside)
        if not said.is_all or _contradicts_itself(said, row):
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
        for each in said.things:
            _add(found, _change(each, row, place))
    changes = tuple(sorted(found.values(), key=order))
    return ChangeList(table=name, rows=len(rows), changes=changes, not_understood=tuple(unknown))


def _contradicts_itself(said: Understood, row: _Row) -> bool:
    """Return whether a field of a body is told of a call that has none."""
    return row.operations == ("GET",) and any(each.path for each in said.things)


def _change(said: Said, row: _Row, place: str) -> Change:
    operations = said.operations or row.operations
    side = Side.READS if said.answers or _is_read(said.connector, operations) else Side.WRITES
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


def _is_read(connector: str, operations: Sequence[str]) -> bool:
    """Return whether who is touched reads: other endpoints are noted as read, whatever they do."""
    if connector.startswith("/"):
        return True
    return set(operations) == {"GET"} if operations else "_" in connector


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
        operations=_joined(known.operations, change.operations),
        places=tuple(dict.fromkeys((*known.places, *change.places))),
        note=known.note or change.note,
    )


def _joined(one: Sequence[str], other: Sequence[str]) -> tuple[str, ...]:
    """Return the methods of two rows; none is any."""
    return tuple(dict.fromkeys((*one, *other))) if one and other else ()


def _is_change_table(cells: Sequence[str]) -> bool:
    """Return whether cells are the titles of a change table, and no row of one."""
    if any(_OF_A_CHANGE.search(each) or _CONNECTOR.fullmatch(each) for each in cells):
        return False
    return {"description", "connector"} <= {_column(each) for each in cells}


def _column(title: str) -> str:
    """Return what a column is about; empty when that is not known."""
    words = re.sub(r"\(.*?\)|[^\w ]", " ", plain(title).lower()).split()
    if len(words) > _WORDS_OF_A_TITLE:
        return ""
    return next((found for each in words if (found := _NAMES.get(_singular(each)))), "")


def _singular(word: str) -> str:
    return re.sub(r"(?<=connector)en$|(?<=wijziging)en$|(?<=\w\w)s$", "", word)


def _rows(table: TextTable) -> Iterator[_Row]:
    """Yield the rows of a change table; of anything else what looks like one all the same."""
    titles = [_column(each) for each in table.titles]
    is_breaking = "breaking" in table.heading.lower()
    if not {"description", "connector"} <= set(titles):
        yield from (_strange_row(each, table) for each in table.rows if _is_meant(each, table))
        return
    for row in table.rows:
        cells = [plain(each) for each in row.cells]
        named = dict[str, str]()
        beside = list[str]()
        for title, cell in zip_longest(titles, cells, fillvalue=""):
            if not title or (title in named and cell):
                beside.append(cell)
            else:
                named[title] = cell
        yield _Row(
            line=row.line,
            text=row.text,
            description=named.get("description", ""),
            connector=named.get("connector", "").strip("`'\""),
            beside=" ".join(each for each in beside if each),
            operations=_operations(named.get("operations", "")),
            is_breaking=is_breaking or "breaking" in named.get("section", "").lower(),
        )


def _is_meant(row: TextRow, table: TextTable) -> bool:
    """Return whether a row that stands in no change table tells of a change all the same."""
    cells = [plain(each) for each in row.cells]
    if any(_OF_A_CHANGE.search(each) for each in cells):
        return True
    return bool(table.titles) and any(_A_CONNECTOR.fullmatch(each.strip("`/")) for each in cells)


def _strange_row(row: TextRow, table: TextTable) -> _Row:
    cells = [plain(each) for each in row.cells]
    names = [each for each in cells if table.titles and _A_CONNECTOR.fullmatch(each.strip("`/"))]
    return _Row(
        line=row.line,
        text=row.text,
        description="",
        connector=" ".join(names),
        beside="",
        operations=(),
        is_breaking="breaking" in table.heading.lower(),
    )


def _connectors(cell: str) -> tuple[str, ...]:
    """Return the connectors, or paths, that a cell names; none when something else stands there."""
    found = list[str]()
    for each in _BETWEEN_CONNECTORS.split(cell):
        part = re.sub(r"^\w+://\S*?/connectors/", "/connectors/", each).strip("`'\"")
        if _BESIDE_CONNECTORS.fullmatch(part):
            continue
        match = _CONNECTOR.fullmatch(part)
        if match is None and _OTHER_ENDPOINT.fullmatch(part) is None:
            return ()
        if match is not None and _is_another(match):
            return ()
        found.append(part.rstrip("/"))
    return tuple(dict.fromkeys(found))


def _is_another(match: re.Match[str]) -> bool:
    """Return whether a path may be two connectors with a stroke between them."""
    if match["root"]:
        return False
    below = match["below"].strip("/").split("/")
    return (
        len(below) == 1
        and below[0] not in ("", match["id"])
        and bool(_CONNECTOR.fullmatch(below[0]))
    )


def _operations(cell: str) -> tuple[str, ...]:
    """Return the methods of a cell; none, which is any, when something else stands there too."""
    text = unquote(cell).upper()
    rest = re.sub(r"\b(?:AND|OR|EN|OF)\b", "", _METHODS.sub("", text))
    if re.search(r"\w", rest):
        return ()
    return tuple(dict.fromkeys(_METHODS.findall(text)))
