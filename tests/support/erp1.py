"""Call the emulated ERP1 as an ASGI application, without a socket."""

import asyncio
import contextlib
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlencode

from koppeling_harness.aside import CHUNK
from koppeling_harness.emulator import EnvironmentAccess, Erp1
from support.clock import HandClock as HandClock


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self) -> Any:
        return json.loads(self.content)

    @property
    def rows(self) -> list[dict[str, Any]]:
        return self.json()["rows"]

    @property
    def message(self) -> str:
        return self.json()["externalMessage"]


class Caller:
    """A client of one environment."""

    def __init__(self, erp1: Erp1, access: EnvironmentAccess) -> None:
        self.erp1 = erp1
        self.access = access
        self.authorization: str | None = f"AfasToken {access.token_base64.reveal()}"

    @property
    def environment(self) -> Any:
        return self.erp1.environment(self.access.environment)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        base: str | None = None,
        **query: Any,
    ) -> Reply:
        sent = {"host": "erp1.example", **(headers or {})}
        if self.authorization is not None and "authorization" not in sent:
            sent["authorization"] = self.authorization
        content = b"" if body is None else body
        if not isinstance(content, bytes):
            content = json.dumps(content).encode()
        whole = (self.access.path if base is None else base) + path
        whole, _, in_path = whole.partition("?")
        text = in_path or urlencode(query, quote_via=quote)
        scope = {
            "type": "http",
            "method": method,
            "path": unquote(whole),
            "raw_path": whole.encode(),
            "query_string": text.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
            "client": ("127.0.0.1", 1),
            "scheme": "http",
        }
        answer: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: Any) -> None:
            answer.append(message)

        running = self.erp1.app(scope, receive, send)
        if len(content) > CHUNK:  # it is answered beside the loop
            asyncio.run(running)
        else:
            with contextlib.suppress(StopIteration):
                running.send(None)
        start, end = answer
        found = {name.decode(): value.decode("latin-1") for name, value in start["headers"]}
        return Reply(status=start["status"], headers=found, content=end["body"])

    def get(self, connector: str, **query: Any) -> Reply:
        return self.call("GET", f"/connectors/{connector}", **query)

    def where(
        self, connector: str, fields: str, values: str, operators: str = "", **more: Any
    ) -> Reply:
        query = {"filterfieldids": fields, "filtervalues": values, **more}
        if operators:
            query["operatortypes"] = operators
        return self.get(connector, **query)

    def post(self, connector: str, body: Any, **more: Any) -> Reply:
        return self.call("POST", f"/connectors/{connector}", body, **more)

    def put(self, connector: str, body: Any, **more: Any) -> Reply:
        return self.call("PUT", f"/connectors/{connector}", body, **more)

    def delete(self, path: str) -> Reply:
        return self.call("DELETE", f"/connectors/{path}")

    def metainfo(self, path: str = "", **more: Any) -> Reply:
        return self.call("GET", f"/metainfo{path}", **more)


def caller(**options: Any) -> Caller:
    """Return a client of a new environment."""
    open_with = {
        name: options.pop(name)
        for name in ("connectors", "app_connector", "custom_fields", "state", "name")
        if name in options
    }
    erp1 = Erp1(**options)
    return Caller(erp1, erp1.open_environment(**open_with))


def element(root: str, fields: dict[str, Any], **objects: Any) -> dict[str, Any]:
    """Return a body: `element("FbSales", {...}, FbSalesLines=[{...}])`; keys as `@Key`."""
    return {root: {"Element": one(fields, **objects)}}


def one(fields: dict[str, Any], **objects: Any) -> dict[str, Any]:
    """Return one element, without its root."""
    keys = {name: value for name, value in fields.items() if name.startswith("@")}
    rest = {name: value for name, value in fields.items() if not name.startswith("@")}
    made: dict[str, Any] = {**keys, "Fields": rest}
    if objects:
        made["Objects"] = [
            {
                name: {
                    "Element": [one(each) if "Fields" not in each else each for each in value]
                    if isinstance(value, list)
                    else (value if "Fields" in value else one(value))
                }
            }
            for name, value in objects.items()
        ]
    return made


HOURS = {"DaTi": "2026-11-24", "VaIt": "1", "ItCd": "300", "EmId": "000001003",
         "PrId": "500001", "StId": "N", "Qu": "7.5"}  # fmt: skip
