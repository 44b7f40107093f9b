"""View behind a GetConnector, by AFAS's own export of it, as values.

ERP1 finds by it whose data a field shows, and AFAS's auditor judges by it. Of the SQL only what is
counted in it is kept; nothing of who made the definition is.
"""

from koppeling_harness.model.shape import STRICT, NonEmpty
from koppeling_harness.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewField:
    """One field of the definition, shown in rows or not."""

    __pydantic_config__ = STRICT

    id: NonEmpty
    """AFAS's id of it inside the definition, such as `U001`."""
    name: str = ""
    """The member of the rows; empty for a field that is not shown."""
    table: str
    """Where the field really is: system and table, such as `HrEmp`."""
    field: str
    """The field of that table, such as `EmId`."""
    path: str
    """An alias, then a step for each reference: `RCo.HrSco`."""
    aggregate: int = 0
    """0 for none."""
    is_fixed: bool = False
    """Whether Profit put it there, as it does for filters by authorisation."""
    function: str = ""
    """The SQL function that it goes through; empty for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewAlias:
    """A table that the base view offers, used or not."""

    __pydantic_config__ = STRICT

    alias: NonEmpty
    """Aliases compare without case."""
    table: str
    """System and table, such as `HrEmp`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The view behind an exported GetConnector."""

    __pydantic_config__ = STRICT

    main_table: str
    """System and table, such as `PtPrj`."""
    base_view: str
    """The view of AFAS that it is built on, such as `B_Prj01`."""
    is_grouped: bool = False
    """Whether rows are aggregated."""
    is_distinct: bool = False
    """Whether equal rows are one row."""
    has_filter: bool = False
    """Whether the definition holds a filter of its own; what it looks like is not known."""
    tables: tuple[str, ...] = ()
    """The tables that the SQL reads, in their order; one that is joined again is there again."""
    selects: int = 1
    """How often the SQL says SELECT."""
    fields: tuple[ViewField, ...]
    """Those that are shown in the order of the rows, then the others."""
    aliases: tuple[ViewAlias, ...] = ()
