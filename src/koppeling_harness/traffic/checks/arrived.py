"""Rule about what arrives: what once stood in a body as in the input has to do so again."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from koppeling_harness.model.exchange import Exchange, Sender, TriggerRecord
from koppeling_harness.model.shape import Text
from koppeling_harness.model.snapshot import MetainfoField, MetainfoObject, UpdateMetainfo
from koppeling_harness.model.verdict import Severity
from koppeling_harness.rules.meant import Path, day_of, free_values, is_amount
from koppeling_harness.traffic.checks.call import Call
from koppeling_harness.traffic.checks.lines import bodies_of, own_values
from koppeling_harness.traffic.checks.rule import Objection, Rule, Scene
from koppeling_harness.value import dataclass

_DONE = frozenset({200, 201})
_SHOWN = 70
_MOST_ADDED = 10
"""Amounts: all sums of so many are seen at once."""
_MOST_OF_IT, _HALF_OF_IT = 0.8, 0.5
"""Of the room of a field: how much a text that is cut off fills, and how much of it is as meant."""
Field = tuple[str, str]
"""A connector and a field of it, in lower case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One value of an input that went the same way as it did before.

    Attributes:
        path: Where it stands in the input.
        field: Where it arrived before.
        meant: What it is now.
        found: What that field holds now, of each call.
        before: The call in which it arrived before.
        turn: In which it was given.
        beside: The other amounts of the input under the same name; none where it is no amount.
    """

    path: Path
    field: Field
    meant: str
    found: tuple[tuple[Call, str], ...]
    before: Call
    turn: int
    beside: tuple[Decimal, ...] = ()

    @property
    def is_there(self) -> bool:
        """Whether it arrived as it was meant."""
        return any(_is_same(self.meant, value) for _, value in self.found)

    @property
    def is_added(self) -> bool:
        """Whether it arrived in one with others of the same name, which were added up."""
        sums = {Decimal(self.meant)} if is_amount(self.meant) else set()
        for each in self.beside[:_MOST_ADDED]:
            sums |= {one + each for one in sums}
        return not sums.isdisjoint({_number(value) for _, value in self.found})


def arrivals(calls: Sequence[Call], triggers: Sequence[TriggerRecord]) -> Iterator[Arrival]:
    """Yield what was given otherwise than before, and can be followed into a body.

    Args:
        calls: Those of the integration.
        triggers: What it was told to do, the first of them turn 1; what it did not call a success
            says nothing.
    """
    known: dict[tuple[str, Path], tuple[str, Field, Call]] = {}
    for turn, trigger in enumerate(triggers, start=1):
        if trigger.ok is not True:
            continue
        sent = _sent([call for call in calls if call.exchange.turn == turn])
        for path, value in free_values(trigger.input):
            name = (trigger.operation, path)
            if name in known:
                old, field, before = known[name]
                if old != value and field in sent:
                    yield Arrival(
                        path=path,
                        field=field,
                        meant=value,
                        found=tuple(sent[field]),
                        before=before,
                        turn=turn,
                        beside=_beside(path, trigger.input) if is_amount(value) else (),
                    )
            elif (found := _where(value, sent)) is not None:
                known[name] = (value, *found)


def _beside(path: Path, given: Any) -> tuple[Decimal, ...]:
    """Return the other amounts of an input that have the same name."""
    return tuple(
        Decimal(value)
        for other, value in free_values(given)
        if other != path and other[-1] == path[-1] and is_amount(value)
    )


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _sent(calls: Sequence[Call]) -> dict[Field, list[tuple[Call, str]]]:
    """Return every value that ERP1 took, by its field."""
    found: dict[Field, list[tuple[Call, str]]] = {}
    for call in calls:
        if call.is_write and call.exchange.erp_status in _DONE:
            for name, value in (*call.sent_fields, *call.sent_keys):
                field = (call.connector or "", name.lower())
                found.setdefault(field, []).append((call, _plain(value)))
    return found


def _where(value: str, sent: Mapping[Field, list[tuple[Call, str]]]) -> tuple[Field, Call] | None:
    for field, values in sent.items():
        for call, each in values:
            if _is_same(value, each):
                return field, call
    return None


def _plain(value: Any) -> str:
    return "" if value is None or isinstance(value, bool | dict | list) else str(value)


def _is_same(meant: str, found: str) -> bool:
    if is_amount(meant):
        return Decimal(meant) == _number(found)
    if day := day_of(meant):
        return day_of(found) == day
    return _text(meant) in _text(found)


def _text(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


def _otherwise(scene: Scene) -> Iterator[Objection]:
    for each in arrivals(scene.calls, scene.triggers):
        if each.is_there or each.is_added or not each.found or _is_left_out(each, scene):
            continue
        call, found = min(each.found, key=lambda one: _likeness(one[1], each.meant))
        if _is_cut_to_fit(each, found, scene.definitions):
            continue
        where = ".".join(map(str, each.path))
        connector = call.exchange.connector or ""
        field = next(
            (
                name
                for name, _ in (*call.sent_fields, *call.sent_keys)
                if name.lower() == each.field[1]
            ),
            each.field[1],
        )
        number = each.before.exchange.number
        text = Text(
            nl=f"{connector}.{field} is {_shown(found)}; in de invoer staat {_shown(each.meant)} "
            f"({where}), en met een andere waarde kwam die daar in zijn geheel aan (aanroep "
            f"{number}); verwacht dezelfde waarde, of `ok: false` met een tekst voor de gebruiker",
            en=f"{connector}.{field} is {_shown(found)}; the input says {_shown(each.meant)} "
            f"({where}), and with another value it arrived there whole (exchange {number}); "
            "expected the same value, or `ok: false` with a text for the user",
        )
        yield Objection(call=call, text=text, subject=f"{connector}.{field}")


def rooms(
    exchanges: Sequence[Exchange],
    triggers: Sequence[TriggerRecord],
    definitions: Mapping[str, UpdateMetainfo],
) -> dict[Path, int]:
    """Return how long each free text of the first input may be, to just fit where it arrived.

    What the integration itself puts beside it in that field takes room as well.
    """
    calls = [Call(each) for each in exchanges if each.sender is Sender.INTEGRATION]
    sent = _sent([call for call in calls if call.exchange.turn == 1])
    found: dict[Path, int] = {}
    for path, value in free_values(triggers[0].input) if triggers else ():
        arrived = None if is_amount(value) or day_of(value) else _where(value, sent)
        if arrived is None:
            continue
        field, _ = arrived
        whole = next(each for _, each in sent[field] if _is_same(value, each))
        room = _room(field, definitions)
        if room > 0:
            found[path] = room - (len(whole) - len(value))
    return found


def _room(field: Field, known: Mapping[str, UpdateMetainfo]) -> int:
    """Return how many characters a field has room for; 0 where that is not known."""
    found = field_of(field, known)
    return found.length if found is not None else 0


def field_of(field: Field, known: Mapping[str, UpdateMetainfo]) -> MetainfoField | None:
    """Return what metainfo says of a field; None where it is not known."""
    definition = known.get(field[0])
    if definition is None:
        return None
    *inside, name = field[1].split(".")
    fields, objects = definition.fields, definition.objects
    for part in inside:
        below: MetainfoObject | None = next(
            (one for one in objects if one.name.lower() == part), None
        )
        if below is None:
            return None
        fields, objects = below.fields, below.objects
    return next((one for one in fields if one.field_id.lower() == name), None)


def _is_left_out(each: Arrival, scene: Scene) -> bool:
    """Return whether nothing is written of the line of the input that a value stands in.

    That is another question, and a line may have a reason for it.
    """
    trigger = scene.triggers[each.turn - 1]
    written = [call for call in scene.writes if call.exchange.turn == each.turn]
    value, sent = trigger.input, bodies_of(written)
    for part in each.path:
        if isinstance(part, int) and len(value) > 1 and isinstance(value[part], Mapping):
            own = own_values(value[part], value, trigger)
            return bool(own) and not any(one in sent for one in own.values())
        value = value[part]
    return False


def _likeness(found: str, meant: str) -> int:
    """Return how little two texts have in common: the less, the earlier they differ."""
    common = 0
    for one, other in zip(found, meant, strict=False):
        if one != other:
            break
        common += 1
    return -common


def _is_cut_to_fit(each: Arrival, found: str, known: Mapping[str, UpdateMetainfo]) -> bool:
    """Return whether a text is as long as its field has room for.

    One that is longer than that may end before, at a word, or to leave room for a reference.
    """
    room = _room(each.field, known)
    if room <= 0:
        return False
    if len(each.meant) <= room:
        return each.meant.startswith(found) and room <= len(found)
    as_meant = -_likeness(found, each.meant)
    return len(found) >= room * _MOST_OF_IT and as_meant >= room * _HALF_OF_IT


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN else f"{text[:20]}…{text[-45:]}")


RULES = (
    Rule(
        code="ARRIVES-OTHERWISE",
        level=Severity.ERROR,
        title=Text(
            nl="Een waarde komt anders aan dan bedoeld", en="A value arrives otherwise than meant"
        ),
        why=Text(
            nl="Letters met accenten, een afgekapte tekst, een cent verschil, de dag ervoor: wie "
            "het in Profit leest, ziet niet dat er iets anders bedoeld was.",
            en="Accented letters, a text cut off, a cent, the day before: who reads it in Profit "
            "does not see that something else was meant.",
        ),
        fix=Text(
            nl="Stuur UTF-8, reken bedragen in decimalen, neem de dag in Amsterdam, en weiger met "
            "een tekst voor de gebruiker wat niet past.",
            en="Send UTF-8, count amounts in decimals, take the day in Amsterdam, and refuse with "
            "a text for the user what does not fit.",
        ),
        source="AFAS, docs.afas.help/profit/en/update-connector (UTF-8, decimals, dates), "
        "docs.afas.help/profit/en/get-connector (Dutch time)",
        check=_otherwise,
    ),
)
