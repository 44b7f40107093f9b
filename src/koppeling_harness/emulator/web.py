"""The environments as one ASGI application.

Plain ASGI: one lookup by path instead of a router, for every request goes through here.
"""

import base64
import json
import re
import sqlite3
import uuid
import zlib
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

from koppeling_harness.emulator import metainfo
from koppeling_harness.emulator.access import AppConnector, Denied
from koppeling_harness.emulator.body import Element, read_body
from koppeling_harness.emulator.change import Change, Database
from koppeling_harness.emulator.environment import Environment
from koppeling_harness.emulator.messages import Reason, Refusal
from koppeling_harness.emulator.specification import UpdateConnector

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MOST_QUERY = 2049
"""Characters of the query string from `?`; longer gives 404 (source: AFAS, get-connector)."""
MOST_BODY = 75 * 1024 * 1024
"""Bytes of a request; larger gives 413 (source: AFAS, docs.afas.help/apidoc)."""

_SERVICE = "profitrestservices"
_GZIP_FROM = 1024
_JSON = (b"content-type", b"application/json; charset=utf-8")
_EMPTY = (b"content-type", b"application/xml; charset=utf-8")
_ALWAYS = [
    (b"cache-control", b"no-store, no-cache"),
    (b"strict-transport-security", b"max-age=31536000"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"deny"),
    (b"x-afas-proxy-version", b"4.3.0.0"),
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-allow-headers",
        b"Content-Type, Accept, Authorization, OnlineSessionId, Accept-Language",
    ),
    (b"access-control-allow-methods", b"GET, POST, PUT, DELETE, OPTIONS"),
    (b"access-control-max-age", b"1728000"),
]
_ACTIONS = {"POST": "insert", "PUT": "update"}
_WRITES = {*_ACTIONS, "DELETE"}
_LANGUAGE = re.compile(r"^\s*([A-Za-z]{2})")


@dataclass(slots=True, kw_only=True)
class Answer:
    """What goes back."""

    status: int = 200
    body: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    content_type: tuple[bytes, bytes] = _JSON


@dataclass(slots=True, kw_only=True)
class Request:
    """One call, taken apart."""

    method: str
    parts: list[str]
    """Path below the service, unquoted: `["connectors", "Profit_Article"]`."""
    query_string: str
    headers: Mapping[bytes, bytes]
    body: bytes
    environment: Environment
    address: str | None
    host: str
    """Scheme and host that the client used."""

    @property
    def language(self) -> str:
        """`nl` or `en`, as the caller asks, else as the environment is set."""
        accepted = self.headers.get(b"accept-language")
        found = _LANGUAGE.match(accepted.decode("latin-1")) if accepted else None
        if found is None or found[1] == "*":
            return self.environment.settings["message_language"]
        return "nl" if found[1].lower() == "nl" else "en"

    @property
    def query(self) -> dict[str, str]:
        """Parameters by name in lower case; of repeated ones the last."""
        pairs = parse_qsl(self.query_string, keep_blank_values=True)
        return {name.lower(): value for name, value in pairs}


Handler = Callable[[Request, AppConnector], Answer]
OpenHandler = Callable[[Request], Answer]


class Server:
    """Serves every environment below its own path.

    Args:
        environments: By lower-case name; looked up for every request.
        handlers: Endpoints by the first part of their path, for authenticated callers.
        open_handlers: Endpoints that need no token.
        after: Called with the events of every change that was kept.
    """

    def __init__(
        self,
        environments: Mapping[str, Environment],
        *,
        handlers: Mapping[str, Handler],
        open_handlers: Mapping[str, OpenHandler],
    ) -> None:
        self._environments = environments
        self._handlers = handlers
        self._open = open_handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI 3)."""
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http":
            body = await _read(receive)
            if body is None:
                answer = Answer(status=413, content_type=_EMPTY)
            else:
                answer = self.answer(scope, body)
            await _send(answer, scope, send)

    def answer(self, scope: Scope, body: bytes) -> Answer:
        """Return the answer to a request."""
        raw = scope.get("raw_path") or scope["path"].encode()
        parts = raw.decode("latin-1").split("/")
        environment = self._environments.get(parts[1].lower()) if len(parts) > 2 else None
        if environment is None or parts[2].lower() != _SERVICE:
            return Answer(status=404, content_type=_EMPTY)
        if scope["method"] == "OPTIONS":
            return Answer(content_type=_EMPTY)
        client = scope.get("client")
        headers = dict(scope["headers"])
        request = Request(
            method=scope["method"],
            parts=[unquote(each) for each in parts[3:] if each],
            query_string=scope["query_string"].decode("latin-1"),
            headers=headers,
            body=body,
            environment=environment,
            address=client[0] if client else None,
            host=f"{scope.get('scheme', 'http')}://{headers.get(b'host', b'').decode('latin-1')}",
        )
        answer = self._guarded(request)
        if environment.settings["trace_identifier"] == "present" and answer.status != 404:
            answer.headers.append((b"x-trace-identifier", uuid.uuid4().hex.encode()))
        return answer

    def _guarded(self, request: Request) -> Answer:
        try:
            return self._dispatch(request)
        except Refusal as refusal:
            return refused(refusal, request)
        except sqlite3.Error:
            # What SQL cannot do here, SQL Server could not do there.
            return refused(Refusal(Reason.UNEXPECTED), request)

    def _dispatch(self, request: Request) -> Answer:
        if request.query_string and len(request.query_string) + 1 > MOST_QUERY:
            return Answer(status=404, content_type=_EMPTY)
        if not request.parts:
            return Answer(status=404, content_type=_EMPTY)
        first = request.parts[0].lower()
        opened = self._open.get(first)
        if opened:
            return opened(request)
        header = request.headers.get(b"authorization")
        app = request.environment.authenticate(
            header.decode("latin-1") if header is not None else None, request.address
        )
        if isinstance(app, Denied):
            return denied(app, request)
        handler = self._handlers.get(first)
        if handler is None:
            return Answer(status=404, content_type=_EMPTY)
        return handler(request, app)


def denied(why: Denied, request: Request) -> Answer:
    """Return the answer to a caller who is not let in."""
    if why.status == 500:
        return refused(Refusal(Reason.UNEXPECTED), request)
    answer = Answer(status=why.status, content_type=_EMPTY)
    if why.status == 401 and request.environment.settings["challenge_401"] == "present":
        challenge = why.challenge or "Bearer, DPoP"
        answer.headers.append((b"www-authenticate", challenge.encode("latin-1")))
    return answer


def refused(refusal: Refusal, request: Request) -> Answer:
    """Return the 500 with Profit's standard error."""
    reference = uuid.uuid4().hex.upper()
    text = refusal.text(request.language)
    body = {
        "externalMessage": text,
        "errorNumber": refusal.number,
        "profitLogReference": reference,
    }
    answer = Answer(status=500, body=json.dumps(body, ensure_ascii=False).encode())
    answer.headers.append((b"x-profit-log-reference", reference.encode()))
    if request.environment.settings["x_profit_error"] == "present":
        answer.headers.append((b"x-profit-error", base64.b64encode(text.encode())))
    return answer


def json_answer(text: str, status: int = 200) -> Answer:
    """Return an answer with a JSON body."""
    return Answer(status=status, body=text.encode())


def empty(status: int) -> Answer:
    """Return an answer without a body."""
    return Answer(status=status, content_type=_EMPTY)


def connectors(request: Request, app: AppConnector) -> Answer:
    """Answer `/connectors/…`."""
    if len(request.parts) < 2:
        return empty(404)
    if request.method == "GET":
        return _get(request, app)
    if request.method in _WRITES:
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
    return json_answer(environment.gets.rows(environment.connection, definition, query))


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
    if len(request.parts) == 3 and request.method == "POST":
        return _Call(elements=elements, action="update", sub_action="insert")
    if len(request.parts) != 2:
        return empty(404)
    return _Call(elements=elements, action=_ACTIONS[request.method])


def _read_json(request: Request) -> Any:
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError):
        if request.environment.settings["invalid_json"] == "500":
            raise Refusal(Reason.UNEXPECTED) from None
        return Answer(status=400, body=b'{"message":"Invalid json"}')


def _path_element(parts: list[str]) -> Element:
    """Return the chain of elements that a DELETE path names: object, keys, values, and so on."""
    keys, values = parts[1].split(","), parts[2].split(",")
    if len(keys) != len(values):
        raise Refusal(Reason.UNEXPECTED)
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
    if not connector.returns:
        return Answer(status=status, content_type=_EMPTY)
    results = [_keys(connector, change) for change in changes]
    name = connector.root.name if settings["results_name"] == "root" else connector.id
    inner = {name: results[0] if len(results) == 1 else results}
    bare = not connector.wrapped and settings["bare_results"] == "as_listed"
    if connector.id == "FiEntries" and settings["fi_entries_results"] == "bare":
        bare = True
    body = inner if bare else {"results": inner}
    return json_answer(json.dumps(body, ensure_ascii=False, separators=(",", ":")), status)


def _keys(connector: UpdateConnector, change: Change) -> dict[str, str]:
    row = {name.lower(): value for name, value in (change.row or {}).items()}
    keys = {}
    for name in connector.returns:
        value = row.get(name.lower(), change.values.get(name))
        if connector.id != "FiEntries":
            keys[name] = "" if value is None else str(value)
        elif value is not None:
            keys["InId" if name == "InID" else name] = str(value)
    return keys


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
    if request.method != "GET":
        return empty(404)
    return json_answer(json.dumps({"version": request.environment.setup.release.version}))


async def _read(receive: Receive) -> bytes | None:
    """Return the request's body; None when it is larger than Profit takes."""
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return body if len(body) <= MOST_BODY else None
    chunks, size = [body], len(body)
    while message.get("more_body"):
        message = await receive()
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= MOST_BODY:
            chunks.append(chunk)
    return b"".join(chunks) if size <= MOST_BODY else None


async def _send(answer: Answer, scope: Scope, send: Send) -> None:
    body = answer.body
    headers = [answer.content_type, *_ALWAYS, *answer.headers]
    if len(body) >= _GZIP_FROM and _accepts_gzip(scope):
        packer = zlib.compressobj(1, zlib.DEFLATED, 31)
        body = packer.compress(body) + packer.flush()
        headers.append((b"content-encoding", b"gzip"))
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _accepts_gzip(scope: Scope) -> bool:
    return any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await send({"type": "lifespan.shutdown.complete"})
            return
