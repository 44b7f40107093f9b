"""What can be asked: who somebody is, and what a project number stands for."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

SHOWN = 10
"""Hits on a screen."""
SHORTEST = 3
"""Fewer letters find everybody."""
EQUALS, CONTAINS = "1", "6"


class QuestionError(ValueError):
    """Why a question cannot be asked, in words for who asked it."""


class Profit(Protocol):
    """Answers questions."""

    def rows(self, connector: str, query: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        """Return the rows that a GetConnector answers."""
        ...


def find_contact(profit: Profit, text: str, page: int = 1) -> dict[str, Any]:
    """Return one screen of the people and organisations whose name holds a text.

    Raises:
        QuestionError: The text is too short to be asked for.
    """
    wanted = text.strip()
    if len(wanted) < SHORTEST:
        message = f"Typ ten minste {SHORTEST} letters van de naam."
        raise QuestionError(message)
    rows = profit.rows(
        "Opzoekhulp_Relaties",
        {
            **_filter("Name", wanted, CONTAINS),
            "skip": (page - 1) * SHOWN,
            "take": SHOWN + 1,  # one more tells whether there is another screen
            "orderbyfieldids": "BcCo",
        },
    )
    return {"found": [_contact(each) for each in rows[:SHOWN]], "more": len(rows) > SHOWN}


def open_project(profit: Profit, number: str) -> dict[str, Any]:
    """Return the project with a number; `project` is None when there is none.

    Raises:
        QuestionError: No number was given.
    """
    wanted = number.strip()
    if not wanted:
        message = "Typ het nummer van het project."
        raise QuestionError(message)
    query = {**_filter("ProjectId", wanted, EQUALS), "take": 1, "orderbyfieldids": "ProjectId"}
    rows = profit.rows("Opzoekhulp_Projecten", query)
    if not rows:
        return {"project": None}
    row = rows[0]
    project = {"number": row["ProjectId"], "name": row["Description"], "ready": row["CheckedOut"]}
    return {"project": project}


def _filter(field: str, value: str, operator: str) -> dict[str, str]:
    """Return a filter on one field; a comma or a semicolon in the value would make it two."""
    if "," in value or ";" in value:
        term = {"@FieldId": field, "@OperatorType": operator, "#text": value}
        return {"filterjson": json.dumps({"Filters": {"Filter": [{"Field": [term]}]}})}
    return {"filterfieldids": field, "filtervalues": value, "operatortypes": operator}


def _contact(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"number": row["BcCo"], "name": row["Name"], "phone": row["TelWork"]}
