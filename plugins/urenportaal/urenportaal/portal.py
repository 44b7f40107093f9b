"""The portal's exchange with Profit: employees and projects in, approved hours out."""

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from urenportaal.afas import AT_LEAST, AfasClient, Filter, Settings
from urenportaal.dates import from_profit, read_from, to_profit
from urenportaal.hours import HoursPusher
from urenportaal.store import Store

EMPLOYEES, EMPLOYEE_COLUMNS = "Urenportaal_Medewerkers", 6
PROJECTS, PROJECT_COLUMNS = "Urenportaal_Projecten", 8


class Portal:
    """One customer's portal.

    Args:
        settings: The customer's Profit environment.
        folder: Where the portal keeps its file.
    """

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._afas = AfasClient(settings)
        self._store = Store(folder)

    def close(self) -> None:
        self._afas.close()
        self._store.close()

    def alone(self) -> contextlib.AbstractContextManager[None]:
        """Let one run be at work at a time: an hour is not booked by two of them."""
        return self._store.alone()

    def sync_employees(self) -> dict[str, Any]:
        """Read all employees: there are few, and the connector has no date of change."""
        rows = self._afas.rows(EMPLOYEES, columns=EMPLOYEE_COLUMNS, order_by=["EmployeeId"])
        read = changed = 0
        with self._store.together():
            for row in rows:
                read += 1
                changed += self._store.put("employee", row["EmployeeId"], row)
        return {"read": read, "changed": changed, "known": self._store.count("employee")}

    def sync_projects(self, *, full: bool = False) -> dict[str, Any]:
        """Read the projects that changed since the last time; all of them when asked to.

        What breaks off halfway leaves the mark where it was, and is read again.
        """
        known = None if full else self._store.mark(PROJECTS)
        filters = []
        if known is not None:
            since = to_profit(read_from(from_profit(known)))
            filters = [Filter(field="ModifiedDate", operator=AT_LEAST, value=since)]
        rows = self._afas.rows(
            PROJECTS,
            columns=PROJECT_COLUMNS,
            order_by=["ProjectId"],
            filters=filters,
        )
        read = changed = 0
        mark = known or ""
        with self._store.together():
            for row in rows:
                read += 1
                changed += self._store.put("project", row["ProjectId"], row)
                mark = max(mark, row.get("ModifiedDate") or "")
            if mark:
                self._store.set_mark(PROJECTS, mark)
        return {"read": read, "changed": changed, "known": self._store.count("project")}

    def push_hours(self, entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Book approved hours; each entry once, however often it is pushed."""
        return HoursPusher(self._afas, self._store).push(entries)

    @staticmethod
    def told(output: Mapping[str, Any]) -> str | None:
        """Return what the administrator is told of a push; None when all is booked."""
        if not output["refused"]:
            return None
        return "\n".join(f"{each['ref']}: {each['message']}" for each in output["refused"])
