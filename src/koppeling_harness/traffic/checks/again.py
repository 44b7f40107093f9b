"""Whether what a read asked was read after all: by the same read, or by others that cover it."""

from collections.abc import Iterable, Mapping, Sequence

from koppeling_harness.traffic.capture import is_truncated
from koppeling_harness.traffic.checks.call import Call

_EQUAL = "1"
_FROM = frozenset({"2", "4"})
_UNTIL = frozenset({"3", "5"})
_ENDLESS = float("inf")

Condition = tuple[str, str, str]


def got_rows(call: Call) -> bool:
    """Return whether a read was answered whole, with rows or without, as AFAS answers one."""
    if call.exchange.status != 200 or not call.was_answered:
        return False
    return is_truncated(call.exchange.response_body) or call.rows is not None


def has_failed(call: Call) -> bool:
    """Return whether a read gave nothing: lost, cut off, refused, or answered without rows."""
    status = call.exchange.status
    if status is None or status >= 400 or not call.was_answered:
        return True
    return status == 200 and not got_rows(call)


def read_again(failed: Call, calls: Iterable[Call]) -> Call | None:
    """Return the call with which all was read that a read asked; None when it never was.

    Args:
        failed: A read that gave nothing.
        calls: What counts, in order; of these only reads of the same connector that gave rows.
            What was under way already when it failed counts: pages may be asked side by side.
    """
    good = [
        each
        for each in calls
        if each is not failed
        and each.is_read
        and each.connector == failed.connector
        and each.ended_s >= failed.exchange.started_s
        and got_rows(each)
    ]
    start, end = _span(failed)
    same = [each for each in good if _asks_all_of(_conditions(each), _conditions(failed))]
    last = _covering(same, start, end)
    if last is not None:
        return last
    pieces = _pieces(_conditions(failed))
    found = [
        _covering([each for each in good if one in _conditions(each) and _is_keys(each)], 0, 1)
        for one in pieces
    ]
    if not pieces or None in found:
        return None
    return max((each for each in found if each is not None), key=lambda each: each.exchange.number)


def follows_full(call: Call, calls: Sequence[Call]) -> bool:
    """Return whether a read asks what comes after a page that was full: there can be more."""
    ends = {(name, value) for name, value, operator in _conditions(call) if operator in _FROM}
    return any(
        each.exchange.number < call.exchange.number
        and each.connector == call.connector
        and got_rows(each)
        and _is_full(each)
        and (
            (each.filter_key == call.filter_key and 0 < each.skip + each.take == call.skip)
            or not ends.isdisjoint(_last_of(each))
        )
        for each in calls
    )


def _is_full(call: Call) -> bool:
    return call.rows is None or 0 < call.take <= len(call.rows)


def reads_on(failed: Call, calls: Sequence[Call]) -> bool:
    """Return whether a later read goes on from the rows before a page that failed.

    Who sorts by a field and asks from the last value of it that came misses nothing, whatever it
    asks beside that.

    Args:
        failed: A later page that gave nothing.
        calls: What counts, in order.
    """
    if not failed.sort_fields or failed.sorts_down:
        return False
    field = failed.sort_fields[0].lower()
    came = [
        value
        for each in calls
        if each.connector == failed.connector
        and got_rows(each)
        and each.exchange.number < failed.exchange.number
        and each.filter_key == failed.filter_key
        and each.skip < failed.skip
        for value in [_value(each.last_row, field)]
        if value
    ]
    came += _ends(failed, calls)
    return any(
        bool(came) and name == field and operator in _FROM and _ordered(bound, max(came))
        for each in calls
        if each.connector == failed.connector
        and each.exchange.turn > failed.exchange.turn
        and got_rows(each)
        for name, bound, operator in _conditions(each)
    )


def _ends(call: Call, calls: Sequence[Call]) -> list[str]:
    """Return from which values that were the last of a page a read goes on by its key."""
    asked = {(name, value) for name, value, operator in _conditions(call) if operator in _FROM}
    return [
        value
        for each in calls
        if each.connector == call.connector
        and each.exchange.number < call.exchange.number
        and got_rows(each)
        for name, value in _last_of(each)
        if (name, value) in asked
    ]


def _last_of(call: Call) -> list[tuple[str, str]]:
    """Return what the last row of a page shows, as it can be compared."""
    return [(name.lower(), _plain(shown)) for name, shown in call.last_row.items()]


def _value(row: Mapping[str, object], field: str) -> str:
    return next((_plain(value) for name, value in row.items() if name.lower() == field), "")


def _plain(value: object) -> str:
    return "" if value is None else str(value).strip().rstrip("Z").casefold()


def _conditions(call: Call) -> tuple[Condition, ...]:
    """Return what a read filters on, as it can be compared."""
    return tuple(
        (field.lower(), value.strip().rstrip("Z").casefold(), operator)
        for field, value, operator in call.filters
    )


def _asks_all_of(wider: Sequence[Condition], asked: Sequence[Condition]) -> bool:
    """Return whether conditions let through all that others let through."""
    if not wider:
        return True
    if _pieces(asked) and set(asked) <= set(wider) and _are_keys(wider):
        return True  # the same keys, and others beside them
    fields = [(field, operator) for field, _, operator in asked]
    if len(wider) != len(asked) and len(set(fields)) != len(fields):
        return False  # several values of one field: with fewer of them less is asked
    return all(any(_lets_through(each, one) for one in asked) for each in wider)


def _lets_through(wider: Condition, asked: Condition) -> bool:
    if wider == asked:
        return True
    (field, bound, operator), (other, value, another) = wider, asked
    if field != other or operator != another:
        return False
    if operator in _FROM:
        return _ordered(bound, value)
    return operator in _UNTIL and _ordered(value, bound)


def _ordered(low: str, high: str) -> bool:
    try:
        return float(low) <= float(high)
    except ValueError:
        return low <= high


def _pieces(conditions: Sequence[Condition]) -> tuple[Condition, ...]:
    """Return the keys that a read asks, one condition each; none when it asks anything else."""
    return tuple(conditions) if _are_keys(conditions) else ()


def _are_keys(conditions: Sequence[Condition]) -> bool:
    return len({field for field, _, _ in conditions}) == 1 and all(
        operator == _EQUAL for _, _, operator in conditions
    )


def _is_keys(call: Call) -> bool:
    return _are_keys(_conditions(call))


def _span(call: Call) -> tuple[float, float]:
    """Return from which row up to which one a read asks; endless when it asks all."""
    start = max(call.skip, 0)
    return start, _ENDLESS if call.skip < 0 or call.take < 0 else start + call.take


def _reach(call: Call) -> tuple[float, float]:
    """Return what a read covers: all that is left when fewer rows came than it asked."""
    start, end = _span(call)
    if call.rows is not None and len(call.rows) < end - start:
        return start, _ENDLESS
    return start, end


def _covering(good: Sequence[Call], start: float, end: float) -> Call | None:
    """Return the call with which all rows between two places had come; None without."""
    for count, last in enumerate(good, start=1):
        if _is_whole(sorted(map(_reach, good[:count])), start, end):
            return last
    return None


def _is_whole(spans: Sequence[tuple[float, float]], start: float, end: float) -> bool:
    reached = start
    for low, high in spans:
        if low > reached:
            break
        reached = max(reached, high)
    return bool(spans) and reached >= end
