"""Authorisation by filters: the rows that the user behind a token may see.

In Profit the authorisation of a user may filter a data collection; every GetConnector on it then
leaves out rows, without a word (AFAS names such GetConnectors AUT-16 in its auditor). Here the
filters are data of the app connector, since a token stands for one app connector and one user.

Source: AFAS, docs.afas.help/profit/en/authentication and app-connector-auditor-partner; for the
collections without authorisation their names in docs.afas.help/apidoc.
"""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from koppeling_harness.emulator.definition import Column, supplied
from koppeling_harness.errors import ConfigurationError
from koppeling_harness.model.connector import FixedFilter, RowFilter

WITHOUT = frozenset({"profit_orgper", "profit_subjectfile", "profitsubjects"})
"""Supplied GetConnectors that AFAS calls "without authorisation": no filter reaches them."""

Conditions: TypeAlias = tuple[tuple[Column, FixedFilter], ...]


def row_filters(filters: Iterable[RowFilter]) -> Mapping[str, Conditions]:
    """Return what rows must meet, by the lower-case id of the supplied GetConnector.

    Raises:
        ConfigurationError: A filter names a connector or field that does not exist, or a connector
            that knows no authorisation.
    """
    found: dict[str, Conditions] = {}
    for each in filters:
        id_ = each.connector.lower()
        definition = supplied().get(id_)
        if definition is None:
            raise _problem(each, "is not a supplied GetConnector of the emulator")
        if id_ in WITHOUT:
            raise _problem(each, "is without authorisation in Profit: no filter reaches its rows")
        known = {column.id.lower(): column for column in (*definition.columns, *definition.more)}
        column = known.get(each.field.lower())
        if column is None:
            raise _problem(each, f"has no field {each.field!r}")
        condition = FixedFilter(field=column.id, operator=each.operator, value=each.value)
        found[id_] = (*found.get(id_, ()), (column, condition))
    return found


def _problem(row_filter: RowFilter, message: str) -> ConfigurationError:
    return ConfigurationError(
        f"app_connector.row_filters: {row_filter.connector} {message}",
        hint="A filter holds for a supplied GetConnector and for every copy of it.",
    )
