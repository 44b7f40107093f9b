"""Fault plan: the calls that each fault hits, and how often it did."""

from collections.abc import Iterable, Sequence

from koppeling_harness.model.fault import Fault


class FaultPlan:
    """The faults of one scenario, with a count of the calls that each could hit.

    A call is hit by every line of the plan that means it.

    Attributes:
        fired: For each fault, how often it was carried out.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        self._faults = tuple(faults)
        self._matched = [0] * len(self._faults)
        self.fired = [0] * len(self._faults)

    def next(self, method: str, path: str, turn: int = 1) -> tuple[tuple[int, Fault], ...]:
        """Count a call; return the faults that it is to be hit by, each with its place in the plan.

        Args:
            method: Upper case.
            path: Below the environment's base URL.
            turn: How often the integration had been triggered when it was sent.
        """
        hits: list[tuple[int, Fault]] = []
        for at, fault in enumerate(self._faults):
            if _is_meant(fault, method, path, turn):
                self._matched[at] += 1
                if _is_in(self._matched[at], fault.calls):
                    hits.append((at, fault))
        return tuple(hits)

    def uncount(self, method: str, path: str, turn: int = 1) -> None:
        """Take back the count of a call that was only asked to come again with a nonce (DPoP)."""
        for at, fault in enumerate(self._faults):
            self._matched[at] -= _is_meant(fault, method, path, turn)


def asks_for_a_nonce(status: int | None, headers: Iterable[str]) -> bool:
    """Return whether an answer asks a client to make its proof again, with the nonce it brings.

    Source: RFC 9449, sections 8 and 9.

    Args:
        status: Of the answer.
        headers: Names of its headers, in lower case.
    """
    return status in {400, 401} and "dpop-nonce" in headers


def _is_meant(fault: Fault, method: str, path: str, turn: int) -> bool:
    return fault.during in {None, turn} and fault.of.matches(method, path)


def _is_in(number: int, calls: str) -> bool:
    first, dash, last = calls.partition("-")
    if not dash:
        return number == int(first)
    return int(first) <= number and (not last or number <= int(last))
