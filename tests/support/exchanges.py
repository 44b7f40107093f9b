"""Exchanges, manifests and releases for tests; a test names only the values it is about."""

import json
from typing import Any
from urllib.parse import urlencode

from koppeling_harness.model.exchange import Exchange, Sender
from koppeling_harness.model.manifest import (
    GetConnectorUse,
    Manifest,
    Operation,
    Partner,
    PrivacyField,
    PythonRuntime,
    UpdateConnectorUse,
)
from koppeling_harness.model.shape import Release, Text

INTEGRATION_ID = "12345_67890"
READS = "Uren_Medewerkers"
WRITES = "PtRealization"
PROFIT_8 = Release(label="Profit 8", version="8.0.12")

HEADERS = {
    "Authorization": "AfasToken [token:0123abcd]",
    "IntegrationId": INTEGRATION_ID,
}
WRITE_HEADERS = HEADERS | {"Content-Type": "application/json;charset=utf-8"}


def a_manifest(**values: Any) -> Manifest:
    """Return an integration that reads employees by modified date and writes hours."""
    return Manifest(
        **{
            "id": "urenportaal",
            "title": Text(nl="Urenportaal", en="Hours portal"),
            "partner": Partner(name="Partner", subscription="12345"),
            "version": "1.0",
            "integration_id": INTEGRATION_ID,
            "releases": ("Profit 8",),
            "runtime": PythonRuntime(kind="python"),
            "get_connectors": (
                GetConnectorUse(
                    id=READS, fields=("EmployeeId", "Name", "Modified"), modified_field="Modified"
                ),
            ),
            "update_connectors": (
                UpdateConnectorUse(id=WRITES, fields=("DaTi", "EmId", "Qu", "KnLink.ToEm")),
            ),
            "privacy_fields": (
                PrivacyField(connector=READS, field="Name", reason=Text(nl="naam", en="name")),
            ),
            "operations": (
                Operation(name="sync", title=Text(nl="Sync", en="Sync"), reads=(READS,)),
            ),
        }
        | values
    )


class Tape:
    """Builds a list of exchanges; each begins after the one before it has ended."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self.now_s = 0.0

    def wait(self, seconds: float) -> "Tape":
        """Let time pass."""
        self.now_s += seconds
        return self

    def call(self, method: str = "GET", path: str = "/metainfo", **values: Any) -> "Tape":
        """Add an exchange of the integration."""
        made = {
            "number": len(self.exchanges) + 1,
            "sender": Sender.INTEGRATION,
            "started_s": self.now_s,
            "duration_s": 0.01,
            "method": method,
            "path": path,
            "query": "",
            "request_headers": tuple(HEADERS.items()),
            "request_body": None,
            "request_size": 0,
            "status": 200,
        } | values
        if isinstance(made["request_headers"], dict):
            made["request_headers"] = tuple(made["request_headers"].items())
        self.exchanges.append(Exchange(**made))
        self.now_s = max(self.now_s, made["started_s"] + made["duration_s"]) + 0.001
        return self

    def read(
        self,
        connector: str = READS,
        *,
        rows: list[dict[str, Any]] | int = 3,
        query: dict[str, Any] | None = None,
        **values: Any,
    ) -> "Tape":
        """Add a read; `rows` may be just how many."""
        asked = query or {}
        found = rows_of(rows) if isinstance(rows, int) else rows
        body = {"skip": asked.get("skip", 0), "take": asked.get("take", 100), "rows": found}
        defaults = {"query": urlencode(asked), "response_body": json.dumps(body)}
        return self.call("GET", f"/connectors/{connector}", **(defaults | values))

    def write(self, fields: dict[str, Any] | None = None, **values: Any) -> "Tape":
        """Add a POST of one element."""
        sent = {WRITES: {"Element": {"Fields": fields or {"EmId": "1", "Qu": 7.5}}}}
        body = json.dumps(sent)
        defaults = {
            "request_headers": WRITE_HEADERS,
            "request_body": body,
            "request_size": len(body),
            "status": 201,
        }
        path = f"/connectors/{WRITES}"
        return self.call(values.pop("method", "POST"), path, **(defaults | values))


def rows_of(count: int) -> list[dict[str, Any]]:
    """Return rows of the GetConnector that the manifest declares."""
    return [
        {"EmployeeId": str(at), "Name": "[field:0123abcd]", "Modified": "2026-11-01T10:00:00Z"}
        for at in range(count)
    ]
