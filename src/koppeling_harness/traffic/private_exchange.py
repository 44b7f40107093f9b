"""Replace what is private in exchanges, after they were judged and before anything is kept.

First by place: what stands in a field that the manifest marks, wherever a request or an answer may
name a field. Then by value: whatever stood there is replaced wherever else it stands, in exchanges,
logs, errors and findings. What cannot be understood is not kept.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote_plus

from koppeling_harness.model.exchange import Exchange, Headers, Recording
from koppeling_harness.model.manifest import Manifest
from koppeling_harness.traffic.attachments import without_attachments
from koppeling_harness.traffic.capture import as_kept, is_truncated
from koppeling_harness.traffic.private_values import PrivateValues
from koppeling_harness.traffic.redactor import Redactor

NOT_KEPT = "[not kept: "
"""How a body begins of which nothing was kept, because its shape was not understood."""

_VALUE = r'("(?:[^"\\]|\\.)*(?:"|$)|-?[0-9][0-9.eE+-]*|true|false)'
_ANY_MEMBER = re.compile(rf'("(?:[^"\\]|\\.)*"\s*:\s*){_VALUE}')
_MEMBER_NAME = re.compile(r'"((?:[^"\\]|\\.)*)"\s*:\s*$')
_OF_AFAS = frozenset({"skip", "take", "@action", "@fieldid", "@operatortype"})
_UNQUOTED_AT_MOST = 4
_PLACEHOLDER = re.compile(r"\[\w+:[0-9a-f]{8}\]")


class Privacy:
    """What is private in one scenario.

    Args:
        redactor: That of the run.
        manifest: Says which fields are private, and which connectors are used.
    """

    def __init__(self, redactor: Redactor, manifest: Manifest) -> None:
        fields: dict[str, set[str]] = {}
        for each in manifest.privacy_fields:
            fields.setdefault(each.connector.lower(), set()).add(each.field)
        self._private = {name: _Fields(of) for name, of in fields.items()}
        self._declared = {each.lower() for each in manifest.connectors}
        self._redactor = redactor
        self._values = PrivateValues(_own_words(manifest))
        self._kept: dict[int, Exchange] = {}
        self._placed: dict[str, tuple[str, bool]] = {}
        self._counts: Counter[str] = Counter()
        self._done: dict[str, tuple[str, Counter[str]]] = {}
        self._done_with = 0

    def see(self, exchanges: Iterable[Exchange]) -> None:
        """Take up the private values of exchanges that are over."""
        for each in exchanges:
            if each.number not in self._kept and each.status is not None:
                self._kept[each.number] = self._by_place(each)

    def has_seen(self, exchange: Exchange) -> bool:
        """Return whether the private values of an exchange were taken up."""
        return exchange.number in self._kept

    def text(self, text: str) -> str:
        """Return a text with every secret and every personal and private value replaced."""
        return self._personal(self._redactor.secrets(text))[0]

    def exchange(self, exchange: Exchange) -> Exchange:
        """Return an exchange as it may be kept."""
        return self._by_value(exchange)

    def kept(self, recording: Recording) -> Recording:
        """Return a recording as it may be kept."""
        self.see(recording.exchanges)
        exchanges = tuple(self._by_value(each) for each in recording.exchanges)
        triggers = tuple(
            replace(each, input=_each_value(each.input, self._input)) for each in recording.triggers
        )
        counts = Counter(dict(recording.redacted)) + self._counts
        return replace(
            recording,
            exchanges=exchanges,
            triggers=triggers,
            redacted=tuple(sorted(counts.items())),
        )

    def _personal(self, text: str) -> tuple[str, Counter[str]]:
        """Return a text without personal and private values, and how many were replaced.

        The headers of a scenario say the same again and again: each text is looked at once, until
        another private value is known.
        """
        if self._done_with != len(self._values):
            self._done.clear()
            self._done_with = len(self._values)
        done = self._done.get(text)
        if done is None:
            counts: Counter[str] = Counter()
            done = self._redactor.personal(text, counts, private=self._values), counts
            self._done[text] = done
        return done

    def _input(self, value: Any) -> Any:
        text = value if isinstance(value, str) else json.dumps(value)
        if self._values.holds(text):
            return self._redactor.placeholder("field", text)
        return self.text(value) if isinstance(value, str) else value

    def _by_value(self, exchange: Exchange) -> Exchange:
        """Return an exchange in which no private value stands any more."""
        placed = self._kept.get(exchange.number) or self._by_place(exchange)

        def text(text: str) -> str:
            replaced, counts = self._personal(text)
            self._counts += counts
            return replaced

        def headers(headers: Headers) -> Headers:
            return tuple((text(name), text(value)) for name, value in headers)

        def body(content: str | None) -> str | None:
            if content is None:
                return None
            if self._values.has_short:
                content = _ANY_MEMBER.sub(self._short_member, content)
            return text(content)

        def kept(content: str | None, size: int) -> str | None:
            content = body(content)
            return None if content is None else as_kept(content, size)

        return replace(
            placed,
            path=text(placed.path),
            query=text(placed.query),
            request_headers=headers(placed.request_headers),
            request_body=kept(placed.request_body, placed.request_size),
            response_headers=headers(placed.response_headers),
            response_body=kept(placed.response_body, placed.response_size),
        )

    def _short_member(self, match: re.Match[str]) -> str:
        raw = match.group(2)
        if not self._values.is_short(str(_said(raw))):
            return match.group()
        return f'{match.group(1)}"{self._replace(raw)}"'

    def _by_place(self, exchange: Exchange) -> Exchange:
        connector = exchange.connector
        fields = self._private.get(connector.lower()) if connector else None
        is_unknown = connector is not None and connector.lower() not in self._declared

        def body(content: str | None, *, is_answer: bool) -> str | None:
            if content is None:
                return None
            content = without_attachments(content, self._redactor.placeholder)
            if is_unknown and not (is_answer and (exchange.status or 0) >= 400):
                return _ANY_MEMBER.sub(self._any_member, self._readable(content))
            if fields is None:
                return content
            return fields.member.sub(self._member, self._readable(content))

        if fields is None and not is_unknown:
            path, query = exchange.path, exchange.query
        else:
            path = self._path(exchange.path, fields)
            query = self._query(exchange.query, fields)
        return replace(
            exchange,
            path=path,
            query=query,
            request_body=body(exchange.request_body, is_answer=False),
            response_body=body(exchange.response_body, is_answer=True),
        )

    def _readable(self, content: str) -> str:
        """Return a body that is JSON, or the beginning of one; else only that it was there."""
        if is_truncated(content) and content.lstrip().startswith(("{", "[")):
            return content
        try:
            json.loads(content)
        except (ValueError, RecursionError):
            if content.lstrip().startswith(("{", "[")) and _ANY_MEMBER.search(content):
                self._values_in(content)
            size = len(content.encode("utf-8", "replace"))
            name = self._redactor.placeholder("body", content)
            return f"{NOT_KEPT}{size} bytes that are no JSON, {name}]"
        return content

    def _values_in(self, content: str) -> None:
        """Take up what stands in the private fields of a body that is not quite JSON."""
        for fields in self._private.values():
            for match in fields.member.finditer(content):
                self._replace(match.group(2))

    def _path(self, path: str, fields: "_Fields | None") -> str:
        segments = path.split("/")
        for at in range(4, len(segments)):  # below /connectors/NAME: names of keys, their values
            names = _plain(segments[at - 1]).replace("@", "").split(",")
            if fields is None or fields.has_any(names):
                segments[at] = self._positions(names, segments[at], fields)
        return "/".join(segments)

    def _query(self, query: str, fields: "_Fields | None") -> str:
        parameters = [part.partition("=") for part in query.split("&")]
        given = [_plain(key).lower() for key, _, _ in parameters]
        names: list[str] = []
        for key, (_, _, value) in zip(given, parameters, strict=True):
            if key == "filterfieldids":
                names += re.split("[,;]", _plain(value))
        is_odd = given.count("filterfieldids") > 1 or given.count("filtervalues") > 1
        replaced: list[str] = []
        for key, (raw, equals, value) in zip(given, parameters, strict=True):
            new = value
            if key == "filtervalues" and (fields is None or fields.has_any(names)):
                new = self._positions(names, value, None if is_odd else fields)
            elif key == "filterjson":
                new = self._filter_json(value, fields)
            replaced.append(f"{raw}{equals}{new}")
        return "&".join(replaced)

    def _positions(self, names: Sequence[str], raw: str, fields: "_Fields | None") -> str:
        """Replace the values that stand where the names of private fields stand.

        All of them, where there are not as many values as names: nobody knows then which is which.
        """
        parts = re.split("([,;])", _plain(raw))
        values = range(0, len(parts), 2)
        is_plain = fields is not None and len(values) == len(names)
        for at, name in zip(values, names if is_plain else [""] * len(values), strict=True):
            if parts[at] and (not is_plain or (fields is not None and fields.has_any([name]))):
                parts[at] = self._replace(parts[at])
        return quote("".join(parts), safe=",;[]:%@!*()'~/?")

    def _filter_json(self, raw: str, fields: "_Fields | None") -> str:
        try:
            data = json.loads(_plain(raw))
        except (ValueError, RecursionError):
            return quote(self._replace(raw), safe="[]:") if raw else raw

        def hide(node: dict[str, Any]) -> None:
            name = next(
                (str(value) for key, value in node.items() if key.lower() == "@fieldid"), ""
            )
            for key in [each for each in node if each.lower() == "#text"]:
                if fields is None or fields.has_any([name]):
                    node[key] = self._replace(str(node[key]))

        before = json.dumps(data)
        _each_object(data, hide)
        return raw if json.dumps(data) == before else quote(json.dumps(data), safe="[]:")

    def _member(self, match: re.Match[str]) -> str:
        return f'{match.group(1)}"{self._replace(match.group(2))}"'

    def _any_member(self, match: re.Match[str]) -> str:
        name = _MEMBER_NAME.search(match.group(1))
        if name is not None and name.group(1).lower() in _OF_AFAS:
            return match.group()
        return self._member(match)

    def _replace(self, raw: str) -> str:
        """Return what stands in the place of a value, and look for it from now on."""
        placed = self._placed.get(raw)
        if placed is None:
            placed = self._placed[raw] = self._place(raw)
        text, is_new = placed
        if is_new:
            self._counts["field"] += 1
        return text

    def _place(self, raw: str) -> tuple[str, bool]:
        """Return what stands in the place of a value, and whether that is not there already."""
        value = _said(raw)
        if isinstance(value, str) and _PLACEHOLDER.fullmatch(value):
            return value, False
        self._values.add(value)
        return self._redactor.placeholder("field", value if isinstance(value, str) else raw), True


class _Fields:
    """The private fields of one connector."""

    def __init__(self, fields: Iterable[str]) -> None:
        # a manifest names a field of a sub-object `KnPerson.BcCo`; a body has only `BcCo`
        self._names = {field.rpartition(".")[2].lower() for field in fields}
        escaped = "|".join(re.escape(name) for name in sorted(self._names, key=len, reverse=True))
        self.member = re.compile(rf'(?i)("@?(?:{escaped})"\s*:\s*){_VALUE}')

    def has_any(self, names: Sequence[str]) -> bool:
        return any(name.strip().lower() in self._names for name in names)


def _said(raw: str) -> Any:
    """Return what a value in a body says: JSON where it is, else the text itself."""
    try:
        return json.loads(raw)
    except ValueError:
        return raw.strip('"')


def _plain(raw: str) -> str:
    """Return what was percent-encoded, once or more often."""
    for _ in range(_UNQUOTED_AT_MOST):
        plain = unquote_plus(raw)
        if plain == raw:
            break
        raw = plain
    return raw


def _own_words(manifest: Manifest) -> frozenset[str]:
    """Return what the harness and the manifest call things: no value of a person."""
    names = [manifest.id, manifest.version, manifest.integration_id, *manifest.releases]
    names += [each.id for each in manifest.get_connectors]
    names += [field for each in manifest.get_connectors for field in each.fields]
    names += [each.id for each in manifest.update_connectors]
    names += [field for each in manifest.update_connectors for field in each.fields]
    names += [each.name for each in manifest.operations]
    names += ["profit", "afas", "fields", "element", "objects", "integration", "connector"]
    return frozenset(part.casefold() for name in names for part in (name, *name.split(".")))


def _each_value(data: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(data, Mapping):
        return {name: _each_value(value, change) for name, value in data.items()}
    if isinstance(data, (list, tuple)):
        return [_each_value(value, change) for value in data]
    return data if data is None or isinstance(data, bool) else change(data)


def _each_object(node: Any, visit: Callable[[dict[str, Any]], None]) -> None:
    waiting = [node]
    for each in waiting:
        if isinstance(each, dict):
            visit(each)
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
