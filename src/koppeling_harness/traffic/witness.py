"""What was seen of the traffic of one scenario that may count as proof, as pure functions."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from koppeling_harness.model.exchange import Exchange, Recording, Sender, TriggerRecord
from koppeling_harness.model.fault import CallFilter, CallKind
from koppeling_harness.model.manifest import GetConnectorUse
from koppeling_harness.model.proof import NO_MODIFIED_FIELD, ProofState, Witness
from koppeling_harness.model.shape import Text
from koppeling_harness.traffic.capture import is_truncated
from koppeling_harness.traffic.checks.again import read_again
from koppeling_harness.traffic.checks.arrived import arrivals
from koppeling_harness.traffic.checks.call import Call
from koppeling_harness.traffic.checks.changes import (
    Shown,
    changes_from,
    is_to_come,
    reads_all_again,
)
from koppeling_harness.traffic.known_values import Known
from koppeling_harness.value import dataclass

_DONE = frozenset({200, 201})
_EQUAL = "1"
_SEARCHING = frozenset({"6", "10", "13", "15"})
_AFTER = frozenset({"2", "4"})

_MODIFIED = re.compile(r"(?i)modified|gewijzigd|changed")

_NOT_AGAIN = Text(
    nl="de tweede keer niet opnieuw gelezen, toen er niets gewijzigd was",
    en="not read again the second time, when nothing had changed",
)
_NO_CHANGES = Text(
    nl="de tweede keer werd niet gevraagd naar wat gewijzigd is na de eerste keer",
    en="the second time did not ask for what was modified since the first",
)
_NOT_STRUCK = Text(
    nl="niet geraakt door de storing",
    en="not struck by the fault",
)
_FIRST_HITS = Text(
    nl="vroeg de eerste van een zoekopdracht, geen hele verzameling",
    en="asked the first of a search, not a whole set",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen of one connector.

    Attributes:
        connector: As it was called; empty for other endpoints.
        state: `PROVEN`, `NOT_PROVEN` or `NOT_APPLICABLE`.
        exchange: The number of the exchange that shows it.
        why: Why it is not proven, or not applicable.
    """

    connector: str
    state: ProofState
    exchange: int | None = None
    why: Text | None = None


def seen(
    witness: Witness,
    exchanges: Sequence[Exchange],
    *,
    kind: CallKind = CallKind.CALLS,
    struck: CallFilter | None = None,
    uses: Sequence[GetConnectorUse] = (),
    triggers: Sequence[TriggerRecord] = (),
) -> tuple[Seen, ...]:
    """Return what was seen, one line for each connector that was called.

    Args:
        witness: What is looked for; of `REFUSAL` and `ARRIVED` nothing
            is said: they are no matter of traffic alone.
        exchanges: Of one scenario, in the order in which they arrived.
        kind: Which calls it is about: reads, writes, or all that need a token.
        struck: Which calls the fault of the scenario was for; None when it has none.
        uses: The GetConnectors that the manifest declares.
        triggers: What the integration was told to do: what it is given it may look up.
    """
    calls = [each for each in map(Call, filter(_counts, exchanges)) if _is_of(each, kind)]
    if witness is Witness.FAULT and kind is CallKind.CALLS:  # one that asks for a token as well
        calls = [Call(each) for each in exchanges if _counts(each)]
    if witness is Witness.PAGE:
        return tuple(_pages(calls, Known([*map(Call, filter(_counts, exchanges))], triggers)))
    if witness in {Witness.REFUSAL, Witness.ARRIVED}:
        return ()
    if witness is Witness.REPEAT:
        return _not_again(tuple(_repeats(calls, {each.id.lower(): each for each in uses})))
    looked_for = _LOOKED_FOR[witness]
    found = tuple(_of_each(calls, looked_for(calls, struck or CallFilter())))
    return tuple(_told_unstruck(found, calls)) if witness is Witness.AFTER_FAULT else found


def wrote(exchanges: Iterable[Exchange]) -> bool:
    """Return whether ERP1 carried a write of the integration out, whatever came of its answer."""
    return any(
        Call(each).is_write and each.erp_status in _DONE for each in exchanges if _counts(each)
    )


def arrived(recording: Recording, why: Text) -> Seen:
    """Return what was seen of values that went from the input into a body, as they were.

    Args:
        recording: Of one scenario, with what the integration was told to do.
        why: What it means that none could be followed.
    """
    calls = [Call(each) for each in recording.exchanges if _counts(each)]
    for each in arrivals(calls, recording.triggers):
        if each.is_there:
            call = each.found[0][0]
            return Seen(
                connector=call.exchange.connector or "",
                state=ProofState.PROVEN,
                exchange=call.exchange.number,
            )
    return Seen(connector="", state=ProofState.NOT_APPLICABLE, why=why)


def _is_of(call: Call, kind: CallKind) -> bool:
    return CallFilter(kind=kind).matches(call.exchange.method, call.exchange.path)


def _counts(each: Exchange) -> bool:
    return each.sender is Sender.INTEGRATION and each.refused is None


_Test = Callable[[Call], bool]


def _of_each(calls: Sequence[Call], test: _Test) -> Iterator[Seen]:
    """Yield a line for each connector: the first call that shows it, or that none does."""
    found: dict[str, Seen] = {}
    for call in calls:
        name = call.connector or ""
        known = found.get(name)
        if known is not None and known.state is ProofState.PROVEN:
            continue
        if test(call):
            found[name] = Seen(
                connector=call.exchange.connector or "",
                state=ProofState.PROVEN,
                exchange=call.exchange.number,
            )
        elif known is None and call.connector:
            found[name] = Seen(connector=call.exchange.connector or "", state=ProofState.NOT_PROVEN)
    yield from found.values()


def _answered(_calls: Sequence[Call], _struck: CallFilter) -> _Test:
    return lambda call: call.exchange.status is not None


def _with_rows(calls: Sequence[Call], _struck: CallFilter) -> _Test:
    faulted = any(call.exchange.fault for call in calls)
    return lambda call: (
        call.is_read and bool(call.first_row) and (not faulted or call.exchange.fault is not None)
    )


def _written(_calls: Sequence[Call], _struck: CallFilter) -> _Test:
    return lambda call: call.is_write and call.exchange.erp_status in _DONE


def _repeats(calls: Sequence[Call], uses: Mapping[str, GetConnectorUse]) -> Iterator[Seen]:
    """Yield a line for each connector that was read."""
    by_connector: dict[str, list[Call]] = {}
    for call in calls:
        if call.is_read:
            by_connector.setdefault(call.connector or "", []).append(call)
    for name, reads in by_connector.items():
        yield _repeat(reads, uses.get(name))


def _repeat(reads: Sequence[Call], use: GetConnectorUse | None) -> Seen:
    """Return what the later reads of one connector say of reading changes only."""
    name = reads[0].exchange.connector or ""
    turn = reads[0].exchange.turn
    first = [each for each in reads if each.exchange.turn == turn]
    later = [each for each in reads if each.exchange.turn > turn and each.exchange.status == 200]
    if not later:
        return Seen(connector=name, state=ProofState.NOT_PROVEN)
    number = later[0].exchange.number
    if use is not None and use.modified_field is not None:
        shown = Shown(use.modified_field, first)
        whole = all(each.came_whole for each in first)
        asking = next((one for one in later if _asks_changes(one, use.modified_field, shown)), None)
        if asking is None and whole:  # seen, and a rule objects to it
            asking = next(
                (one for one in later if _reads_all(one, use.modified_field, shown)), None
            )
        if asking is not None:
            number = asking.exchange.number
            return Seen(connector=name, state=ProofState.PROVEN, exchange=number)
        if not all(map(_looks_up, (*first, *later))):
            return Seen(connector=name, state=ProofState.NOT_PROVEN, why=_NO_CHANGES)
    why = None
    if all(map(_looks_up, (*first, *later))):
        why = _look_up(reads)
    elif use is not None and _could_ask_changes(use, first) and not _filters_on_dates(later):
        why = NO_MODIFIED_FIELD
    state = ProofState.NOT_APPLICABLE if why else ProofState.PROVEN
    return Seen(connector=name, state=state, exchange=number, why=why)


def _could_ask_changes(use: GetConnectorUse, reads: Sequence[Call]) -> bool:
    """Return whether a field holds a modified date, as far as its name tells."""
    shown = (name for call in reads for name in call.first_row)
    return any(_MODIFIED.search(name) for name in (*use.fields, *shown))


def _filters_on_dates(reads: Sequence[Call]) -> bool:
    """Return whether a read asks for changes all the same, by a field that nobody declared so."""
    return any(
        _MODIFIED.search(name) and kind in _AFTER
        for each in reads
        for name, _, kind in each.filters
    )


def _asks_changes(call: Call, field: str, shown: Shown) -> bool:
    """Return whether a read asks what was modified since about the newest that was shown."""
    asked = changes_from(call, field)
    if asked is None:  # of a moment in a form of its own a rule judges
        return any(shown.is_field(name) and kind in _AFTER for name, _, kind in call.filters)
    return not reads_all_again(asked, shown) and not is_to_come(asked, call, shown)


def _reads_all(call: Call, field: str, shown: Shown) -> bool:
    """Return whether a read fetches everything again."""
    asked = changes_from(call, field)
    return not call.filters if asked is None else reads_all_again(asked, shown)


def _not_again(found: tuple[Seen, ...]) -> tuple[Seen, ...]:
    """Return what was not read again while others were as not applicable: nothing too much."""
    if not any(each.state is ProofState.PROVEN for each in found):
        return found
    return tuple(
        replace(each, state=ProofState.NOT_APPLICABLE, why=_NOT_AGAIN)
        if each.state is ProofState.NOT_PROVEN and each.why is None
        else each
        for each in found
    )


def _told_unstruck(found: Sequence[Seen], calls: Sequence[Call]) -> Iterator[Seen]:
    """Yield the lines, with why of a connector that the fault did not strike nothing is known."""
    fell = {call.connector or "" for call in calls if call.exchange.fault is not None}
    for each in found:
        unstruck = each.state is ProofState.NOT_PROVEN and each.connector.lower() not in fell
        yield replace(each, why=_NOT_STRUCK) if fell and unstruck else each


def _faulted(_calls: Sequence[Call], _struck: CallFilter) -> _Test:
    return lambda call: call.exchange.fault is not None


def _after_fault(calls: Sequence[Call], struck: CallFilter) -> _Test:
    fell = [call for call in calls if call.exchange.fault is not None]
    again = [each for each in (_again(one, calls, struck) for one in fell) if each is not None]
    return lambda call: any(call is each for each in again)


def _again(fallen: Call, calls: Sequence[Call], struck: CallFilter) -> Call | None:
    """Return the call with which a call that a fault struck was answered after all."""
    after = [
        call
        for call in calls
        if call.exchange.fault is None
        and call.exchange.started_s >= fallen.ended_s
        and call.exchange.status in _DONE
        and struck.matches(call.exchange.method, call.exchange.path)
    ]
    if fallen.is_read:
        return read_again(fallen, after)
    return next((call for call in after if _address(call) == _address(fallen)), None)


def _address(call: Call) -> str:
    """Return what a call is about: a connector that it writes to, or else its path."""
    return (call.connector if call.is_write else None) or call.exchange.path.lower().rstrip("/")


_LOOKED_FOR: Mapping[Witness, Callable[[Sequence[Call], CallFilter], _Test]] = {
    Witness.CALL: _answered,
    Witness.ROWS: _with_rows,
    Witness.WRITE: _written,
    Witness.FAULT: _faulted,
    Witness.AFTER_FAULT: _after_fault,
}


def _pages(calls: Sequence[Call], known: Known) -> Iterator[Seen]:
    by_connector: dict[str, list[Call]] = {}
    for call in calls:
        if call.is_read:
            by_connector.setdefault(call.connector or "", []).append(call)
    for reads in by_connector.values():
        yield _page(reads, known)


def _page(reads: Sequence[Call], known: Known) -> Seen:
    """Return what the reads of one connector say of its paging."""
    name = reads[0].exchange.connector or ""
    for call in reads:
        if _is_next_page(call, reads):
            number = call.exchange.number
            return Seen(connector=name, state=ProofState.PROVEN, exchange=number)
    answered = [each for each in reads if each.exchange.status == 200]
    for why, holds in ((_look_up(answered), _finds_few), (_FIRST_HITS, _asks_the_first)):
        if answered and all(holds(each) for each in answered):
            strange = next((each for each in answered if _is_strange(each, known)), None)
            if holds is _finds_few and strange is not None:
                return Seen(connector=name, state=ProofState.NOT_PROVEN, why=_filtered(strange))
            number = answered[0].exchange.number
            return Seen(connector=name, state=ProofState.NOT_APPLICABLE, exchange=number, why=why)
    return Seen(connector=name, state=ProofState.NOT_PROVEN, why=_never_full(answered))


def _is_next_page(call: Call, reads: Sequence[Call]) -> bool:
    """Return whether a read goes on where another one, with rows in it, ended."""
    before = [
        each
        for each in reads
        if each is not call and each.take > 0 and (each.first_row or is_truncated(_body(each)))
    ]
    if call.skip > 0:
        return any(
            each.filter_key == call.filter_key and each.skip + each.take == call.skip
            for each in before
        )
    after = {
        (name.lower(), value.rstrip("Z")) for name, value, kind in call.filters if kind in _AFTER
    }
    return any(
        (field.lower(), str(value).rstrip("Z")) in after
        for each in before
        if each.exchange.number < call.exchange.number and _is_full(each)
        for field, value in each.last_row.items()
    )


def _is_full(call: Call) -> bool:
    return call.rows is not None and len(call.rows) >= call.take


def _body(call: Call) -> str | None:
    return call.exchange.response_body


def _finds_few(call: Call) -> bool:
    """Return whether rows were looked up, of which fewer came than were asked for."""
    equal = any(kind == _EQUAL for _, _, kind in call.filters)
    return (equal and call.rows is not None and not _is_full(call)) or call.asks_keys


def _looks_up(call: Call) -> bool:
    equal = any(kind == _EQUAL for _, _, kind in call.filters)
    return (equal and call.rows is not None and len(call.rows) <= 1) or call.asks_keys


def _look_up(reads: Sequence[Call]) -> Text:
    """Return by which fields rows were looked up: whoever reads it knows whether they are keys."""
    fields = {name for each in reads for name, _, kind in each.filters if kind == _EQUAL}
    named = ", ".join(sorted(fields))
    return Text(
        nl=f"opgezocht met gelijkheid op {named}, en er kwamen minder rijen dan gevraagd",
        en=f"looked up by equality on {named}, and fewer rows came than were asked for",
    )


def _is_strange(call: Call, known: Known) -> bool:
    """Return whether a read asks for a value of no record, and no single one came.

    A key may stand in the program too: of it one row comes, however many there are.
    """
    return not known.has(call) and call.rows is not None and len(call.rows) != 1


def _filtered(call: Call) -> Text:
    """Return why a filter by equality excuses nothing: its value is not one of a record."""
    named = ", ".join(sorted({name for name, _, kind in call.filters if kind == _EQUAL}))
    return Text(
        nl=f"filterde met gelijkheid op {named}, op een waarde die zij niet kreeg, las of schreef: "
        "daarvan kunnen er meer zijn dan op een pagina passen",
        en=f"filtered by equality on {named}, for a value that it was not given and never read or "
        "wrote: of such rows there may be more than fit on a page",
    )


def _asks_the_first(call: Call) -> bool:
    searching = any(kind in _SEARCHING for _, _, kind in call.filters)
    return call.asks_take and (call.take == 1 or searching or _looks_up(call))


def _never_full(reads: Sequence[Call]) -> Text:
    full = next((each for each in reads if each.rows is not None), None)
    if full is None or full.rows is None:
        return Text(nl="nooit een pagina gekregen", en="never got a page")
    return Text(
        nl=f"vroeg geen tweede pagina; er kwamen {len(full.rows)} van de {full.take} rijen",
        en=f"asked no second page; {len(full.rows)} of {full.take} rows came",
    )
