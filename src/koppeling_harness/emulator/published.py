"""GetConnectors of which only the fields are known: from AFAS's OpenAPI files or from metainfo.

What ERP1 itself holds for a field it shows; every other field is empty, and a connector that ERP1
does not know gives no rows.
"""

from collections.abc import Iterable
from dataclasses import replace

from koppeling_harness.emulator.definition import Column, Definition, supplied
from koppeling_harness.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedField:
    """One field as a source describes it."""

    id: str
    type: str
    """A key of `definition.DATA_TYPES`."""
    length: int = 0
    decimals: int = 2
    label_nl: str = ""
    label_en: str = ""


def published(id_: str, description: str, fields: Iterable[PublishedField]) -> Definition:
    """Return a GetConnector with these fields, and the data that ERP1 has for them."""
    known = supplied().get(id_.lower())
    held = {each.id.lower(): each for each in (*known.columns, *known.more)} if known else {}
    columns = tuple(_column(each, held.get(each.id.lower())) for each in fields)
    if known:
        return replace(known, id=id_, description=description, columns=columns)
    return Definition(
        id=id_, description=description, source="record r", where="0", columns=columns
    )


def _column(field: PublishedField, held: Column | None) -> Column:
    label_nl = field.label_nl or (held.label_nl if held else "") or field.label_en or field.id
    label_en = field.label_en or (held.label_en if held else "") or field.label_nl or field.id
    return Column(
        id=field.id,
        type=held.type if held else field.type,
        length=field.length or (held.length if held else 0),
        decimals=field.decimals,
        sql=held.sql if held else "NULL",
        label_nl=label_nl,
        label_en=label_en,
    )
