"""The rules that hold what is written against what the connector takes, as metainfo tells it."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from koppeling_harness.model.shape import Text
from koppeling_harness.model.snapshot import MetainfoField, MetainfoObject
from koppeling_harness.model.verdict import Severity
from koppeling_harness.traffic.checks.body import (
    action_of,
    elements_of,
    fields_of,
    keys_of,
    objects_of,
)
from koppeling_harness.traffic.checks.call import Call
from koppeling_harness.traffic.checks.rule import Objection, Rule, Scene

_REDACTED = re.compile(r"\[[a-z]+:[0-9a-f]{8}\]")
_BLANKS = " \t\r\n"
_BOOLEANS = frozenset({"true", "false", "0", "1", "-1"})
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)")
"""Profit's own form; `1.` and `1e3` are none, though JSON's number 1e3 is 1000."""
_MOST_DIGITS = 40
_TOO_LARGE = {"int": 2**63, "decimal": 10**15}
"""Beyond what Profit keeps (inferred)."""
_FINEST = 6
"""Decimals that a price or a rate may have: how many a field has ERP1 itself mostly infers."""
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?Z?)?"
)
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}(?::[0-9]{2})?")


def _body(scene: Scene) -> Iterator[Objection]:
    for call, root, node in _roots(scene):
        told = call.is_functional_error and scene.told_of(call)
        for each in _elements(node, root, call):
            # a text of the user's that is too long may be left to AFAS, who refuses it in words
            if not (told and isinstance(each, _TooLong)):
                yield each


class _TooLong(Objection):
    """That a value is longer than its field."""


def _roots(scene: Scene) -> Iterator[tuple[Call, MetainfoObject, Any]]:
    """Yield each write with what its connector takes, and with what was sent of it."""
    for call in scene.writes:
        definition = scene.definitions.get(call.connector or "")
        if definition is None or not isinstance(call.request_json, dict):
            continue
        for name, node in call.request_json.items():
            if name.lower() == call.connector:
                root = MetainfoObject(
                    name=name, fields=definition.fields, objects=definition.objects
                )
                yield call, root, node


def _elements(node: Any, known: MetainfoObject, call: Call) -> Iterator[Objection]:
    fields = {each.field_id.lower(): each for each in known.fields}
    objects = {each.name.lower(): each for each in known.objects}
    for element in elements_of(node):
        # a key need not be a field of the connector: what is none is held against nothing
        keys = [(name, value) for name, value in keys_of(element) if name.lower() in fields]
        for name, value in (*keys, *fields_of(element)):
            yield from _field(name, value, fields, known.name, call)
        for name, below in objects_of(element):
            if name.lower() in objects:
                yield from _elements(below, objects[name.lower()], call)
            else:
                yield _objection(
                    call,
                    f"{known.name}.{name}",
                    nl="dat object kent de connector niet",
                    en="the connector knows no such object",
                )
        yield from _missing(element, known, call)


def _field(
    name: str, value: Any, known: Mapping[str, MetainfoField], inside: str, call: Call
) -> Iterator[Objection]:
    field = known.get(name.lower())
    if field is None:
        nl, en = "dat veld kent de connector niet", "the connector knows no such field"
    elif value is None or (isinstance(value, str) and _REDACTED.search(value)):
        return
    elif size := _too_long(field, value):
        yield _TooLong(
            call=call,
            text=Text(
                nl=f"{inside}.{name}: {size} tekens, er passen er {field.length}",
                en=f"{inside}.{name}: {size} characters, there is room for {field.length}",
            ),
            subject=f"{inside}.{name}",
        )
        return
    else:
        nl, en = _wrong(field, value)
    if en:
        yield _objection(call, f"{inside}.{name}", nl=nl, en=en)


def _wrong(field: MetainfoField, value: Any) -> tuple[str, str]:
    """Return what is wrong with a value, in both languages; empty when nothing is."""
    if isinstance(value, dict | list):
        found = "een lijst" if isinstance(value, list) else "een object"
        english = "a list" if isinstance(value, list) else "an object"
        return (
            f"{field.data_type} verwacht, {found} gevonden",
            f"expected {field.data_type}, found {english}",
        )
    text = _written(value, field.data_type)
    if text == "":
        return "", ""
    if not _fits(field.data_type, text.strip(_BLANKS)):
        return f"{text!r} is geen {field.data_type}", f"{text!r} is no {field.data_type}"
    if field.values is not None and not _is_listed(field, text):
        some = ", ".join(each.id for each in field.values[:6])
        more = ", …" if len(field.values) > 6 else ""
        return (
            f"{text!r} staat niet in de lijst {some}{more}",
            f"{text!r} is not in the list {some}{more}",
        )
    return "", ""


def _too_long(field: MetainfoField, value: Any) -> int:
    """Return the size of a value that is right but for its length; 0 when it fits."""
    if any(_wrong(field, value)):
        return 0
    text = _written(value, field.data_type)
    size = _size(field.data_type, text) if text else 0
    if field.data_type == "string" and not isinstance(value, str) and "e" in text.lower():
        size = abs(Decimal(text).adjusted())  # written out, as ERP1 does
    return size if 0 < field.length < size else 0


def _is_listed(field: MetainfoField, text: str) -> bool:
    """Return whether a code is in a field's list, in any case; `01` is the number 1."""
    if field.data_type == "int":
        text = str(int(Decimal(text.strip(_BLANKS))))
    known = {_folded(each.id) for each in field.values or ()}
    return _folded(text) in known


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def _size(kind: str, text: str) -> int:
    """Return the length of a text as .NET counts it, or the digits of a whole number."""
    if kind == "int":
        return len(str(abs(int(Decimal(text.strip(_BLANKS))))))
    return len(text.encode("utf-16-le", "surrogatepass")) // 2 if kind == "string" else 0


def _written(value: Any, kind: str) -> str:
    """Return a value as text; AFAS's examples send yes and no to codes whose values are 1 and 0."""
    if isinstance(value, bool) or (kind == "boolean" and value in (0, 1)):
        return "1" if value else "0"
    return value if isinstance(value, str) else _plain(value)


def _plain(number: Any) -> str:
    """Return a number of JSON without an exponent."""
    exact = number if isinstance(number, Decimal) else Decimal(str(number))
    if abs(exact.adjusted()) > _MOST_DIGITS:
        return str(number)  # too long to write out, and it fits nothing
    return format(exact, "f")


def _fits(kind: str, text: str) -> bool:
    if kind in _TOO_LARGE:
        return _is_number(kind, text)
    if kind == "date":
        return _is_moment(text)
    return kind != "boolean" or text.lower() in _BOOLEANS


def _is_number(kind: str, text: str) -> bool:
    if len(text) > _MOST_DIGITS or not _NUMBER.fullmatch(text):
        return False
    number = Decimal(text)
    whole = kind != "int" or number == number.to_integral_value()
    return whole and abs(number) < _TOO_LARGE[kind]


def _is_moment(text: str) -> bool:
    """Return whether a text is a date, a moment or a time of day.

    Metainfo calls all three `date`. Source: the request examples of AFAS's OpenAPI, which send
    `09:00:00` to `PtRealization.StTi`, `KnSession.StTi` and `PtProject.StTm`.
    """
    if _TIME.fullmatch(text):
        text = f"2000-01-01T{text}"
    elif not _MOMENT.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text.removesuffix("Z"))
    except ValueError:
        return False
    return True


def _decimals(scene: Scene) -> Iterator[Objection]:
    for call, root, node in _roots(scene):
        yield from _too_fine(node, root, call)


def _too_fine(node: Any, known: MetainfoObject, call: Call) -> Iterator[Objection]:
    """Object to numbers with more decimals than their fields have."""
    fields = {each.field_id.lower(): each for each in known.fields if each.data_type == "decimal"}
    objects = {each.name.lower(): each for each in known.objects}
    for element in elements_of(node):
        for name, value in fields_of(element):
            field = fields.get(name.lower())
            if (
                field is None
                or isinstance(value, bool)
                or not isinstance(value, str | int | float | Decimal)
            ):
                continue
            text = _written(value, "decimal").strip(_BLANKS)
            found = _decimals_of(text)
            if 0 < field.decimals < found and found > _FINEST:
                yield _objection(
                    call,
                    f"{known.name}.{name}",
                    nl=f"{text} heeft {found} decimalen, het veld {field.decimals}",
                    en=f"{text} has {found} decimals, the field {field.decimals}",
                )
        for name, below in objects_of(element):
            if name.lower() in objects:
                yield from _too_fine(below, objects[name.lower()], call)


def _decimals_of(text: str) -> int:
    """Return how many decimals a number has; zeros at its end are none."""
    return len(text.partition(".")[2].rstrip("0")) if _NUMBER.fullmatch(text) else 0


def _missing(element: dict[str, Any], known: MetainfoObject, call: Call) -> Iterator[Objection]:
    """Object to mandatory fields that are not there, when a new row was asked for and refused.

    What ERP1 accepted it could fill in by itself; metainfo does not tell which fields it can.
    """
    status = call.exchange.erp_status
    if call.exchange.method != "POST" or status is None or status < 400:
        return
    if action_of(element) not in {"", "insert"}:
        return
    given = {name.lower() for name, _ in keys_of(element)}
    given |= {
        name.lower() for name, value in fields_of(element) if value is not None and value != ""
    }
    for field in known.fields:
        if field.mandatory and not field.primary_key and field.field_id.lower() not in given:
            yield _objection(
                call,
                f"{known.name}.{field.field_id}",
                nl="verplicht, maar niet ingevuld",
                en="mandatory, but not filled in",
            )


def _objection(call: Call, subject: str, *, nl: str, en: str) -> Objection:
    return Objection(
        call=call, text=Text(nl=f"{subject}: {nl}", en=f"{subject}: {en}"), subject=subject
    )


RULES = (
    Rule(
        code="BODY-DEFINITION",
        level=Severity.ERROR,
        title=Text(
            nl="Body past niet bij de definitie van de connector",
            en="Body does not fit the definition of the connector",
        ),
        why=Text(
            nl="Metainfo zegt welke velden, typen, lengtes en waarden een connector neemt; wie dat "
            "aan Profit overlaat, hoort het pas bij de klant.",
            en="Metainfo says which fields, types, lengths and values a connector takes; who "
            "leaves that to Profit hears of it at the customer.",
        ),
        fix=Text(
            nl="Controleer de invoer tegen /metainfo/update/<connector> voordat je verstuurt, en "
            "meld de gebruiker wat er niet past.",
            en="Check the input against /metainfo/update/<connector> before sending, and tell the "
            "user what does not fit.",
        ),
        source="AFAS, docs.afas.help/apidoc (metainfo), docs.afas.help/profit/en/update-connector",
        check=_body,
    ),
    Rule(
        code="BODY-DECIMALS",
        level=Severity.WARNING,
        orange=True,
        title=Text(
            nl="Een getal heeft meer decimalen dan zijn veld",
            en="A number has more decimals than its field",
        ),
        why=Text(
            nl="Metainfo zegt hoeveel decimalen een veld heeft, en Profit toont er niet meer. Wat "
            "je terugleest is dan niet wat je stuurde, en wat je daarmee vergelijkt lijkt "
            "veranderd. Dat Profit afrondt is afgeleid; tot zes decimalen blijft het bij zwijgen.",
            en="Metainfo says how many decimals a field has, and Profit shows no more. What you "
            "read back is then not what you sent, and whatever you compare with it seems changed. "
            "That Profit rounds is inferred; up to six decimals nothing is said.",
        ),
        fix=Text(
            nl="Rond af op de decimalen die /metainfo/update/<connector> noemt; reken met "
            "decimalen en niet met kommagetallen van de computer (20 minuten zijn 0.33 uur).",
            en="Round to the decimals that /metainfo/update/<connector> names; count in decimals, "
            "not in the machine's floating point (20 minutes are 0.33 hours).",
        ),
        source="AFAS, docs.afas.help/apidoc (metainfo), docs.afas.help/profit/en/get-connector; "
        "that Profit rounds: inferred",
        check=_decimals,
    ),
)
