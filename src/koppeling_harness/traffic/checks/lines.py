"""Rules about lines of an input that are told as done and were never written.

That a line was left out may have a reason that nobody here knows. When the same line is written as
soon as the others stand in another order, there is none.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from koppeling_harness.model.exchange import TriggerRecord
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Severity
from koppeling_harness.rules.meant import is_amount
from koppeling_harness.traffic.checks.call import Call
from koppeling_harness.traffic.checks.rule import Objection, Rule, Scene
from koppeling_harness.value import dataclass

_DONE = frozenset({200, 201})
_WORDS = re.compile(r"([^A-Za-z0-9])")
_LETTER = re.compile(r"[a-z]")
_KEY_LENGTH = 6
"""Characters that a key has at least which a scenario makes anew each time."""
_SHORTEST = 4
"""Characters: a shorter value may stand anywhere by chance."""

Line = Mapping[str, str]
"""The values of one line by their place in it, as they are compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A line of an input that was written nowhere, in a turn that was told as a success.

    Attributes:
        turn: In which it was given.
        name: Of the list that it stands in.
        at: Its place there.
        lines: All of that list.
        last: The last write of the turn.
    """

    turn: int
    name: str
    at: int
    lines: Sequence[Mapping[str, Any]]
    last: Call


def _left_out(scene: Scene) -> Iterator[Objection]:
    """Object to lines of which nothing shows that they would be written at another time."""
    for each in _missing(scene):
        if _elsewhere(each, scene) is None:
            yield _objection(scene.triggers[each.turn - 1], each)


def _lost(scene: Scene) -> Iterator[Objection]:
    """Object to lines that were written where the others stood in another order."""
    for each in _missing(scene):
        written = _elsewhere(each, scene)
        if written is not None:
            yield _objection(scene.triggers[each.turn - 1], each, written)


def _missing(scene: Scene) -> Iterator[Missing]:
    for turn, trigger in enumerate(scene.triggers, start=1):
        calls = [call for call in scene.calls if call.exchange.turn == turn]
        written = _written(scene, turn)
        if trigger.ok is not True or not written or any(call.exchange.fault for call in calls):
            continue
        before = scene.triggers[: turn - 1]
        if any((one.operation, one.input) == (trigger.operation, trigger.input) for one in before):
            continue  # it may know what it has done, also of a time that did not succeed
        sent = bodies_of(written)
        found = _plain("\n".join(_asked(call) for call in calls if call.is_read and call.rows))
        said = scene.said[turn - 1] if len(scene.said) >= turn else ""
        for name, lines in _lists(trigger.input, ""):
            own = [own_values(line, lines, trigger) for line in lines]
            arrived = [any(value in sent for value in each.values()) for each in own]
            there = [line for line, is_there in zip(own, arrived, strict=True) if is_there]
            for at, each in enumerate(own):
                if arrived[at] or any(value in found for value in each.values()):
                    continue
                if not _goes_the_same_way(each, there) or _is_added(at, lines, written):
                    continue
                if not _is_told_apart(each, there, said):
                    yield Missing(turn=turn, name=name, at=at, lines=lines, last=written[-1])


def _written(scene: Scene, turn: int) -> list[Call]:
    return [
        call
        for call in scene.writes
        if call.exchange.turn == turn and call.exchange.erp_status in _DONE
    ]


def bodies_of(written: Sequence[Call]) -> str:
    """Return what writes say, as `own_values` are compared with it."""
    return _plain("\n".join(call.exchange.request_body or "" for call in written))


def _elsewhere(each: Missing, scene: Scene) -> Call | None:
    """Return the write of the same line in a turn in which the lines stood the other way round.

    Of a record that is changed, or found by what it matches, the last line may rightly be the only
    one: that shows nothing.
    """
    told = scene.triggers[each.turn - 1]
    ours = own_values(each.lines[each.at], each.lines, told)
    for turn, trigger in enumerate(scene.triggers, start=1):
        if turn == each.turn or trigger.operation != told.operation or trigger.ok is not True:
            continue
        lines = dict(_lists(trigger.input, "")).get(each.name, ())
        if not _is_reversed(lines, each.lines):
            continue
        line = lines[len(lines) - 1 - each.at]
        theirs = own_values(line, lines, trigger)
        for call in _written(scene, turn):
            body = bodies_of([call])
            if ours.keys() & theirs.keys() and any(one in body for one in theirs.values()):
                return call if call.makes_a_record else None
    return None


def _is_reversed(lines: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether lines are others the other way round, but for keys that are new each time."""
    return len(lines) == len(others) and all(
        _is_anew(one, other) for one, other in zip(lines, reversed(others), strict=True)
    )


def _is_anew(one: Any, other: Any) -> bool:
    """Return whether a line is another one given again, with keys of its own."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_is_anew(one[each], other[each]) for each in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_is_anew, one, other))
    if isinstance(one, str) and isinstance(other, str):
        words, others = _WORDS.split(one), _WORDS.split(other)
        return len(words) == len(others) and all(map(_is_word_anew, words, others))
    return bool(one == other)


def _is_word_anew(one: str, other: str) -> bool:
    is_key = len(one) >= _KEY_LENGTH and _LETTER.search(one) and _LETTER.search(other)
    return one == other or (bool(is_key) and len(one) == len(other))


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


def own_values(
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


def _goes_the_same_way(line: Line, written: Sequence[Line]) -> bool:
    """Return whether what tells this line apart is what other lines were written with."""
    return any(path in line for other in written for path in other)


def _is_told_apart(line: Line, written: Sequence[Line], said: str) -> bool:
    """Return whether the answer says something else of a line than of those that were written."""
    try:
        answer = json.loads(said.partition("\n")[0])
    except ValueError:
        return False
    of_it = set(_told_of(line, answer, ""))
    of_others = {each for other in written for each in _told_of(other, answer, "")}
    return bool(of_it) and of_it.isdisjoint(of_others)


def _told_of(line: Line, answer: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield where in an answer a value of a line stands, and what stands beside it."""
    if isinstance(answer, Mapping):
        beside = sorted(
            f"{name}={value}"
            for name, value in answer.items()
            if isinstance(value, str | bool) and not _names(line, value)
        )
        for name, value in answer.items():
            if isinstance(value, str) and _names(line, value):
                yield f"{path}.{name}", " ".join(beside)
            else:
                yield from _told_of(line, value, f"{path}.{name}")
    elif isinstance(answer, list):
        for each in answer:
            yield from _told_of(line, each, path)
    elif isinstance(answer, str) and _names(line, answer):
        yield path, ""


def _names(line: Line, value: Any) -> bool:
    return any(each in _plain(str(value)) for each in line.values())


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


def _objection(trigger: TriggerRecord, each: Missing, written: Call | None = None) -> Objection:
    where, count = f"{each.name}[{each.at}]", len(each.lines)
    nl = en = ""
    if written is not None:
        number = written.exchange.number
        nl = f", en met de regels andersom werd zij wel geschreven (aanroep {number})"
        en = f", and with the lines the other way round it was written (exchange {number})"
    text = Text(
        nl=f"`{trigger.operation}` zei dat het gelukt was; van de {count} regels van de invoer is "
        f"`{where}` nooit geschreven en nergens gevonden, andere wel{nl}; verwacht elke regel "
        "geschreven, of `ok: false` met welke niet",
        en=f"`{trigger.operation}` said that it succeeded; of the {count} lines of the input "
        f"`{where}` was never written and found nowhere, others were{en}; expected every line "
        "written, or `ok: false` with which was not",
    )
    return Objection(call=each.last, text=text, subject=where)


_WHY = Text(
    nl="Wie regels met dezelfde sleutel samenneemt en er een bewaart, verliest de andere "
    "zonder dat iemand het weet.",
    en="Who takes lines with the same key together and keeps one loses the others without "
    "anybody knowing.",
)
_FIX = Text(
    nl="Houd regels uit elkaar aan wat ze werkelijk onderscheidt, tel op wat samen hoort, "
    "en meld welke regel niet geschreven is.",
    en="Tell lines apart by what really differs, add up what belongs together, and tell "
    "which line was not written.",
)
_SOURCE = "AFAS, docs.afas.help/profit/en/update-connector"

RULES = (
    Rule(
        code="LINE-LOST",
        level=Severity.ERROR,
        title=Text(
            nl="Regel die om haar plaats niet geschreven wordt",
            en="A line that is not written for where it stands",
        ),
        why=_WHY,
        fix=_FIX,
        source=_SOURCE,
        check=_lost,
    ),
    Rule(
        code="LINE-LEFT-OUT",
        level=Severity.WARNING,
        inferred=True,
        title=Text(nl="Regel die nergens terugkomt", en="A line that is seen nowhere"),
        why=_WHY,
        fix=Text(
            nl="Heeft het een reden, zeg in het antwoord welke regel niet geschreven is. Zo niet: "
            + _FIX.nl[0].lower()
            + _FIX.nl[1:],
            en="If there is a reason, say in the answer which line was not written. If not: "
            + _FIX.en[0].lower()
            + _FIX.en[1:],
        ),
        source=_SOURCE,
        check=_left_out,
    ),
)
