"""Effects of each fault: attempts, waits, total time, what came of it."""

from collections.abc import Mapping, Sequence

from koppeling_harness.model.exchange import Exchange
from koppeling_harness.model.fault import Fault
from koppeling_harness.model.run import FaultRecord
from koppeling_harness.traffic.fault_plan import FaultPlan, asks_for_a_nonce

_WRITING = frozenset({"POST", "PUT", "DELETE"})


def fault_effects(
    faults: Sequence[Fault], fired: Sequence[int], exchanges: Sequence[Exchange]
) -> tuple[FaultRecord, ...]:
    """Return for each fault of a scenario what the integration did about it.

    Args:
        faults: In the order of the scenario.
        fired: Of each how often it was carried out.
        exchanges: What the integration sent, in order.
    """
    if not faults:
        return ()
    hit: list[list[Exchange]] = [[] for _ in faults]
    plan = FaultPlan(faults)
    for each in exchanges:
        names = (each.fault or "").split("+")
        for place, fault in plan.next(each.method, each.path, each.turn):
            if fault.fault.value in names:
                hit[place].append(each)
        sent_back = (name.lower() for name, _ in each.response_headers)
        if each.fault is None and asks_for_a_nonce(each.status, sent_back):
            plan.uncount(each.method, each.path, each.turn)
    return tuple(
        _effect(fault, count, disturbed, exchanges)
        for fault, count, disturbed in zip(faults, fired, hit, strict=True)
    )


def retried(exchanges: Sequence[Exchange]) -> Mapping[int, int]:
    """Return for each repetition of a request the number of the exchange that it repeats.

    The same method, path, query and body, after the one before it had ended, without the
    integration having been triggered in between.
    """
    last: dict[object, Exchange] = {}
    found: dict[int, int] = {}
    for each in exchanges:
        before = last.get(_identity(each))
        if before is not None and each.started_s >= before.started_s + before.duration_s:
            found[each.number] = before.number
        last[_identity(each)] = each
    return found


def _effect(
    fault: Fault, fired: int, disturbed: Sequence[Exchange], exchanges: Sequence[Exchange]
) -> FaultRecord:
    meant = {_identity(each) for each in disturbed}
    first = disturbed[0].number if disturbed else 0
    attempts = [each for each in exchanges if each.number >= first and _identity(each) in meant]
    again = retried(attempts)
    by_number = {each.number: each for each in attempts}
    waits = [
        by_number[number].started_s - by_number[before].started_s - by_number[before].duration_s
        for number, before in again.items()
    ]
    began_s = attempts[0].started_s if attempts else 0.0
    ended_s = max((each.started_s + each.duration_s for each in attempts), default=0.0)
    return FaultRecord(
        fault=fault.fault.value,
        calls=fault.calls,
        of=_meant_calls(fault),
        place=fault.place,
        fired=fired,
        attempts=len(attempts),
        waits_s=tuple(round(wait_s, 3) for wait_s in waits),
        duration_s=round(ended_s - began_s, 3),
        last_status=attempts[-1].status if attempts else None,
        written=sum(
            each.method in _WRITING and each.erp_status is not None and each.erp_status < 300
            for each in attempts
        ),
    )


def _identity(each: Exchange) -> tuple[object, ...]:
    body = each.request_body or str(each.request_size)
    return (each.turn, each.method, each.path, each.query, body)


def _meant_calls(fault: Fault) -> str:
    of = fault.of
    kind = of.kind.value if of.kind else ""
    return " ".join(part for part in (of.method, of.connector or of.path, kind) if part)
