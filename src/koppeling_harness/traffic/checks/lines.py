"""Rule about lines of an input that are told as done and were never written."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from koppeling_harness.model.exchange import TriggerRecord
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Severity
from koppeling_harness.rules.meant import is_amount
from koppeling_harness.traffic.checks.call import Call
from koppeling_harness.traffic.checks.rule import Objection, Rule, Scene

_DONE = frozenset({200, 201})
_SHORTEST = 4
"""Characters: a shorter value may stand anywhere by chance."""

Line = Mapping[str, str]
"""The values of one line by their place in it, as they are compared."""


def _left_out(scene: Scene) -> Iterator[Objection]:
    for turn, trigger in enumerate(scene.triggers, start=1):
        calls = [call for call in scene.calls if call.exchange.turn == turn]
        written = [call for call in calls if call.is_write and call.exchange.erp_status in _DONE]
        if trigger.ok is not True or not written or any(call.exchange.fault for call in calls):
            continue
        before = scene.triggers[: turn - 1]
        if any((one.operation, one.input) == (trigger.operation, trigger.input) for one in before):
            continue  # it may know what it has done, also of a time that did not succeed
        sent = _plain("\n".join(call.exchange.request_body or "" for call in written))
        found = _plain("\n".join(_asked(call) for call in calls if call.is_read and call.rows))
        for name, lines in _lists(trigger.input, ""):
            own = [_own_values(line, lines, trigger) for line in lines]
            arrived = [any(value in sent for value in each.values()) for each in own]
            for at, each in enumerate(own):
                if arrived[at] or any(value in found for value in each.values()):
                    continue
                if _goes_the_same_way(each, own, sent) and not _is_added(at, lines, written):
                    yield _objection(trigger, name, at, len(lines), written[-1])


def _asked(call: Call) -> str:
    return "\n".join((*call.parameters.values(), call.exchange.path))


def _lists(value: Any, name: str) -> Iterator[tuple[str, Sequence[Mapping[str, Any]]]]:
    """Yield every list of several lines in an input, with its name; not those inside a line."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _lists(each, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list | tuple) and len(value) > 1:
        lines = [each for each in value if isinstance(each, Mapping)]
        if len(lines) == len(value):
            yield name, lines


def _own_values(
    line: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], trigger: TriggerRecord
) -> Line:
    """Return what tells a line apart: texts that no other line holds."""
    others = _plain(str([each for each in lines if each is not line]))
    whole = _plain(str(trigger.input)).count
    return {
        path: text
        for path, text in _texts(line, "")
        if len(text) >= _SHORTEST and text not in others and whole(text) == 1
    }


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _texts(each, f"{path}.{name}")
    elif isinstance(value, str) and not is_amount(value):
        yield path, _plain(value)


def _plain(text: str) -> str:
    """Return a text without blanks and capitals, as bodies may write it otherwise."""
    return "".join(text.split()).casefold()


def _goes_the_same_way(line: Line, lines: Sequence[Line], sent: str) -> bool:
    """Return whether what tells this line apart was written of another line."""
    return any(
        path in line and value in sent
        for other in lines
        if other is not line
        for path, value in other.items()
    )


def _is_added(at: int, lines: Sequence[Mapping[str, Any]], written: Sequence[Call]) -> bool:
    """Return whether its amount stands in one with that of another line: they were added up."""
    sums = {
        one + other
        for number, line in enumerate(lines)
        if number != at
        for one in _amounts(lines[at])
        for other in _amounts(line)
    }
    everything = {sum(each, Decimal(0)) for each in zip(*map(_amounts, lines), strict=False)}
    sent = {_amount(value) for call in written for _, value in call.sent_fields}
    return not sent.isdisjoint(sums | everything)


def _amounts(value: Any) -> list[Decimal]:
    if isinstance(value, Mapping):
        return [each for member in value.values() for each in _amounts(member)]
    found = _amount(value)
    return [] if found is None else [found]


def _amount(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _objection(trigger: TriggerRecord, name: str, at: int, count: int, call: Call) -> Objection:
    where = f"{name}[{at}]"
    text = Text(
        nl=f"`{trigger.operation}` zei dat het gelukt was; van de {count} regels van de invoer is "
        f"`{where}` nooit geschreven en nergens gevonden, andere wel; verwacht elke regel "
        "geschreven, of `ok: false` met welke niet",
        en=f"`{trigger.operation}` said that it succeeded; of the {count} lines of the input "
        f"`{where}` was never written and found nowhere, others were; expected every line "
        "written, or `ok: false` with which was not",
    )
    return Objection(call=call, text=text, subject=where)


RULES = (
    Rule(
        code="LINE-LEFT-OUT",
        level=Severity.ERROR,
        title=Text(nl="Regel overgeslagen en voor gedaan gehouden", en="A line left out is done"),
        why=Text(
            nl="Wie regels met dezelfde sleutel samenneemt en er een bewaart, verliest de andere "
            "zonder dat iemand het weet.",
            en="Who takes lines with the same key together and keeps one loses the others without "
            "anybody knowing.",
        ),
        fix=Text(
            nl="Houd regels uit elkaar aan wat ze werkelijk onderscheidt, tel op wat samen hoort, "
            "en meld welke regel niet geschreven is.",
            en="Tell lines apart by what really differs, add up what belongs together, and tell "
            "which line was not written.",
        ),
        source="AFAS, docs.afas.help/profit/en/update-connector",
        check=_left_out,
    ),
)
