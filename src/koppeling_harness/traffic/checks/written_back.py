"""Rule about fields that are sent back as they were read: what changed meanwhile is overwritten."""

import json
import re
from collections.abc import Iterator

from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Severity
from koppeling_harness.rules.deadlines import days_of
from koppeling_harness.traffic.checks.arrived import field_of
from koppeling_harness.traffic.checks.call import Call
from koppeling_harness.traffic.checks.rule import Objection, Rule, Scene

(_SPRING,) = days_of("required-spring-2027")
_DONE = frozenset({200, 201})
_SAYS_SOMETHING = re.compile(r"(?=.{8})\S+ .*\S|[^\s@]+@[^\s@]+", re.DOTALL)
"""Several words, or an address: a shorter value, or a code, may be a constant of the program."""
_KEY = 4
"""Characters that a key among the fields has at least."""


def _written_back(scene: Scene) -> Iterator[Objection]:
    changes = [call for call in scene.writes if call.exchange.method == "PUT"]
    changes = [call for call in changes if call.exchange.erp_status in _DONE]
    if not changes or not scene.reads:
        return
    given = json.dumps([each.input for each in scene.triggers], ensure_ascii=False, default=str)
    for call in changes:
        keys = {str(value) for _, value in call.sent_keys if str(value)}
        keys |= {each for each in map(str, dict(call.sent_fields).values()) if _is_code(each)}
        for name, value in call.sent_fields:
            if not isinstance(value, str) or not _SAYS_SOMETHING.fullmatch(value):
                continue
            field = field_of((call.connector or "", name.lower()), scene.definitions)
            if field is None or field.mandatory:
                continue  # AFAS may ask for it in every change
            if json.dumps(value, ensure_ascii=False)[1:-1] in given or _was_sent(
                value, call, scene
            ):
                continue
            read = _read(value, keys, call, scene)
            if read is not None:
                yield _objection(name, call, read)


def _is_code(value: str) -> bool:
    return len(value) >= _KEY and not _SAYS_SOMETHING.fullmatch(value)


def _was_sent(value: str, call: Call, scene: Scene) -> bool:
    """Return whether it wrote a value before, so that it is its own."""
    before = (each for each in scene.writes if each.exchange.number < call.exchange.number)
    return any(value == sent for each in before for _, sent in each.sent_fields)


def _read(value: str, keys: set[str], call: Call, scene: Scene) -> Call | None:
    """Return the read that showed a value, in a row of the record that is changed."""
    for each in scene.reads:
        if each.exchange.number > call.exchange.number:
            break
        for row in each.rows or ():
            shown = {str(cell) for cell in row.values()}
            if value in shown and not keys.isdisjoint(shown):
                return each
    return None


def _objection(name: str, call: Call, read: Call) -> Objection:
    connector, number = call.exchange.connector or "", read.exchange.number
    text = Text(
        nl=f"{connector}.{name} gaat terug zoals het gelezen is (aanroep {number}), en stond "
        "niet in de invoer; verwacht alleen de velden die wijzigen",
        en=f"{connector}.{name} is sent back as it was read (exchange {number}), and did not "
        "stand in the input; expected only the fields that change",
    )
    return Objection(call=call, text=text, subject=f"{connector}.{name}")


RULES = (
    Rule(
        code="WRITTEN-BACK",
        level=Severity.WARNING,
        orange=True,
        counts_from=_SPRING,
        title=Text(
            nl="Gelezen velden ongewijzigd teruggeschreven",
            en="Fields that were read are written back unchanged",
        ),
        why=Text(
            nl="AFAS wijzigt alleen wat in de PUT staat. Wie ook de andere velden meestuurt, zet "
            "terug wat iemand tussen lezen en schrijven in Profit heeft gewijzigd, en niemand ziet "
            "het.",
            en="AFAS changes only what stands in the PUT. Who sends the other fields too puts back "
            "what somebody changed in Profit between the read and the write, and nobody sees it.",
        ),
        fix=Text(
            nl="Stuur in een PUT de sleutel en alleen de velden die veranderen.",
            en="Send the key in a PUT, and only the fields that change.",
        ),
        source="AFAS, docs.afas.help/profit/en/update-connector",
        check=_written_back,
    ),
)
