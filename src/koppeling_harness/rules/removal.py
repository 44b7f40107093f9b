"""Removal of a written element, and the key by which it is called afterwards.

Source: AFAS's API specification (DELETE paths and results), and docs.afas.help/profit/en/
update-connector. AFAS lists the paths and does not promise that each of them works; what a real
environment answers is what counts.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from koppeling_harness.value import dataclass

Keys = dict[str, str]
"""Key fields of one element, by AFAS's names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Where an element is seen again, to find it by a mark in a text of its own.

    Attributes:
        connector: A supplied GetConnector, or an own copy of it.
        column: The column that shows the text.
        keys: By key field, the column that shows it.
    """

    connector: str
    column: str
    keys: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """How elements of one UpdateConnector are taken away.

    Attributes:
        root: Name of the root object.
        keys: Fields that name one element.
        path: Below `/connectors/`, with `{field}` where values come; empty: AFAS deletes none.
        neutral: Fields that make it harmless, for what cannot be deleted.
        trace: How to find it again; None when there is no such way.
    """

    root: str
    keys: tuple[str, ...]
    path: str = ""
    neutral: Mapping[str, Any] | None = None
    trace: Trace | None = None

    def delete_path(self, keys: Keys) -> str:
        """Return the path that deletes one element, below the base URL."""
        filled = self.path.format_map({name: quote(value, safe="") for name, value in keys.items()})
        return f"/connectors/{filled}"


def _plain(
    connector: str,
    *keys: str,
    root: str = "",
    trace: Trace | None = None,
    neutral: Mapping[str, Any] | None = None,
) -> Removal:
    names, values = ",".join(f"@{key}" for key in keys), ",".join(f"{{{key}}}" for key in keys)
    object_ = root or connector
    return Removal(
        root=object_,
        keys=keys,
        path=f"{connector}/{object_}/{names}/{values}",
        trace=trace,
        neutral=neutral,
    )


_BLOCKED = {"Bl": True}

REMOVALS: Mapping[str, Removal] = {
    "PtRealization": _plain(
        "PtRealization",
        "Id",
        trace=Trace(connector="Profit_Realization", column="Description", keys={"Id": "Identity"}),
    ),
    "PtProject": _plain(
        "PtProject",
        "PrId",
        trace=Trace(connector="Profit_Projects", column="Description", keys={"PrId": "ProjectId"}),
    ),
    "KnSubject": _plain(
        "KnSubject",
        "SbId",
        trace=Trace(connector="Profit_Subjects", column="Subject", keys={"SbId": "SubjectId"}),
    ),
    "KnSubjectReaction": _plain("KnSubjectReaction", "Id", root="KnReaction"),
    "FbSales": _plain(
        "FbSales",
        "OrNu",
        trace=Trace(
            connector="Profit_Salesorders",
            column="CustomerReference",
            keys={"OrNu": "OrderNumber"},
        ),
    ),
    "FbSalesQuotation": _plain("FbSalesQuotation", "OrNu"),
    "FbPurch": _plain("FbPurch", "OrNu"),
    "FbSubscription": _plain("FbSubscription", "SuNr"),
    "FbItemArticle": _plain(
        "FbItemArticle",
        "ItCd",
        trace=Trace(connector="Profit_Article", column="Description", keys={"ItCd": "ItemCode"}),
    ),
    "KnCourseMember": _plain("KnCourseMember", "CrId", "CdId"),
    "HrAbsenceID": _plain("HrAbsenceID", "Id", "EmId"),
    "HrIllness": _plain("HrIllness", "EmId"),
    "FiEntries": Removal(
        root="FiEntryPar",
        keys=("UnId", "JoCo", "EnNo"),
        path="FiEntries/FiEntryPar/UnId,JoCo/{UnId},{JoCo}/FiEntries/@EnNo/{EnNo}",
        trace=Trace(
            connector="Profit_Transactions",
            column="Description",
            keys={"UnId": "UnitId", "JoCo": "JournalId", "EnNo": "EntryNo"},
        ),
    ),
    "KnSalesRelationOrg": Removal(
        root="KnSalesRelationOrg",
        keys=("DbId",),
        neutral=_BLOCKED,
        trace=Trace(connector="Profit_Debtor", column="DebtorName", keys={"DbId": "DebtorId"}),
    ),
    "KnSalesRelationPer": Removal(
        root="KnSalesRelationPer",
        keys=("DbId",),
        neutral=_BLOCKED,
        trace=Trace(connector="Profit_Debtor", column="DebtorName", keys={"DbId": "DebtorId"}),
    ),
    "KnOrganisation": Removal(root="KnOrganisation", keys=("BcCo",)),
    "KnPerson": Removal(root="KnPerson", keys=("BcCo",)),
    "KnUser": Removal(root="KnUser", keys=("UsId",)),
    "KnEmployee": Removal(root="AfasEmployee", keys=("EmId",)),
}
"""By UpdateConnector. One that is not here is neither deleted nor looked for, only listed."""

_BY_LOWER = {name.lower(): name for name in REMOVALS}


def removal_of(connector: str) -> Removal | None:
    """Return how elements of a connector are taken away; None when that is not known."""
    name = _BY_LOWER.get(connector.lower())
    return REMOVALS[name] if name else None


def written_keys(connector: str, body: bytes) -> tuple[Keys, ...]:
    """Return for each root element of a body the keys that stand in it, as far as known."""
    removal = removal_of(connector)
    if removal is None:
        return ()
    return tuple(_named(each, removal.keys) for each in _elements(_json(body)))


def answered_keys(connector: str, body: bytes) -> tuple[Keys, ...]:
    """Return for each element the keys that an answer gives, with and without its wrapping."""
    removal = removal_of(connector)
    if removal is None:
        return ()
    return tuple(_named(each, removal.keys) for each in _results(_json(body)))


def _json(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return None


def _elements(document: Any) -> Iterator[Mapping[str, Any]]:
    if not isinstance(document, dict):
        return
    for root in document.values():
        element = root.get("Element") if isinstance(root, dict) else None
        for each in element if isinstance(element, list) else [element]:
            if isinstance(each, dict):
                fields = each.get("Fields")
                yield {**(fields if isinstance(fields, dict) else {}), **each}


def _results(document: Any) -> Iterator[Mapping[str, Any]]:
    if not isinstance(document, dict):
        return
    found = document.get("results", document)
    for each in found if isinstance(found, list) else [found]:
        if isinstance(each, dict):
            inner = [value for value in each.values() if isinstance(value, dict | list)]
            for one in inner or [each]:
                yield from (item for item in (one if isinstance(one, list) else [one]) if item)


def _named(element: Mapping[str, Any], keys: tuple[str, ...]) -> Keys:
    found: Keys = {}
    for key in keys:
        value = element.get(f"@{key}", element.get(key))
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            found[key] = str(value)
    return found
