"""An exchange as the rules look at it: with its query and bodies read once."""

import json
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote

from koppeling_harness.http.json_text import NotJsonError, read_json
from koppeling_harness.model.exchange import Exchange, RefusedFor
from koppeling_harness.model.fault import is_sign_in
from koppeling_harness.model.operation import ENDPOINTS
from koppeling_harness.model.shape import Text
from koppeling_harness.traffic.capture import is_truncated
from koppeling_harness.traffic.checks.body import elements_of, fields_of, keys_of, objects_of

DEFAULT_TAKE = 100
"""Rows of a GetConnector when nothing is asked. Source: docs.afas.help/profit/en/get-connector."""

_ASSERTION = re.compile(r"client_assertion=[^&]*")
_WRITING = frozenset({"POST", "PUT", "DELETE"})
_FIRST_ROW = re.compile(r'"rows"\s*:\s*\[\s*(?=\{)')
_DECODER = json.JSONDecoder()
_WHOLE = re.compile(r"[+-]?[0-9]+")
_MOST_DIGITS = 18
_EQUAL = "1"
_SEPARATORS = re.compile(r"[,;]")


class Call:
    """One exchange of the integration, read.

    Attributes:
        exchange: The exchange itself.
        connector: The connector that it names, in lower case.
        is_whole: Whether it is a request, and was meant for AFAS while the scenario ran.
        is_read: Whether it reads from a GetConnector.
        is_write: Whether it writes through an UpdateConnector.
        other: What it calls beside connectors with rows; None when it is one of those.
        needs_token: Whether it must carry a token: all but the calls that are made to get one.
    """

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        connector = exchange.connector
        self.connector = None if connector is None else connector.lower()
        through = connector is not None and exchange.path.lower().startswith("/connectors/")
        self.is_read = through and exchange.method == "GET"
        self.is_write = through and exchange.method in _WRITING
        endpoint = exchange.path.strip("/").partition("/")[0].lower()
        self.other = None if exchange.refused is not None else ENDPOINTS.get(endpoint)
        self.is_whole = exchange.refused is None or exchange.refused.kind is RefusedFor.ADDRESS
        self.needs_token = exchange.method != "OPTIONS" and not is_sign_in(exchange.path)
        self._headers: dict[str, list[str]] = {}
        for name, value in exchange.request_headers:
            self._headers.setdefault(name.lower(), []).append(value)

    def headers(self, name: str) -> list[str]:
        """Return every value of a request header, by its name in lower case."""
        return self._headers.get(name, [])

    def header(self, name: str) -> str:
        """Return a request header, empty when absent; of several lines what they say together.

        Source: RFC 9110, section 5.2.
        """
        return ", ".join(self.headers(name))

    @property
    def ended_s(self) -> float:
        """When its answer was complete."""
        return self.exchange.started_s + self.exchange.duration_s

    @property
    def was_answered(self) -> bool:
        """Whether a whole answer came: not lost, and not broken off halfway."""
        said = self.exchange.response_header("content-length") or ""
        whole = not said.isdecimal() or self.exchange.response_size >= int(said)
        return self.exchange.status is not None and whole

    @property
    def came_whole(self) -> bool:
        """Whether all of what was asked came, as AFAS sent it: rows that can be read."""
        seen = self.exchange
        if seen.status != 200 or seen.fault is not None or not self.was_answered:
            return False
        return is_truncated(seen.response_body) or self.rows is not None

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

    @property
    def sorts_down(self) -> bool:
        """Whether the first field of its sort is to come from high to low."""
        return self.parameters.get("orderbyfieldids", "").strip().startswith("-")

    @cached_property
    def filters(self) -> tuple[tuple[str, str, str], ...]:
        """Field, value and operator of each condition, of either notation."""
        return (*self._compact_filters(), *self._json_filters())

    @cached_property
    def filter_key(self) -> tuple[tuple[str, str, str], ...]:
        """The conditions, to compare calls by."""
        return tuple(sorted(self.filters))

    @cached_property
    def asks_keys(self) -> bool:
        """Whether it asks several values of one field, as keys: one row of each came at most.

        No further row can then exist, however full the page is.
        """
        fields = {field.lower() for field, _, _ in self.filters}
        asked = {value.strip().casefold() for _, value, _ in self.filters}
        if len(fields) != 1 or len(asked) < 2 or self.take < len(asked) or self.rows is None:
            return False
        if any(operator != _EQUAL for _, _, operator in self.filters):
            return False
        (field,) = fields
        came = [
            str(value).strip().casefold()
            for row in self.rows
            for name, value in row.items()
            if name.lower() == field
        ]
        return len(came) == len(self.rows) == len(set(came)) and set(came) <= asked

    def _compact_filters(self) -> Iterator[tuple[str, str, str]]:
        fields = self.parameters.get("filterfieldids", "")
        if not fields:
            path = self.exchange.path.strip("/").split("/")
            if self.is_read and len(path) == 4:
                names, values = _split(path[2]), _split(path[3])
                yield from zip(names, values, ["1"] * len(names), strict=False)
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
        """What makes two calls the same request: method, path, query and body.

        Of a request for a token the assertion is no part of it: each has its own.
        """
        seen = self.exchange
        body = seen.request_body or str(seen.request_size)
        if not self.needs_token:
            body = _ASSERTION.sub("", body)
        return (seen.method, seen.path, seen.query, body)

    @property
    def request_json(self) -> Any:
        """The body that it sent, None when it is not JSON or not whole."""
        return self._request_read[0]

    @property
    def request_problem(self) -> Text | None:
        """Why the body that it sent is no JSON; None when it is, or is not whole."""
        return self._request_read[1]

    @cached_property
    def _request_read(self) -> tuple[Any, Text | None]:
        if self.request_is_cut:
            return None, None
        try:
            return read_json(self.exchange.request_body or ""), None
        except NotJsonError as error:
            return None, error.found

    @property
    def request_is_cut(self) -> bool:
        """Whether only the beginning of the body was kept."""
        return is_truncated(self.exchange.request_body)

    @cached_property
    def response_json(self) -> Any:
        """The body of the answer, None when it is not JSON or not whole."""
        text = self.exchange.response_body
        return None if text is None or is_truncated(text) else parsed(text)

    @cached_property
    def rows(self) -> list[dict[str, Any]] | None:
        """The rows that it was answered, None when that cannot be known."""
        data = self.response_json if self.exchange.status == 200 else None
        rows = data.get("rows") if isinstance(data, dict) else None
        if not isinstance(rows, list):
            return None
        return rows if all(isinstance(each, dict) for each in (*rows[:1], *rows[-1:])) else None

    @cached_property
    def first_row(self) -> dict[str, Any]:
        """The first row that it was answered, empty when there is none."""
        body = self.exchange.response_body
        match = _FIRST_ROW.search(body[:200]) if body and self.exchange.status == 200 else None
        return {} if body is None or match is None else _row_at(body, match.end())

    @cached_property
    def last_row(self) -> dict[str, Any]:
        """The last row that it was answered, empty when there is none or it was cut off."""
        body = self.exchange.response_body
        if not self.first_row or body is None or is_truncated(body):
            return {}
        # rows have the same members: the last one begins before the last of the first name
        name = json.dumps(next(iter(self.first_row)), ensure_ascii=False)
        return _row_at(body, body.rfind("{", 0, body.rfind(name)))

    @cached_property
    def sent_fields(self) -> tuple[tuple[str, Any], ...]:
        """Each field of a write with its value, named as `KnSubjectLink.ToEm` below the root.

        Source for the shape: AFAS, docs.afas.help/profit/en/update-connector.
        """
        data = self.request_json if self.is_write else None
        if not isinstance(data, dict):
            return ()
        return tuple(field for root in data.values() for field in _element_fields(root, ""))

    @property
    def makes_a_record(self) -> bool:
        """Whether it makes one each time; what changes what it finds leaves one, however often."""
        matches = any(name.rpartition(".")[2].startswith("Match") for name, _ in self.sent_fields)
        return self.exchange.method == "POST" and self.is_write and not matches

    @cached_property
    def sent_elements(self) -> tuple[frozenset[tuple[str, str]], ...]:
        """Each element of a write, as what it says of which field; the same again is equal.

        What a body that cannot be read says is one element that nothing else equals.
        """
        data = self.request_json if self.is_write else None
        found = [
            frozenset(
                (name.lower(), json.dumps(value, sort_keys=True, default=str))
                for name, value in (*keys_of(each), *fields_of(each), *objects_of(each))
            )
            for root in (data.values() if isinstance(data, dict) else ())
            for each in elements_of(root)
        ]
        said = [each for each in found if each]
        return tuple(said) or (frozenset({("", "".join(self.identity))}),)

    @cached_property
    def sent_keys(self) -> tuple[tuple[str, Any], ...]:
        """What a write gives beside `Fields`, named likewise: keys, as a rule."""
        data = self.request_json if self.is_write else None
        if not isinstance(data, dict):
            return ()
        return tuple(key for root in data.values() for key in _element_keys(root, ""))

    @cached_property
    def asked_fields(self) -> tuple[str, ...]:
        """The fields that it names itself: in a filter, a sort or a body."""
        if self.is_write:
            return tuple(name for name, _ in self.sent_fields)
        return (*(name for name, _, _ in self.filters), *self.sort_fields)

    @cached_property
    def every_field(self) -> tuple[str, ...]:
        """The fields that it names and those that it was answered."""
        return (*self.first_row, *self.asked_fields)

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


def _row_at(body: str, at: int) -> dict[str, Any]:
    try:
        row, _ = _DECODER.raw_decode(body, at)
    except (ValueError, RecursionError):
        return {}
    return row if isinstance(row, dict) else {}


def _element_fields(node: Any, inside: str) -> Iterator[tuple[str, Any]]:
    for element in elements_of(node):
        for name, value in fields_of(element):
            yield inside + name, value
        for name, below in objects_of(element):
            yield from _element_fields(below, f"{inside}{name}.")


def _element_keys(node: Any, inside: str) -> Iterator[tuple[str, Any]]:
    for element in elements_of(node):
        for name, value in keys_of(element):
            yield inside + name, value
        for name, below in objects_of(element):
            yield from _element_keys(below, f"{inside}{name}.")


def _split(segment: str) -> list[str]:
    return unquote(segment).replace("@", "").split(",")


def _integer(text: str | None, default: int) -> int:
    plain = (text or "").strip(" \t\r\n\v\f")
    if not _WHOLE.fullmatch(plain):
        return default
    return int(plain) if len(plain) <= _MOST_DIGITS else int(f"{plain[:1]}{10**_MOST_DIGITS}")
