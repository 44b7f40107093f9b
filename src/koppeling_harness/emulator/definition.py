"""GetConnectors: what each one selects, supplied by AFAS or defined by the customer."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cache, partial
from importlib import resources

from koppeling_harness.emulator.lazy_mapping import MadeWhenAsked
from koppeling_harness.emulator.letters import fold
from koppeling_harness.model.connector import FixedFilter
from koppeling_harness.value import dataclass

DATA_TYPES = {
    "s": "string",
    "i": "int",
    "n": "decimal",
    "b": "boolean",
    "d": "date",
    "t": "date",
}
"""Letter and the `dataType` of metainfo. `t` is a moment with fractions, `d` without."""

REPLACED = "(replaced)"
"""What a field shows that no longer links to the database (AFAS: DATA-23)."""

_STORED = re.compile(r"[a-z]\.\w+")
"""The expression of a plain column: what stands there was rounded when it was stored."""
_JSON_PAIRS = 60
"""Fields per json_object call; SQLite passes at most 127 arguments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One field of a GetConnector."""

    id: str
    type: str
    """A key of `DATA_TYPES`."""
    length: int
    sql: str
    """The expression it shows, on the connector's tables."""
    label_nl: str
    label_en: str
    decimals: int = 2
    """Of a decimal, in what is compared and given back; -1 for all."""

    @property
    def shown(self) -> str:
        """The expression, with the decimals of its definition where it is worked out."""
        if self.type != "n" or self.decimals < 0 or _STORED.fullmatch(self.sql):
            return self.sql
        return f"round({self.sql}, {self.decimals})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One GetConnector, ready to be asked."""

    id: str
    description: str
    source: str
    """What follows FROM."""
    where: str = ""
    columns: tuple[Column, ...]
    more: tuple[Column, ...] = ()
    """Fields of its tables that it does not show itself, and that a copy may take."""
    order: str = ""
    """What gives every row its fixed place, where that is not the row id of the first table."""
    fixed_filters: tuple[tuple[Column, FixedFilter], ...] = ()
    blocked: bool = False
    copy_of: str = ""
    """The supplied GetConnector that it is a copy of; "" when it is none."""
    lost: tuple[str, ...] = ()
    """Members of its rows that show `REPLACED`, because ERP1 does not have what they name."""
    by_id: Mapping[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {fold(each.id): each for each in self.columns})

    @property
    def collection(self) -> str:
        """The lower-case id of the supplied GetConnector whose rows it shows."""
        return (self.copy_of or self.id).lower()

    @property
    def row_order(self) -> str:
        """The expression that gives every row its fixed place."""
        return self.order or f"{self.alias}.rowid"

    @property
    def alias(self) -> str:
        """What the first table is called in the expressions of the columns; "" for none."""
        return "" if self.order else self.source.split()[1]


@cache
def supplied() -> Mapping[str, Definition]:
    """Return the GetConnectors that come with Profit, by lower-case id."""
    return MadeWhenAsked(
        {block.split("\t", 1)[0].lower(): partial(_supplied, block) for block in _blocks()}
    )


def supplied_names() -> Iterator[tuple[str, str]]:
    """Yield id and description of each, without making the rest."""
    for block in _blocks():
        id_, description, _ = block.split("\t", 2)
        yield id_, description


@cache
def _blocks() -> tuple[str, ...]:
    text = resources.files(__package__).joinpath("data/get_connectors.tsv").read_text("utf-8")
    return tuple(text.removeprefix("G\t").split("\nG\t"))


def _supplied(block: str) -> Definition:
    """Return one definition: its head, and a line for each field; + marks one that is not shown."""
    head, *lines = block.splitlines()
    id_, description, source, where, order = (*head.split("\t"), "", "")[:5]
    return Definition(
        id=id_,
        description=description,
        source=source,
        where=where,
        columns=tuple(_column(each) for each in lines if not each.startswith("+")),
        more=tuple(_column(each) for each in lines if each.startswith("+")),
        order=order,
    )


def _column(line: str) -> Column:
    id_, kind, sql, label_nl, label_en = line.split("\t")
    letter, size = kind[0], int(kind[1:] or 0)
    return Column(
        id=id_.removeprefix("+"),
        type=letter,
        length=0 if letter == "n" else size,
        decimals=size if letter == "n" and size else 2,
        sql=sql,
        label_nl=label_nl,
        label_en=label_en,
    )


def row_json(definition: Definition, rendered: Mapping[str, str]) -> list[str]:
    """Return SQL expressions that together give a row as JSON text.

    Each is an object; the caller joins the objects of one row into one.

    Args:
        definition: The connector.
        rendered: How each column is shown, by id.
    """
    pairs = [
        f"'{each.id.replace(chr(39), chr(39) * 2)}', {rendered[each.id]}"
        for each in definition.columns
    ]
    return [
        f"json_object({', '.join(pairs[start : start + _JSON_PAIRS])})"
        for start in range(0, len(pairs), _JSON_PAIRS)
    ]
