"""Metainfo: the connectors that an app connector may use, and their fields.

Source: AFAS, docs.afas.help/apidoc (metainfo) and get-connector; for the shape of update metainfo
also github.com/dutchgrit/afasclient and github.com/tim-online/go-afas-profit-rest.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from koppeling_harness.clock import AMSTERDAM
from koppeling_harness.emulator.access import AppConnector, Token
from koppeling_harness.emulator.definition import DATA_TYPES, Column, Definition
from koppeling_harness.emulator.environment import Environment
from koppeling_harness.emulator.records import is_mandatory, keys_of
from koppeling_harness.emulator.specification import Field, ObjectType, UpdateConnector
from koppeling_harness.emulator.update_connector import length_of, rules_of
from koppeling_harness.emulator.values import label_of

CUSTOM_CONNECTORS = {
    "appconnectorfile": "Bestanden",
    "appconnectorimage": "Afbeeldingen",
    "appconnectorreport": "Rapporten",
    "appconnectorsubject": "Dossieritems",
}
"""The connectors that are neither Get nor Update, by lower-case id."""

_CUSTOM_IDS = {
    "appconnectorfile": "AppConnectorFile",
    "appconnectorimage": "AppConnectorImage",
    "appconnectorreport": "AppConnectorReport",
    "appconnectorsubject": "AppConnectorSubject",
}
_CONTROL = {"string": 1, "int": 5, "decimal": 5, "boolean": 3, "date": 4, "blob": 1}
"""What a field is entered with (source: AFAS, docs.afas.help/profit/en/get-connector: 1 text, 5
number and account; public clients: 4 date, 7 time, 8 date and time; the rest inferred)."""
_TIME_CONTROL, _MOMENT_CONTROL, _CODE_CONTROL = 7, 8, 5
_TIMES = re.compile(r"\btime\b|tijd", re.IGNORECASE)
_DAYS = re.compile(r"\bda(te|y)\b|datum", re.IGNORECASE)
_SHOWN_KEYS = {
    "HrAbsence": ("EmId", "EnSe", "DaBe"),
    "HrIllness": ("EmId", "DaBe"),
    "FiEntryPar": ("UnId", "Year", "JoCo"),
    "FiEntries": ("EnNo", "SeNo"),
}
"""What objects are found by (inferred from AFAS's endpoint notes and DELETE paths)."""
_REFERENCES = frozenset(("AcNr",))
"""Columns of text that are entered from a list, as AFAS's sample shows of the ledger account."""


def overview(environment: Environment, app: AppConnector) -> str:
    """Return the body of `GET /metainfo`."""
    updates = [
        {"id": each.id, "description": each.description}
        for each in environment.setup.catalogue.values()
        if app.may_update(each.id.lower())
    ]
    gets = [
        {"id": each.id, "description": each.description}
        for each in environment.get_definitions()
        if app.may_get(each.id.lower())
    ]
    token = next((each for each in environment.tokens.values() if each.app is app), None)
    expires = _expiry(token, environment.settings) if token else None
    found: dict[str, Any] = {"updateConnectors": updates, "getConnectors": gets}
    if environment.settings["metainfo_custom_connectors"] == "present":
        found["customConnectors"] = [
            {"id": _CUSTOM_IDS[id_], "description": text}
            for id_, text in CUSTOM_CONNECTORS.items()
            if app.may_use(id_)
        ]
    found["info"] = {
        "envid": environment.name,
        "appName": app.name,
        "group": f"{app.group} ({app.user})",
        "tokenExpiry": f"{expires:%Y-%m-%dT%H:%M:%SZ}" if expires else "0",
    }
    return _json(environment, found)


def _expiry(token: Token, settings: Mapping[str, str]) -> datetime | None:
    """Return the end of a token that its user is shown."""
    shown, rule = settings["token_expiry_shown"], settings["classic_token"]
    if token.expires or shown == "given_only":
        return token.expires
    ends = token.lapses if rule == "by_date" else None
    return ends and ends.astimezone(AMSTERDAM)


def get_metainfo(environment: Environment, definition: Definition, language: str) -> str:
    """Return the body of `GET /metainfo/get/{id}`."""
    fields = [
        _get_field(number, column, language)
        for number, column in enumerate(definition.columns, start=1)
    ]
    found = {
        "name": definition.id,
        "description": definition.description,
        "fields": fields,
    }
    return _json(environment, found)


def _get_field(number: int, column: Column, language: str) -> dict[str, Any]:
    kind = DATA_TYPES[column.type]
    return {
        "id": column.id,
        "fieldId": f"U{number:03d}",
        "dataType": kind,
        "label": column.label_nl if language == "nl" else column.label_en,
        "length": column.length,
        "controlType": _get_control(column, kind),
        "decimals": column.decimals if kind == "decimal" else 0,
        "decimalsFieldId": "",
    }


def _get_control(column: Column, kind: str) -> int:
    if column.type == "t":
        return _MOMENT_CONTROL
    if kind == "string" and column.sql.rpartition(".")[2] in _REFERENCES:
        return _CODE_CONTROL
    return _date_control(column.label_en) if kind == "date" else _CONTROL[kind]


def _update_control(field: Field) -> int:
    if field.values:
        return _CODE_CONTROL
    return _date_control(field.label) if field.type == "date" else _CONTROL[field.type]


def _date_control(label: str) -> int:
    if not _TIMES.search(label):
        return _CONTROL["date"]
    return _MOMENT_CONTROL if _DAYS.search(label) else _TIME_CONTROL


def update_metainfo(environment: Environment, connector: UpdateConnector, language: str) -> str:
    """Return the body of `GET /metainfo/update/{id}`."""
    root = _object(connector.root, connector, language, environment)
    found = {
        "id": connector.id,
        "name": connector.root.name,
        "description": connector.description,
        "fields": root["fields"],
        "objects": root["objects"],
    }
    return _json(environment, found)


def _object(
    type_: ObjectType, connector: UpdateConnector, language: str, environment: Environment
) -> dict[str, Any]:
    custom = environment.updates.custom_fields.get(type_.name.lower(), {})
    fields = [*type_.fields, *custom.values()]
    return {
        "name": type_.name,
        "fields": [_update_field(each, type_, connector, language, environment) for each in fields],
        "objects": [_object(each, connector, language, environment) for each in type_.objects],
    }


def _update_field(
    field: Field,
    type_: ObjectType,
    connector: UpdateConnector,
    language: str,
    environment: Environment,
) -> dict[str, Any]:
    rules = rules_of(type_)
    if rules.table == "record":
        keys = keys_of(type_, connector)
        mandatory = is_mandatory(field, type_, connector)
    else:
        keys = _SHOWN_KEYS.get(type_.name) or type_.keys or rules.keys
        mandatory = field.id in rules.mandatory
    return {
        "fieldId": field.id,
        "primaryKey": field.id in keys,
        "dataType": field.type,
        "label": label_of(field)[0 if language == "nl" else 1],
        "mandatory": mandatory,
        "length": length_of(field, environment.settings),
        "decimals": field.decimals if field.type == "decimal" else 0,
        "decimalFieldId": "",  # so AFAS spells it here (docs.afas.help/profit/nl/custom-fields)
        "notzero": mandatory and field.type == "int",
        "controlType": _update_control(field),
        "values": [{"id": id_, "description": text} for id_, text in field.values] or None,
    }


def _json(environment: Environment, value: Mapping[str, Any]) -> str:
    if environment.settings["json_layout"] == "lines":
        return json.dumps(value, ensure_ascii=False, indent=2)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
