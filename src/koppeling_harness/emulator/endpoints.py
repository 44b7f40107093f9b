"""The endpoints `/connectors`, `/metainfo` and `/profitversion`."""

import json
from typing import Any

from koppeling_harness.emulator import metainfo
from koppeling_harness.emulator.access import AppConnector, Denied
from koppeling_harness.emulator.body import Element, read_body
from koppeling_harness.emulator.change import Change, Database, Values
from koppeling_harness.emulator.json_text import read_json
from koppeling_harness.emulator.messages import Reason, Refusal
from koppeling_harness.emulator.specification import UpdateConnector
from koppeling_harness.emulator.web import (
    EMPTY,
    NO_TYPE,
    Answer,
    Handler,
    Request,
    denied,
    empty,
    json_answer,
)
from koppeling_harness.value import dataclass

_ACTIONS = {"POST": "insert", "PUT": "update"}
_KEYS_OF_INSERTS = {"KnPerson", "KnOrganisation"}
"""Connectors of which AFAS's notes from its program say that an update gives no keys back."""
_LETTER = {"POST": "C", "PUT": "U", "DELETE": "D"}
_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def connectors(request: Request, app: AppConnector) -> Answer:
    """Answer `/connectors/…`."""
    if len(request.parts) < 2:
        return empty(404)
    if request.method == "GET":
        return _get(request, app)
    if request.method in _LETTER:
        return _update(request, app)
    return empty(404)


def _get(request: Request, app: AppConnector) -> Answer:
    environment = request.environment
    id_ = request.parts[1]
    definition = environment.get_definition(id_) if app.may_get(id_.lower()) else None
    if definition is None:
        return _not_linked(Reason.GET_NOT_SUPPORTED, request)
    query = request.query
    if len(request.parts) == 4:
        # /connectors/{id}/{fields}/{values}: an equality filter in the path.
        query = {"filterfieldids": request.parts[2], "filtervalues": request.parts[3], **query}
    elif len(request.parts) != 2:
        return empty(404)
    authorised = app.row_filters.get(definition.collection, ())
    own = app is environment.apps[0]  # no rows are added to what the harness itself reads
    rows = environment.gets.rows(environment.connection, definition, query, authorised, fills=own)
    return json_answer(rows)


def _not_linked(why: Reason, request: Request) -> Answer:
    if request.environment.settings["unlinked_connector"] == "unauthorized_401":
        return denied(Denied(status=401), request)
    raise Refusal(why)


def _update(request: Request, app: AppConnector) -> Answer:
    environment = request.environment
    id_ = request.parts[1]
    connector = environment.update_definition(id_) if app.may_update(id_.lower()) else None
    if connector is None:
        return _not_linked(Reason.UPDATE_NOT_SUPPORTED, request)
    whole = len(request.parts) in ((2, 4, 5) if request.method == "DELETE" else (2,))
    if whole and _LETTER[request.method] not in connector.methods:
        raise Refusal(Reason.NOT_ALLOWED, object=connector.id)
    call = (
        _deletion(request, connector) if request.method == "DELETE" else _body(request, connector)
    )
    if isinstance(call, Answer):
        return call
    database = Database(
        environment.connection, now=environment.now(), settings=environment.settings
    )
    database.user = app.user
    changes = environment.updates.run(
        database, connector, call.elements, action=call.action, sub_action=call.sub_action
    )
    if database.events:
        environment.tell(database.events)
    return empty(200) if request.method == "DELETE" else _written(request, connector, changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """What an UpdateConnector is asked to do."""

    elements: list[Element]
    action: str
    sub_action: str | None = None


def _deletion(request: Request, connector: UpdateConnector) -> _Call | Answer:
    parts = request.parts[2:]
    lenient = request.environment.settings["delete_forms"] == "as_used"
    if lenient and not parts and request.body:
        call = _body(request, connector)
        return call if isinstance(call, Answer) else _Call(elements=call.elements, action="delete")
    if lenient and len(parts) % 3 == 2:
        parts = [connector.root.name, *parts]
    if not parts or len(parts) % 3:
        return empty(404)
    element = _path_element(parts)
    entries = connector.root.name == "FiEntryPar"
    if entries and parts[0].lower() == "fientries":
        element = Element(objects=[("FiEntries", [element])])
    # An entry has no row of its own: it goes with its lines.
    whole = len(parts) == 3 or entries
    return _Call(elements=[element], action="delete" if whole else "update", sub_action="delete")


def _body(request: Request, connector: UpdateConnector) -> _Call | Answer:
    found = _read_json(request)
    if isinstance(found, Answer):
        return found
    name, elements = read_body(found)
    if name.lower() not in (connector.root.name.lower(), connector.id.lower()):
        raise Refusal(Reason.UNKNOWN_OBJECT, object=name, parent=connector.id)
    action = _ACTIONS.get(request.method, "delete")
    if len(request.parts) == 2:
        return _Call(elements=elements, action=action)
    if request.environment.settings["sub_object_put"] == "not_found" and action == "update":
        return empty(404)
    type_ = connector.root
    for part in request.parts[2:]:
        inner = type_.children.get(part.lower())
        if inner is None:
            raise Refusal(Reason.UNKNOWN_OBJECT, object=part, parent=type_.name)
        type_ = inner
    return _Call(elements=elements, action="update", sub_action=action)


def _read_json(request: Request) -> Any:
    try:
        return read_json(request.body)
    except (ValueError, ArithmeticError) as error:
        why = f"the body is no JSON in UTF-8: {error}"
        if request.environment.settings["invalid_json"] == "500":
            raise Refusal(Reason.UNEXPECTED, why=why) from None
        return Answer(status=400, body=b'{"message":"Invalid json"}', reason=why)


def _path_element(parts: list[str]) -> Element:
    """Return the chain of elements that a DELETE path names: object, keys, values, and so on."""
    keys, values = parts[1].split(","), parts[2].split(",")
    if len(keys) != len(values):
        why = f"the path has {len(keys)} keys and {len(values)} values"
        raise Refusal(Reason.UNEXPECTED, why=why)
    element = Element(
        fields={
            key.strip().removeprefix("@"): value for key, value in zip(keys, values, strict=True)
        }
    )
    if len(parts) > 3:
        inner = _path_element(parts[3:])
        element.objects.append((parts[3], [inner]))
    return element


def _written(request: Request, connector: UpdateConnector, changes: list[Change]) -> Answer:
    """Return the answer to a change: the keys that the connector gives, or nothing."""
    settings = request.environment.settings
    status = int(settings["post_status" if request.method == "POST" else "put_status"])
    silent = settings["update_keys"] == "none" and connector.id in _KEYS_OF_INSERTS
    if not connector.returns or (silent and request.method == "PUT"):
        bare = settings["empty_201_type"] == "absent"
        return Answer(status=status, content_type=NO_TYPE if bare else EMPTY)
    results = [_keys(connector, change) for change in changes]
    name = connector.root.name if settings["results_name"] == "root" else connector.id
    inner = {name: results[0] if len(results) == 1 else results}
    bare = not connector.wrapped and settings["bare_results"] == "as_listed"
    if connector.id == "FiEntries" and settings["fi_entries_results"] == "bare":
        bare = True
    body = inner if bare else {"results": inner}
    return json_answer(_COMPACT.encode(body), status)


def _keys(connector: UpdateConnector, change: Change) -> dict[str, str]:
    row = change.row or {}
    keys = {}
    for name in connector.returns:
        known = name if name in row else _spelled_otherwise(name, row)
        value = row[known] if known in row else change.values.get(name)
        if connector.id != "FiEntries":
            keys[name] = "" if value is None else str(value)
        elif value is not None:
            keys["InId" if name == "InID" else name] = str(value)
    return keys


def _spelled_otherwise(name: str, row: Values) -> str:
    lower = name.lower()
    return next((each for each in row if each.lower() == lower), name)


def meta(request: Request, app: AppConnector) -> Answer:
    """Answer `/metainfo`, `/metainfo/get/{id}` and `/metainfo/update/{id}`."""
    environment, parts = request.environment, request.parts
    if request.method != "GET":
        return empty(404)
    if len(parts) == 1:
        return json_answer(metainfo.overview(environment, app))
    if len(parts) != 3:
        return empty(404)
    kind, id_ = parts[1].lower(), parts[2]
    if kind == "get":
        definition = environment.get_definition(id_) if app.may_get(id_.lower()) else None
        if definition is None:
            return _not_linked(Reason.GET_NOT_SUPPORTED, request)
        return json_answer(metainfo.get_metainfo(environment, definition, request.language))
    if kind == "update":
        connector = environment.update_definition(id_) if app.may_update(id_.lower()) else None
        if connector is None:
            return _not_linked(Reason.UPDATE_NOT_SUPPORTED, request)
        return json_answer(metainfo.update_metainfo(environment, connector, request.language))
    return empty(404)


def version(request: Request, _app: AppConnector) -> Answer:
    """Answer `/profitversion`."""
    if request.method != "GET" or len(request.parts) != 1:
        return empty(404)
    return json_answer(json.dumps({"version": request.environment.setup.release.version}))


HANDLERS: dict[str, Handler] = {
    "connectors": connectors,
    "metainfo": meta,
    "profitversion": version,
}
"""Endpoints by the first part of their path."""
