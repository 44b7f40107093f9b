"""Writes `.gcn` files as Profit exports them, with values of our own, for a reader to be tried on.

The seal is zeros: Profit would refuse these files.
"""

import base64
import io
import struct
import zipfile
from dataclasses import dataclass, field
from typing import Any

MARK = bytes.fromhex("15D283E7CBB8074FAA8A7065D8A6DDBB")
NAMES = ("Guid", "Type", "Code", "Ds", "Info", "Own")
"""Some of the thirty-nine members that an export has beside its statements."""


@dataclass
class Field:
    """A field of a definition: its id, its name in rows, and where it really is."""

    id: str
    name: str
    table: str
    field: str
    path: str
    more: dict[str, Any] = field(default_factory=dict)


@dataclass
class Export:
    """A GetConnector to be exported."""

    name: str
    main: str = "Prj"
    system: str = "Pt"
    fields: list[Field] = field(default_factory=list)
    hidden: list[Field] = field(default_factory=list)
    sql: str = "CREATE VIEW Vw_AfasPtX AS SELECT Prj.AfasPtProjectId FROM AfasPtProject Prj"
    view: dict[str, Any] = field(default_factory=dict)
    aliases: list[tuple[str, str, str]] = field(default_factory=list)
    more: list[str] = field(default_factory=list)


def projects(name: str = "Voorbeeld_Projecten") -> Export:
    """Return a small definition: three fields of a project under names of its own."""
    return Export(
        name=name,
        fields=[
            Field("U001", "projectcode", "Prj", "PrId", "Prj"),
            Field("U002", "omschrijving", "Prj", "Ds", "Prj"),
            Field("U003", "klant", "Prj", "DbId", "Prj"),
        ],
        aliases=[("Prj", "Pt", "Prj")],
    )


def gcn(export: Export) -> bytes:
    """Return the file."""
    return outer(export.name, zipped(inner(export)))


def outer(name: str, packed: bytes, *, kind: int = 8) -> bytes:
    """Return the outer array around a ZIP."""
    values = [
        _int(kind), _text("A" * 32), _int(8), _text(name), _date(46328.0), _date(46329.5), _int(0),
        _int(3000), _text("2"), _text("9"), _text("1400"), _text("Prj"), _text("Pt"), _bool(False),
        struct.pack("<HHii", 0x2011, 1, len(packed), 0) + packed, _text("A" * 192), _bool(False),
    ]  # fmt: skip
    return struct.pack("<HHii", 0x200C, 1, len(values), 0) + b"".join(values)


def zipped(records: bytes, *, entry: str = "ExternalData") -> bytes:
    """Return the ZIP with the inner layer as base64."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(entry, (2026, 11, 2, 9, 0, 0)), base64.b64encode(records))
    return held.getvalue()


def inner(export: Export) -> bytes:
    """Return the typed records of a definition."""
    statements = _statements(export)
    values: list[Any] = [4, False, 0, len(NAMES)]
    for each in NAMES:
        values += [each, export.name if each == "Ds" else None]
    values.append(
        [
            "5",
            1,
            3,
            "",
            export.system,
            "V" * 32,
            "",
            3,
            0,
            len(statements),
            *statements,
            False,
            None,
        ]
    )
    values += [export.system, "V" * 32, export.name, len(export.fields)]
    for each in export.fields:
        values += [each.id, each.name]
    return MARK + b"\0\0" + _item(values)


def _statements(export: Export) -> list[str]:
    view = {
        "SystemId": export.system, "TableId": export.main, "Description": f"{export.name} (eigen)",
        "CreateStatement": export.sql, "FilterData": "D1@D0", "MainTableSystemId": export.system,
        "Grouping": "0", "BaseViewId": "B_Own01", "Distinct": 0, **export.view,
    }  # fmt: skip
    made = [_insert("AfasMdView", view)]
    for number, each in enumerate([*export.fields, *export.hidden], start=1):
        values = {
            "ViewFieldId": each.id, "FieldSeqno": number, "SystemIdFld": export.system,
            "TableIdFld": each.table, "FieldId": each.field, "Display": 1 if each.name else 0,
            "ForeignKeyPath": each.path, "AggFunc": 0, "FixedField": "0", "SQLFunctionId": None,
            **each.more,
        }  # fmt: skip
        made.append(_insert("AfasMdViewField", values))
    for alias, system, table in export.aliases:
        values = {"Alias": alias, "TargetSystemIdTable": system, "TargetTableId": table}
        made.append(_insert("AfasMdViewAlias", values))
    return [*made, *export.more]


def _insert(table: str, values: dict[str, Any]) -> str:
    columns = ", ".join(f"AfasMd{each}" for each in values)
    return f"insert {table} ({columns}) values ({', '.join(map(_sql, values.values()))})"


def _sql(value: Any) -> str:
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


def _item(value: Any) -> bytes:
    if isinstance(value, list):
        head = b"".join(_token(each) for each in (1, len(value), 8201, 0, 1))
        return head + b"".join(map(_item, value))
    return _token(0) + _token(value)


def _token(value: Any) -> bytes:
    if value is None:
        return b"\x00"
    if isinstance(value, bool):
        return b"\x0a" + bytes([value])
    if isinstance(value, int):
        return b"\x02" + struct.pack("<i", value)
    content = value.encode()
    length, groups = len(content), bytearray()
    while length > 0x7F:
        groups.append(length & 0x7F | 0x80)
        length >>= 7
    return b"\x09" + bytes([*groups, length]) + content


def _int(value: int) -> bytes:
    return struct.pack("<Hi", 3, value)


def _date(days: float) -> bytes:
    return struct.pack("<Hd", 7, days)


def _text(value: str) -> bytes:
    content = value.encode("cp1252")
    return struct.pack("<HH", 8, len(content)) + content


def _bool(value: bool) -> bytes:
    return struct.pack("<Hh", 0x0B, -value)
