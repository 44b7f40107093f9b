"""GetConnectors that a customer or a partner defined: copies, joins, own names, AFAS's exports.

A field is found in the supplied GetConnector that the definition starts from. An export of AFAS
names fields by the tables that they really are in: ERP1's columns are called as AFAS's fields are,
so that field is looked for among them, and where the export gives it the name that the supplied
GetConnector has for it, by that name.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from koppeling_harness.emulator.definition import (
    DATA_TYPES,
    REPLACED,
    Column,
    Definition,
    supplied,
)
from koppeling_harness.emulator.published import PublishedField, published
from koppeling_harness.emulator.specification import Field
from koppeling_harness.errors import ConfigurationError
from koppeling_harness.model.connector import (
    ConnectorField,
    CustomField,
    JoinedTable,
    OwnGetConnector,
)
from koppeling_harness.model.view import ViewField

_CUSTOM_FIELD = re.compile(r"^[Uu][0-9A-Fa-f]{32}$")
_WRAPPED = re.compile(r"coalesce\((.*), ?(?:'[^']*'|-?[0-9]+)\)|CAST\((.*) AS [A-Z]+\)")
"""A column that shows something else for nothing, or is shown as another type."""
_COLUMN = re.compile(r"""([a-z])\.("?)(\w+)\2|json_extract\(([a-z])\.data, '\$\.(\w+)'\)""")
"""A column of a table, as `r.PrId` or `p."In"`, or what is kept of a row besides."""
_LETTERS = {name: letter for letter, name in DATA_TYPES.items() if letter != "t"} | {"blob": "s"}


def define(own: OwnGetConnector, *, gets: Mapping[str, Definition] | None = None) -> Definition:
    """Return the definition of an own GetConnector.

    A field that its source does not have shows `(replaced)`, as in Profit; so does one that is said
    to be gone there, by `field: (replaced)`.

    Args:
        own: What it selects.
        gets: GetConnectors that it may start from, by lower-case id; the supplied ones when None.

    Raises:
        ConfigurationError: A source is unknown, or a join or filter cannot be made.
    """
    known = supplied() if gets is None else gets
    base = _source(own, own.copy_of or own.id, known)
    columns = {each.id.lower(): each for each in (*base.columns, *base.more)}
    custom = {each.id.lower(): each for each in own.custom_fields}
    joins = [_join(own, each, columns, known) for each in own.joins]
    gone = [each for each in own.renamed if each.field == REPLACED]
    named = [ConnectorField(id=each, field=each) for each in own.fields] + list(own.renamed)
    chosen = [
        replace(columns.get(each.field.lower()) or _missing(base, each.field, custom), id=each.id)
        for each in named
    ]
    chosen += [
        replace(_viewed(base, each, own, custom), id=each.name)
        for each in (own.view.fields if own.view else ())
        if each.name
    ]
    filters = []
    for each in own.fixed_filters:
        column = columns.get(each.field.lower()) or _custom(base, each.field, custom)
        if column is None:
            raise _problem(own, f"fixed filter: field {each.field!r} does not exist")
        filters.append((column, each))
    return Definition(
        id=own.id,
        description=own.description or own.id,
        source=" ".join([base.source, *joins]),
        where=base.where,
        columns=tuple(chosen) or base.columns,
        order=base.order,
        fixed_filters=tuple(filters),
        blocked=own.blocked is not None,
        copy_of=base.id,
        lost=tuple(
            each.id
            for each in chosen
            if each.label_nl == REPLACED and each.id not in {one.id for one in gone}
        ),
    )


def without_data(own: OwnGetConnector) -> Definition:
    """Return an own GetConnector of which ERP1 knows the members, and has no rows."""
    return published(
        own.id,
        own.description or own.id,
        [PublishedField(id=each, type="s") for each in own.names],
    )


def by_object(fields: Iterable[CustomField]) -> dict[str, list[Field]]:
    """Return custom fields by the object that has them, as UpdateConnectors take them."""
    found: dict[str, list[Field]] = {}
    for each in fields:
        made = Field(id=each.id, type=each.type, length=each.length, label=each.label)
        found.setdefault(each.object, []).append(made)
    return found


def _join(
    own: OwnGetConnector,
    join: JoinedTable,
    columns: dict[str, Column],
    known: Mapping[str, Definition],
) -> str:
    """Return the SQL of a join, and add the columns that it brings as `alias.Field`."""
    joined = _source(own, join.source, known)
    alias = f'"own_{join.alias}"'
    has = (*joined.columns, *joined.more)
    inner = {each.id.lower(): replace(each, sql=f'{alias}."{each.id}"') for each in has}
    pairs = []
    for theirs, ours in join.on.items():
        left, right = inner.get(theirs.lower()), columns.get(ours.lower())
        if left is None or right is None:
            missing = theirs if left is None else ours
            raise _problem(own, f"join {join.alias}: field {missing!r} does not exist")
        pairs.append(f"{left.sql} = {right.sql}")
    columns |= {f"{join.alias}.{name}".lower(): each for name, each in inner.items()}
    return f"LEFT JOIN ({_plain_select(joined)}) AS {alias} ON {' AND '.join(pairs)}"


def _source(own: OwnGetConnector, name: str, known: Mapping[str, Definition]) -> Definition:
    found = known.get(name.lower())
    if found is None:
        raise _problem(own, f"its source {name!r} is no GetConnector of ERP1")
    return found


def _problem(own: OwnGetConnector, message: str) -> ConfigurationError:
    hint = "copy_of names the supplied GetConnector that it is a copy of"
    return ConfigurationError(f"GetConnector {own.id}: {message}", hint=hint)


def _plain_select(definition: Definition) -> str:
    shown = (*definition.columns, *definition.more)
    columns = ", ".join(f'{each.sql} AS "{each.id}"' for each in shown)
    where = f" WHERE {definition.where}" if definition.where else ""
    return f"SELECT {columns} FROM {definition.source}{where}"  # noqa: S608 - our own names


def _viewed(
    base: Definition, field: ViewField, own: OwnGetConnector, custom: Mapping[str, CustomField]
) -> Column:
    """Return the column that a field of an export is, else what a vanished field shows."""
    found = _custom(base, field.field, custom)
    if found is not None:
        return found
    main = own.view.main_table.lower() if own.view else ""
    of_main = "." not in field.path and main.endswith(field.path.lower())
    same: dict[str, Column] = {}
    for each in (*base.columns, *base.more):
        alias, name = _column_of(each.sql)
        if name.lower() == field.field.lower():
            if (alias == base.alias) == of_main:
                return each
            same.setdefault(each.sql, each)
    if len(same) == 1:
        return next(iter(same.values()))
    by_name = {each.id.lower(): each for each in (*base.columns, *base.more)}
    return by_name.get(field.name.lower()) or _replaced(field.name)


def _column_of(sql: str) -> tuple[str, str]:
    """Return alias and field of the column that an expression shows; empty for anything else."""
    while wrapped := _WRAPPED.fullmatch(sql):
        sql = wrapped[1] or wrapped[2]
    found = _COLUMN.fullmatch(sql)
    return (found[1] or found[4], found[3] or found[5]) if found else ("", "")


def _missing(base: Definition, name: str, custom: Mapping[str, CustomField]) -> Column:
    """Return a custom field of the first table, else what a vanished field shows."""
    return _custom(base, name, custom) or _replaced(name)


def _custom(base: Definition, name: str, custom: Mapping[str, CustomField]) -> Column | None:
    if not base.alias or not _CUSTOM_FIELD.match(name):
        return None
    known = custom.get(name.lower())
    return Column(
        id=name,
        type=_LETTERS[known.type.value] if known else "s",
        length=known.length if known else 0,
        sql=f"json_extract({base.alias}.data, '$.{name.upper()}')",
        label_nl=known.label if known else name,
        label_en=known.label if known else name,
    )


def _replaced(name: str) -> Column:
    return Column(
        id=name, type="s", length=0, sql=f"'{REPLACED}'", label_nl=REPLACED, label_en=REPLACED
    )
