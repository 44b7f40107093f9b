"""Book hours in Profit, each entry once."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Self

from urenportaal.afas import (
    AT_LEAST,
    BELOW,
    EQUALS,
    AfasClient,
    AnswerLostError,
    Filter,
    RefusedError,
)
from urenportaal.dates import working_day
from urenportaal.store import BOOKED, REFUSED, SENDING, Store

log = logging.getLogger(__name__)

HOURS, BOOKINGS, BOOKING_COLUMNS = "PtRealization", "Urenportaal_Nacalculatie", 8
LONGEST_DESCRIPTION = 255
LONGEST_REF = 40
WORK = "1"
"""Profit's item type for `Werksoort`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Hours of one employee on one project on one day."""

    ref: str
    employee: str
    project: str
    item: str
    day: date
    hours: Decimal
    description: str

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> Self:
        """Read an entry of the portal.

        Raises:
            RefusedError: It cannot be booked as it is.
        """
        ref = str(plain.get("ref", ""))
        try:
            entry = cls(
                ref=ref,
                employee=str(plain["employee"]),
                project=str(plain["project"]),
                item=str(plain["item"]),
                day=working_day(plain["date"]),
                hours=Decimal(str(plain["hours"])),
                description=str(plain.get("description", "")),
            )
        except (KeyError, ValueError, InvalidOperation) as error:
            message = f"de urenregel is onvolledig of onjuist: {error}"
            raise RefusedError(message) from None
        if not 0 < len(ref) <= LONGEST_REF:
            message = f"het kenmerk is 1 tot {LONGEST_REF} tekens lang."
            raise RefusedError(message)
        if len(entry.description) > LONGEST_DESCRIPTION:
            message = f"de omschrijving is langer dan de {LONGEST_DESCRIPTION} tekens van AFAS."
            raise RefusedError(message)
        return entry

    def fields(self) -> dict[str, str]:
        return {
            "XpRe": self.ref,
            "DaTi": self.day.isoformat(),
            "VaIt": WORK,
            "ItCd": self.item,
            "EmId": self.employee,
            "PrId": self.project,
            "Qu": f"{self.hours:f}",
            "Ds": self.description,
        }


class HoursPusher:
    """Books entries, and remembers in the store what became of each."""

    def __init__(self, afas: AfasClient, store: Store) -> None:
        self._afas = afas
        self._store = store

    def push(self, entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Book what was not booked before; one that is refused does not hold up the others."""
        booked: list[dict[str, str]] = []
        skipped: list[str] = []
        refused: list[dict[str, str]] = []
        for plain in entries:
            ref = str(plain.get("ref", ""))
            if self._store.state(ref) == BOOKED:
                skipped.append(ref)
                continue
            try:
                booked.append({"ref": ref, "id": self._book(Entry.read(plain))})
            except RefusedError as error:
                self._store.set_state(
                    ref, REFUSED, message=error.message, log_reference=error.log_reference
                )
                refused.append({"ref": ref, "message": error.for_user()})
        return {"booked": booked, "skipped": skipped, "refused": refused}

    def _book(self, entry: Entry) -> str:
        """Book one entry and return its id in Profit.

        An entry in state `sending` was sent by a push that did not live to see the answer.
        """
        identity = self._found(entry) if self._store.state(entry.ref) == SENDING else None
        if identity is None:
            identity = self._send(entry)
        self._store.set_state(entry.ref, BOOKED, identity=identity)
        return identity

    def _send(self, entry: Entry) -> str:
        self._store.set_state(entry.ref, SENDING)
        try:
            return str(self._afas.insert(HOURS, entry.fields()).get("Id", ""))
        except AnswerLostError:
            log.warning("%s: antwoord verloren, kijkt of de uren er staan", entry.ref)
        identity = self._found(entry)
        if identity is not None:
            return identity
        return str(self._afas.insert(HOURS, entry.fields()).get("Id", ""))

    def _found(self, entry: Entry) -> str | None:
        """Return the id of a booking like this entry that is not one of those already known."""
        known = self._store.identities()
        rows = self._afas.rows(
            BOOKINGS,
            columns=BOOKING_COLUMNS,
            order_by=["Identity"],
            filters=[
                Filter(field="EmployeeId", operator=EQUALS, value=entry.employee),
                Filter(field="ProjectId", operator=EQUALS, value=entry.project),
                Filter(field="ItemCodeId", operator=EQUALS, value=entry.item),
                Filter(field="DateTime", operator=AT_LEAST, value=f"{entry.day}T00:00:00"),
                Filter(
                    field="DateTime",
                    operator=BELOW,
                    value=f"{entry.day + timedelta(days=1)}T00:00:00",
                ),
            ],
        )
        for row in rows:
            same = (
                Decimal(str(row["QuantityUnit"])) == entry.hours
                and (row.get("Description") or "") == entry.description
                and str(row["Identity"]) not in known
            )
            if same:
                return str(row["Identity"])
        return None
