"""Read a `.gcn` file: AFAS's own export of a GetConnector.

Outside, an array of seventeen typed values in the numbers of OLE VARIANT; the fifteenth is a ZIP
with one entry, `ExternalData`, which is base64 of typed records. `gcn_values` reads both layers,
`gcn_statement` the SQL statements in them. The seal at the end can neither be checked nor made.

Established on the export files that AFAS offers with docs.afas.help/profit/en/howto-la-sa
(github.com/AFASSoftware/OASContent, media). Not seen there, and so told instead of read: a stored
filter, custom fields, other kinds of definition.
"""

import base64
import binascii
import io
import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from koppeling_harness.document.gcn_statement import Row, read_insert
from koppeling_harness.document.gcn_values import Damaged, read_array, read_records
from koppeling_harness.errors import DocumentError, Problem
from koppeling_harness.model.connector import OwnGetConnector
from koppeling_harness.model.view import View, ViewAlias, ViewField

_REMEDY = "Export the GetConnector from Profit again, and hand in that file as it is."
_KINDS = "iTiTddiiTTTTTbBTb"
"""Of the outer array: i a number, T a text, d a moment, b yes or no, B bytes."""
_NAME, _ZIP = 3, 14
_GET_CONNECTOR = 8
_ENTRY = "ExternalData"
_MOST_BYTES = 16 * 1024 * 1024
"""Of an export and of what is packed in it; those that AFAS offers have 30,000."""
_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NO_FILTER = ("", "D1@D0")
_TABLE = re.compile(r"\b(?:FROM|JOIN)\s+(Afas[A-Za-z0-9_]+)", re.IGNORECASE)
_VIEW = re.compile(r"\bCREATE\s+VIEW\b", re.IGNORECASE)
_SELECT = re.compile(r"\bSELECT\b", re.IGNORECASE)
_LINE_COMMENT = re.compile(r"--[^\r\n]*")
_SHOWN = 60
"""Characters of a text of the file in a message."""
_SHOWN_OF_ERROR = 200
_MOST_LETTERS = 128
"""Of the name of a field, as everywhere."""

T = TypeVar("T")


def is_gcn(content: bytes) -> bool:
    """Return whether a file begins as an export does."""
    return content.startswith(b"\x0c\x20\x01\x00")


def read_gcn(content: bytes, *, name: str) -> OwnGetConnector:
    """Return the GetConnector that an export describes, with the view behind it.

    Args:
        content: The file.
        name: What messages call it, usually its path.

    Raises:
        DocumentError: It is no export, or one that cannot be served; every problem is in it.
    """
    if len(content) > _MOST_BYTES:
        message = f"the file holds {len(content)} bytes, expected {_MOST_BYTES} at most"
        raise DocumentError([_problem(name, message)])
    outer = _layer(lambda: read_array(content), name, "the file")
    _check_outer(outer, name)
    packed = _unpacked(outer[_ZIP], name)
    inner = _layer(lambda: read_records(packed), name, f"the entry {_ENTRY}")
    try:
        shown, statements = _parts(inner)
        id_, pairs = shown
        rows = [read_insert(each, number) for number, each in enumerate(statements, start=1)]
        found = _definition(id_, pairs, rows)
    except Damaged as error:
        raise DocumentError([_problem(name, str(error))]) from None
    problems = list(_problems(found, name))
    if problems:
        raise DocumentError(problems)
    return found


def _layer(read: Callable[[], T], name: str, what: str) -> T:
    try:
        return read()
    except Damaged as error:
        raise DocumentError([_problem(name, f"{what}: {error}")]) from None


def _problem(name: str, message: str, hint: str = _REMEDY) -> Problem:
    return Problem(where=name, message=message, hint=hint)


_OUTER_KINDS: Mapping[str, tuple[type[Any], str]] = {
    "i": (int, "a number"),
    "T": (str, "a text"),
    "d": (float, "a moment"),
    "b": (bool, "yes or no"),
    "B": (bytes, "bytes"),
}


def _check_outer(outer: Sequence[Any], name: str) -> None:
    if len(outer) != len(_KINDS):
        message = f"found {len(outer)} values, expected {len(_KINDS)}"
        raise DocumentError([_problem(name, message)])
    problems = []
    for number, (value, kind) in enumerate(zip(outer, _KINDS, strict=True)):
        expected, words = _OUTER_KINDS[kind]
        if type(value) is not expected:
            problems.append(_problem(name, f"value {number} is not {words}, as expected"))
    if not problems and outer[0] != _GET_CONNECTOR:
        message = f"it exports a definition of kind {outer[0]}, expected a GetConnector (8)"
        problems.append(_problem(name, message, "Export the GetConnector itself."))
    if problems:
        raise DocumentError(problems)


def _unpacked(content: bytes, name: str) -> bytes:
    """Return what is packed in the ZIP of an export."""
    try:
        text = _entry(content)
        return base64.b64decode(text.strip(), validate=True)
    except binascii.Error as error:
        message = f"the entry {_ENTRY} is not base64: {str(error).lower()}"
    except Damaged as error:
        message = f"the ZIP in it: {error}"
    except (
        zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, NotImplementedError,
        RuntimeError, EOFError, ValueError, OSError, OverflowError, LookupError,
    ) as error:  # fmt: skip
        message = f"the ZIP in it cannot be read: {str(error)[:_SHOWN_OF_ERROR]}"
    raise DocumentError([_problem(name, message)])


def _entry(content: bytes) -> bytes:
    """Return the only entry of a ZIP, unpacked."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        if [each.filename for each in entries] != [_ENTRY]:
            message = f"found {len(entries)} entries, expected one, {_ENTRY}"
            raise Damaged(message)
        if entries[0].flag_bits & 0x1:
            message = f"the entry {_ENTRY} is encrypted"
            raise Damaged(message)
        with archive.open(entries[0]) as file:
            text = file.read(_MOST_BYTES + 1)
    if len(text) > _MOST_BYTES:
        message = f"it unpacks to more than {_MOST_BYTES} bytes"
        raise Damaged(message)
    return text


def _parts(inner: Sequence[Any]) -> tuple[tuple[str, list[tuple[str, str]]], list[str]]:
    """Return the name with the pairs of field and member, and the statements.

    The list holds four marks, a count and so many pairs, a list with the statements, then system,
    view, name, a count and so many pairs of field and member.
    """
    count = _number(inner, 3, "the count of members")
    at = 4 + 2 * count
    statements = inner[at] if 0 <= at < len(inner) else None
    if not isinstance(statements, list):
        message = f"value {at} of the definition is no list of statements, as expected"
        raise Damaged(message)
    many = _number(statements, 9, "the count of statements")
    texts = statements[10 : 10 + many]
    if len(texts) != many or not all(isinstance(each, str) for each in texts):
        message = f"found {len(texts)} statements, expected {many} texts"
        raise Damaged(message)
    name = inner[at + 3] if at + 3 < len(inner) else None
    if not isinstance(name, str):
        message = "the name of the GetConnector is not there"
        raise Damaged(message)
    shown = _number(inner, at + 4, "the count of fields")
    flat = inner[at + 5 :]
    if len(flat) != 2 * shown or not all(isinstance(each, str) for each in flat):
        message = f"found {len(flat)} values after the name, expected {shown} pairs of texts"
        raise Damaged(message)
    return (name, list(zip(flat[::2], flat[1::2], strict=True))), list(texts)


def _number(values: Sequence[Any], at: int, what: str) -> int:
    found = values[at] if at < len(values) else None
    if type(found) is not int or not 0 <= found <= len(values):
        message = f"{what} is not there, or more than what follows"
        raise Damaged(message)
    return found


def _definition(
    name: str, pairs: Sequence[tuple[str, str]], rows: Sequence[Row]
) -> OwnGetConnector:
    views = [each for each in rows if each.table == "afasmdview"]
    if len(views) != 1:
        message = f"found {len(views)} statements for AfasMdView, expected one"
        raise Damaged(message)
    view = views[0]
    fields = {each.text("ViewFieldId"): each for each in rows if each.table == "afasmdviewfield"}
    shown = [_field(fields.pop(id_, None), id_, member) for id_, member in pairs]
    hidden = [_field(each, id_, "") for id_, each in fields.items()]
    sql = _view_sql(view.text("CreateStatement"))
    return OwnGetConnector(
        id=name,
        description=view.text("Description") or name,
        view=View(
            main_table=view.text("MainTableSystemId") + view.text("TableId"),
            base_view=view.text("BaseViewId"),
            is_grouped=view.is_set("Grouping"),
            is_distinct=view.is_set("Distinct"),
            has_filter=view.text("FilterData") not in _NO_FILTER,
            tables=tuple(_TABLE.findall(sql)),
            selects=len(_SELECT.findall(sql)),
            fields=(*shown, *hidden),
            aliases=tuple(
                ViewAlias(
                    alias=each.text("Alias"),
                    table=each.text("TargetSystemIdTable") + each.text("TargetTableId"),
                )
                for each in rows
                if each.table == "afasmdviewalias" and each.text("Alias")
            ),
        ),
    )


def _view_sql(statement: str) -> str:
    """Return what follows CREATE VIEW, without comments; before it an old view is dropped."""
    plain, at = [], 0
    while (begin := statement.find("/*", at)) >= 0:
        plain.append(statement[at:begin])
        end = statement.find("*/", begin + 2)
        at = end + 2 if end >= 0 else len(statement)
    sql = _LINE_COMMENT.sub(" ", " ".join([*plain, statement[at:]]))
    created = _VIEW.search(sql)
    return sql[created.end() :] if created else sql


def _field(row: Row | None, id_: str, name: str) -> ViewField:
    if row is None:
        message = f"no statement for AfasMdViewField says what {id_[:_SHOWN]!r} is"
        raise Damaged(message)
    return ViewField(
        id=id_,
        name=name,
        table=row.text("SystemIdFld") + row.text("TableIdFld"),
        field=row.text("FieldId"),
        path=row.text("ForeignKeyPath"),
        aggregate=row.number("AggFunc"),
        is_fixed=row.is_set("FixedField"),
        function=row.text("SQLFunctionId"),
    )


def _problems(found: OwnGetConnector, name: str) -> Iterator[Problem]:
    view = found.view
    if not _ID.fullmatch(found.id):
        message = (
            f"the GetConnector is called {found.id[:_SHOWN]!r}, expected letters, digits and _"
        )
        yield _problem(name, message, "Rename it in Profit: the name stands in its address.")
    shown = [each.name for each in view.fields if each.name] if view else []
    if not shown:
        yield _problem(name, "it shows no field", "Add fields to the GetConnector in Profit.")
    for member, count in Counter(shown).items():
        if count > 1:
            message = f"{count} fields are called {member[:_SHOWN]!r}, expected names of their own"
            yield _problem(name, message, "Rename one of them in Profit.")
        if len(member) > _MOST_LETTERS:
            message = f"a field's name has {len(member)} characters, expected {_MOST_LETTERS}"
            yield _problem(name, message, "Rename it in Profit.")
