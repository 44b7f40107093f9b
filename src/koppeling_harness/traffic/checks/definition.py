"""The rule that holds what is written against what the connector takes, as metainfo tells it."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from koppeling_harness.model.shape import Text
from koppeling_harness.model.snapshot import MetainfoField, MetainfoObject
from koppeling_harness.model.verdict import Severity
from koppeling_harness.traffic.checks.call import Call, listed
from koppeling_harness.traffic.checks.rule import Objection, Rule, Scene

_REDACTED = re.compile(r"\[[a-z]+:[0-9a-f]{8}\]")
_BOOLEANS = frozenset({"true", "false", "0", "1"})


def _body(scene: Scene) -> Iterator[Objection]:
    for call in scene.writes:
        definition = scene.definitions.get(call.connector or "")
        if definition is None or not isinstance(call.request_json, dict):
            continue
        for name, node in call.request_json.items():
            if name.lower() == call.connector:
                root = MetainfoObject(
                    name=name, fields=definition.fields, objects=definition.objects
                )
                yield from _elements(node, root, call)


def _elements(node: Any, known: MetainfoObject, call: Call) -> Iterator[Objection]:
    fields = {each.field_id.lower(): each for each in known.fields}
    objects = {each.name.lower(): each for each in known.objects}
    inner = node.get("Element") if isinstance(node, dict) else None
    for element in listed(inner):
        for given in listed(element.get("Fields")):
            yield from _fields(given, fields, known.name, call)
        for given in listed(element.get("Objects")):
            for name, below in given.items():
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


def _fields(
    given: Mapping[str, Any], known: Mapping[str, MetainfoField], inside: str, call: Call
) -> Iterator[Objection]:
    for name, value in given.items():
        if name.startswith("@"):
            continue
        field = known.get(name.lower())
        if field is None:
            nl, en = "dat veld kent de connector niet", "the connector knows no such field"
        elif value is None or (isinstance(value, str) and _REDACTED.search(value)):
            continue
        else:
            nl, en = _wrong(field, value)
        if en:
            yield _objection(call, f"{inside}.{name}", nl=nl, en=en)


def _wrong(field: MetainfoField, value: Any) -> tuple[str, str]:
    """Return what is wrong with a value, in both languages; empty when nothing is."""
    text = value if isinstance(value, str) else str(value).lower()
    if text == "":
        return "", ""
    if isinstance(value, dict | list):
        return f"{field.data_type} verwacht", f"expected {field.data_type}, found a structure"
    if not _fits(field.data_type, text):
        return f"{text!r} is geen {field.data_type}", f"{text!r} is no {field.data_type}"
    if field.values is not None and text.lower() not in {each.id.lower() for each in field.values}:
        some = ", ".join(each.id for each in field.values[:6])
        more = ", …" if len(field.values) > 6 else ""
        return (
            f"{text!r} staat niet in de lijst {some}{more}",
            f"{text!r} is not in the list {some}{more}",
        )
    if field.data_type == "string" and 0 < field.length < len(text):
        return (
            f"{len(text)} tekens, er passen er {field.length}",
            f"{len(text)} characters, there is room for {field.length}",
        )
    return "", ""


def _fits(kind: str, text: str) -> bool:
    try:
        if kind == "int":
            return Decimal(text) == int(Decimal(text))
        if kind == "decimal":
            return Decimal(text).is_finite()
        if kind == "date":
            return bool(datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text))
    except (ValueError, InvalidOperation, OverflowError):
        return False
    return kind != "boolean" or text in _BOOLEANS


def _missing(element: Mapping[str, Any], known: MetainfoObject, call: Call) -> Iterator[Objection]:
    """Object to mandatory fields that are not there, when a new row was asked for and refused.

    What ERP1 accepted it could fill in by itself; metainfo does not tell which fields it can.
    """
    status = call.exchange.erp_status
    if call.exchange.method != "POST" or status is None or status < 400:
        return
    given = {name.lstrip("@").lower() for name in element}
    for fields in listed(element.get("Fields")):
        given |= {name.lower() for name, value in fields.items() if value not in {None, ""}}
    action = next(
        (fields["@Action"] for fields in listed(element.get("Fields")) if "@Action" in fields),
        element.get("@Action", "insert"),
    )
    if str(action).lower() != "insert":
        return
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
)
