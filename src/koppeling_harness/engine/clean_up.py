"""Take away from a shared environment what a run wrote there, the last first."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Protocol

from koppeling_harness.erp.call import ErpCall, get_call, update_call
from koppeling_harness.erp.client import ErpClient
from koppeling_harness.errors import ErpUnavailableError
from koppeling_harness.model.journal import Fate, Written
from koppeling_harness.model.scenario import FilterTerm, GetStep, UpdateStep
from koppeling_harness.rules.removal import Keys, Removal, Trace, removal_of
from koppeling_harness.value import dataclass

_CONTAINS = 6
_DONE = frozenset({200, 201, 204})
_GONE = frozenset({404})
_NO_ACCESS = frozenset({401, 403, 503})


class FateLog(Protocol):
    """Is told what became of a write."""

    def fate(self, number: int, fate: Fate, note: str = "") -> None:
        """Note it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What became of one write.

    Attributes:
        written: The write.
        fate: What became of it; None when that is not sure yet.
        note: For a person: what was left, and why.
    """

    written: Written
    fate: Fate | None
    note: str


@dataclasses.dataclass(slots=True, kw_only=True)
class Undoing:
    """Takes away what is in a journal.

    Attributes:
        client: Speaks to the environment.
        log: Is told what became of each write; None when nothing is to be done but looking.
        copies: By supplied GetConnector, the integrations' own copies of it.
        readable: GetConnectors that the token may use, in lower case; None when that is unknown.
    """

    client: ErpClient
    log: FateLog | None
    copies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    readable: frozenset[str] | None = None

    async def undo(self, written: Sequence[Written], *, is_final: bool) -> list[Undone]:
        """Take everything away, the last first.

        Args:
            written: What nothing was done about yet.
            is_final: Whether what cannot be found will not come any more. Else a write that was
                never answered stays open: AFAS may still be carrying it out.
        """
        done = []
        for each in reversed(written):
            try:
                fate, note = await self._one(each, is_final=is_final)
            except ErpUnavailableError as error:
                fate, note = None, error.message
            if fate is not None and self.log is not None:
                self.log.fate(each.line.number, fate, note)
            done.append(Undone(written=each, fate=fate, note=note))
        return done

    async def seen(self, written: Written) -> list[Keys]:
        """Return the keys of what a write made, as far as it can be found; for showing it."""
        removal = removal_of(written.line.connector)
        keys = [each for each in written.element_keys() if each]
        if removal is None or (keys and all(set(each) >= set(removal.keys) for each in keys)):
            return keys
        return await self._traced(written, removal.trace) if removal.trace else []

    async def _one(self, written: Written, *, is_final: bool) -> tuple[Fate | None, str]:
        connector = written.line.connector
        removal = removal_of(connector)
        if removal is None:
            return Fate.LEFT, f"{connector}: there is no known way to delete it"
        complete = [each for each in written.element_keys() if set(each) >= set(removal.keys)]
        is_sure = written.answer is not None
        if not is_sure and removal.trace and written.line.marks:
            is_sure = True
            complete = await self._traced(written, removal.trace)
        elif written.answer is None and not complete:
            note = f"{connector}: its answer never came, and no mark tells it from others"
            return Fate.LEFT, note
        if not complete:
            if written.answer is not None:
                return Fate.LEFT, f"{connector}: the answer named no key"
            return (Fate.GONE, "") if is_final else (None, f"{connector}: not found yet")
        fates = [
            await self._take_away(connector, removal, keys, written, is_sure=is_sure)
            for keys in complete
        ]
        return max(fates, key=lambda each: _ORDER.index(each[0]))

    async def _traced(self, written: Written, trace: Trace) -> list[Keys]:
        connector = self._reading(trace.connector)
        if connector is None:
            message = f"the token may not read {trace.connector}, nor a copy of it"
            raise ErpUnavailableError(message)
        found: list[Keys] = []
        for mark in written.line.marks:
            term = FilterTerm(field=trace.column, operator=_CONTAINS, value=mark)
            answer = await self.client.send(get_call(GetStep(get=connector, filter=((term,),))))
            rows = answer.body.get("rows") if isinstance(answer.body, dict) else None
            if answer.status != 200 or not isinstance(rows, list):
                message = f"{connector}: answered {answer.status} when asked for {mark}"
                raise ErpUnavailableError(message)
            for row in rows:
                keys = {
                    key: str(row[column]) for key, column in trace.keys.items() if column in row
                }
                if len(keys) == len(trace.keys) and keys not in found:
                    found.append(keys)
        return found

    async def _is_gone(self, removal: Removal, keys: Keys) -> bool:
        """Return whether it is sure that an element is not there."""
        connector = self._reading(removal.trace.connector) if removal.trace else None
        if removal.trace is None or connector is None:
            return False
        where = {column: keys[key] for key, column in removal.trace.keys.items()}
        answer = await self.client.send(get_call(GetStep(get=connector, where=where)))
        rows = answer.body.get("rows") if isinstance(answer.body, dict) else None
        return answer.status == 200 and rows == []

    def _reading(self, supplied: str) -> str | None:
        names = (supplied, *self.copies.get(supplied, ()))
        return next(
            (each for each in names if self.readable is None or each.lower() in self.readable), None
        )

    async def _take_away(
        self, connector: str, removal: Removal, keys: Keys, written: Written, *, is_sure: bool
    ) -> tuple[Fate, str]:
        named = ", ".join(f"{name} {value}" for name, value in keys.items())
        if removal.path:
            answer = await self.client.send(
                ErpCall(method="DELETE", path=removal.delete_path(keys))
            )
            if answer.status in _DONE:
                return Fate.DELETED, ""
            if answer.status in _GONE or (answer.status == 500 and not is_sure):
                return Fate.GONE, ""
            if await self._is_gone(removal, keys):
                return Fate.GONE, ""  # an earlier attempt took it away, and broke off after that
            if answer.status in _NO_ACCESS:
                message = f"DELETE {connector} {named}: answered {answer.status}"
                raise ErpUnavailableError(message)
            return Fate.LEFT, f"{connector} {named}: AFAS answered {answer.status} to its deletion"
        if removal.neutral is not None and written.line.marks:
            step = UpdateStep(update=connector, keys=dict(keys), fields=dict(removal.neutral))
            answer = await self.client.send(update_call(step))
            if answer.status in _DONE:
                return Fate.NEUTRALISED, f"{connector} {named}: blocked, AFAS deletes none"
        return Fate.LEFT, f"{connector} {named}: AFAS has no way to delete it"


_ORDER = (Fate.DELETED, Fate.GONE, Fate.NEUTRALISED, Fate.LEFT)
