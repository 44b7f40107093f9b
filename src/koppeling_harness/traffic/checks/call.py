"""An exchange as the rules look at it: with its query and bodies read once."""

import json
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from koppeling_harness.model.exchange import Exchange
from koppeling_harness.traffic.capture import is_truncated

DEFAULT_TAKE = 100
"""Rows of a GetConnector when nothing is asked. Source: docs.afas.help/profit/en/get-connector."""

_WITHOUT_TOKEN = ("oauth/", "otprequest", "otpvalidation")
_FIRST_ROW = re.compile(r'"rows"\s*:\s*\[\s*(?=\{)')
_SEPARATORS = re.compile(r"[,;]")


class Call:
    """One exchange of the integration, read.

    Attributes:
        exchange: The exchange itself.
    """

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange

    @property
    def ended_s(self) -> float:
        """When its answer was complete."""
        return self.exchange.started_s + self.exchange.duration_s

    @cached_property
    def connector(self) -> str | None:
        """The connector that it names, in lower case."""
        connector = self.exchange.connector
        return None if connector is None else connector.lower()

    @cached_property
    def is_read(self) -> bool:
        """Whether it reads from a GetConnector."""
        return self.connector is not None and self.exchange.method == "GET"

    @cached_property
    def is_write(self) -> bool:
        """Whether it writes through an UpdateConnector."""
        return self.connector is not None and self.exchange.method in {"POST", "PUT", "DELETE"}

    @cached_property
    def needs_token(self) -> bool:
        """Whether it must carry a token: all but the calls that are made to get one."""
        path = self.exchange.path.lower().lstrip("/")
        return self.exchange.method != "OPTIONS" and not path.startswith(_WITHOUT_TOKEN)

    @cached_property
    def parameters(self) -> dict[str, str]:
        """Query parameters, decoded, by their name in lower case."""
        if not self.exchange.query:
            return {}
        pairs = parse_qsl(self.exchange.query, keep_blank_values=True)
        return {name.lower(): value for name, value in pairs}

    @cached_property
    def skip(self) -> int:
        """The `skip` that it asks, 0 when it asks none."""
        return _integer(self.parameters.get("skip"), 0)

    @cached_property
    def take(self) -> int:
        """The `take` that it asks, the default of AFAS when it asks none."""
        return _integer(self.parameters.get("take"), DEFAULT_TAKE)

    @property
    def asks_take(self) -> bool:
        """Whether it asks a `take`."""
        return "take" in self.parameters

    @cached_property
    def sort_fields(self) -> tuple[str, ...]:
        """Fields of `orderbyfieldids`, without their sign."""
        fields = self.parameters.get("orderbyfieldids", "").split(",")
        return tuple(field.strip().lstrip("+-") for field in fields if field.strip())

    @cached_property
    def filters(self) -> tuple[tuple[str, str, str], ...]:
        """Field, value and operator of each condition, of either notation."""
        return (*self._compact_filters(), *self._json_filters())

    @cached_property
    def filter_key(self) -> tuple[tuple[str, str, str], ...]:
        """The conditions, to compare calls by."""
        return tuple(sorted(self.filters))

    def _compact_filters(self) -> Iterator[tuple[str, str, str]]:
        fields = self.parameters.get("filterfieldids", "")
        if not fields:
            path = self.exchange.path.strip("/").split("/")
            if self.is_read and len(path) == 4:
                yield from ((name, path[3], "1") for name in path[2].split(","))
            return
        names = _SEPARATORS.split(fields)
        values = _SEPARATORS.split(self.parameters.get("filtervalues", ""))
        operators = _SEPARATORS.split(self.parameters.get("operatortypes", ""))
        for at, name in enumerate(names):
            value = values[at] if at < len(values) else ""
            operator = operators[at] if at < len(operators) and operators[at] else "1"
            yield name.strip(), value, operator.strip()

    def _json_filters(self) -> Iterator[tuple[str, str, str]]:
        raw = self.parameters.get("filterjson")
        if raw:
            for node in objects_in(parsed(raw)):
                if "@FieldId" in node:
                    operator = str(node.get("@OperatorType", "1"))
                    yield str(node["@FieldId"]), str(node.get("#text", "")), operator

    @cached_property
    def identity(self) -> tuple[str, str, str, str]:
        """What makes two calls the same request: method, path, query and body."""
        seen = self.exchange
        return (seen.method, seen.path, seen.query, seen.request_body or str(seen.request_size))

    @cached_property
    def request_json(self) -> Any:
        """The body that it sent, None when it is not JSON or not whole."""
        return _body(self.exchange.request_body)

    @property
    def request_is_cut(self) -> bool:
        """Whether only the beginning of the body was kept."""
        return is_truncated(self.exchange.request_body)

    @cached_property
    def response_json(self) -> Any:
        """The body of the answer, None when it is not JSON or not whole."""
        return _body(self.exchange.response_body)

    @cached_property
    def rows(self) -> list[dict[str, Any]] | None:
        """The rows that it was answered, None when that cannot be known."""
        data = self.response_json if self.exchange.status == 200 else None
        rows = data.get("rows") if isinstance(data, dict) else None
        return rows if isinstance(rows, list) else None

    @cached_property
    def first_row(self) -> dict[str, Any]:
        """The first row that it was answered, empty when there is none."""
        body = self.exchange.response_body
        match = _FIRST_ROW.search(body[:200]) if body and self.exchange.status == 200 else None
        if body is None or match is None:
            return {}
        try:
            row, _ = json.JSONDecoder().raw_decode(body, match.end())
        except ValueError:
            return {}
        return row if isinstance(row, dict) else {}

    @cached_property
    def is_functional_error(self) -> bool:
        """Whether AFAS refused it for what it says: status 500 with a message of AFAS."""
        return self.exchange.status == 500 and bool(self.error_message)

    @cached_property
    def error_message(self) -> str:
        """The `externalMessage` of the answer, empty when there is none."""
        data = self.response_json
        return str(data.get("externalMessage") or "") if isinstance(data, dict) else ""


def parsed(text: str) -> Any:
    """Return JSON as data, None when it is not JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def objects_in(node: Any) -> Iterator[dict[str, Any]]:
    """Return every object in some JSON, from the outside in."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from objects_in(value)
    elif isinstance(node, list):
        for value in node:
            yield from objects_in(value)


def _body(text: str | None) -> Any:
    return None if text is None or is_truncated(text) else parsed(text)


def _integer(text: str | None, default: int) -> int:
    try:
        return default if text is None else int(text)
    except ValueError:
        return 0
