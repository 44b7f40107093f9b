"""Redact an exchange: its headers, its URL and its bodies, each in their own way."""

import base64
import binascii
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote, unquote_plus

from koppeling_harness.model.exchange import Headers
from koppeling_harness.model.secret import Secret
from koppeling_harness.traffic.redactor import Redactor

PLAIN = "<plain>"
"""In a recorded `Authorization`: the token's XML was not base64."""
OTHER = "<other>"
"""In a recorded `Authorization`: something else than the whole token in base64."""

_TOKEN_XML = re.compile(r"<token><version>[0-9]+</version><data>([0-9A-Fa-f]+)</data></token>")
_SECRET_HEADERS = frozenset(
    {"cookie", "set-cookie", "dpop", "proxy-authorization", "x-api-key", "onlinesessionid"}
)
_CREDENTIALS = (
    "access_token|refresh_token|id_token|client_secret|client_assertion|code_verifier|code|"
    "password|apikey|apitoken|otp|token"
)
_SECRET_PARAMETER = re.compile(rf"(?i)((?:^|[?&])(?:{_CREDENTIALS})=)([^&]+)")
_SECRET_MEMBER = re.compile(rf'(?i)("(?:{_CREDENTIALS})"\s*:\s*")((?:[^"\\]|\\.)+)(")')
_VALUE = r'("(?:[^"\\]|\\.)*(?:"|$)|-?[0-9][0-9.eE+-]*|true|false)'
_LEARNED_FROM = 16


class ExchangeRedactor:
    """Redacts the exchanges of one environment.

    Attributes:
        counts: How many values of each kind were replaced.

    Args:
        redactor: That of the run.
        private_fields: By connector, the fields that the manifest marks as privacy-sensitive.
    """

    def __init__(self, redactor: Redactor, private_fields: Mapping[str, frozenset[str]]) -> None:
        self.counts: Counter[str] = Counter()
        self._redactor = redactor
        self._private = {
            connector.lower(): _Private(fields) for connector, fields in private_fields.items()
        }

    def headers(self, headers: Sequence[tuple[bytes, bytes]]) -> Headers:
        """Return headers in which no value is a secret, in their order."""
        named = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
        values = [self._header(name.lower(), value) for name, value in named]
        joined = "\n".join(values)
        redacted = self._redactor.text(joined, self.counts)
        if redacted != joined:
            values = redacted.split("\n")
        return tuple((name, value) for (name, _), value in zip(named, values, strict=True))

    def path(self, path: str) -> str:
        """Return a path in which keys of privacy-sensitive fields are replaced."""
        private = self._of(path)
        segments = path.split("/")
        if private is not None:
            for at in range(1, len(segments)):
                names = unquote(segments[at - 1]).replace("@", "").split(",")
                if private.has_any(names):
                    segments[at] = self._positions(names, segments[at], private)
        return self._redactor.text("/".join(segments), self.counts)

    def query(self, query: str, path: str) -> str:
        """Return a raw query string without secrets and privacy-sensitive filter values."""
        if not query:
            return query
        if _is_credential_path(path):
            query = _SECRET_PARAMETER.sub(self._secret, query)
        private = self._of(path)
        if private is not None:
            query = self._filter(query, private)
        return self._redactor.text(query, self.counts)

    def body(self, text: str, path: str) -> str:
        """Return a body without secrets and privacy-sensitive values; its layout stays."""
        if _is_credential_path(path):
            pattern = _SECRET_MEMBER if text.lstrip().startswith(("{", "[")) else _SECRET_PARAMETER
            text = pattern.sub(self._secret, text)
        private = self._of(path)
        if private is not None:
            text = private.member.sub(self._member, text)
        return self._redactor.text(text, self.counts)

    def _of(self, path: str) -> "_Private | None":
        parts = path.strip("/").split("/")
        if len(parts) < 2 or parts[0].lower() != "connectors":
            return None
        return self._private.get(parts[1].lower())

    def _header(self, name: str, value: str) -> str:
        if name == "authorization":
            return self._authorization(value)
        if name in _SECRET_HEADERS:
            return self._replace("secret", value)
        if name == "location":
            return _SECRET_PARAMETER.sub(self._secret, value)
        return value

    def _authorization(self, value: str) -> str:
        """Return the form of an `Authorization` value, with its secret replaced.

        `AfasToken [token:…]` is the documented form; `AfasToken <plain> [token:…]` was not
        encoded; `AfasToken <other> [token:…]` is anything else.
        """
        scheme, space, credentials = value.partition(" ")
        if not space:
            return self._replace("token", value)
        if scheme.lower() != "afastoken":
            self._learn(credentials)
            return f"{scheme} {self._replace('token', credentials)}"
        plain = _TOKEN_XML.search(credentials)
        if plain is not None:
            return f"{scheme} {PLAIN} {self._replace('token', plain.group(1).upper())}"
        whole = _TOKEN_XML.fullmatch(_base64_text(credentials))
        if whole is not None:
            return f"{scheme} {self._replace('token', whole.group(1).upper())}"
        found = self._redactor.text(credentials)
        self._learn(credentials)
        if re.fullmatch(r"\[token:[0-9a-f]{8}\]", found):
            self.counts["token"] += 1
            return f"{scheme} {OTHER} {found}"
        return f"{scheme} {OTHER} {self._replace('token', credentials)}"

    def _learn(self, value: str, kind: str = "token") -> None:
        # a short value would be found everywhere, by chance
        if len(value) >= _LEARNED_FROM:
            self._redactor.add_secret(Secret(value), kind=kind)

    def _replace(self, kind: str, value: str) -> str:
        self.counts[kind] += 1
        return self._redactor.placeholder(kind, value)

    def _secret(self, match: re.Match[str]) -> str:
        value = unquote(match.group(2))
        self._learn(value, kind="secret")
        after = match.group(3) if match.re.groups > 2 else ""
        return match.group(1) + self._replace("secret", value) + after

    def _member(self, match: re.Match[str]) -> str:
        return f'{match.group(1)}"{self._replace("field", match.group(2).strip(chr(34)))}"'

    def _positions(self, names: Sequence[str], raw: str, private: "_Private") -> str:
        """Replace the values that stand where the names of private fields stand."""
        parts = re.split("([,;])", unquote_plus(raw))
        for at, name in zip(range(0, len(parts), 2), names, strict=False):
            if private.has_any([name]) and parts[at]:
                parts[at] = self._replace("field", parts[at])
        return quote("".join(parts), safe=",;[]:%@!*()'~/?")

    def _filter(self, query: str, private: "_Private") -> str:
        parameters = [part.partition("=") for part in query.split("&")]
        names: list[str] = []
        for key, _, value in parameters:
            if key.lower() == "filterfieldids":
                names = re.split("[,;]", unquote_plus(value))
        replaced: list[str] = []
        for key, equals, value in parameters:
            new = value
            if key.lower() == "filtervalues" and private.has_any(names):
                new = self._positions(names, value, private)
            elif key.lower() == "filterjson":
                new = self._filter_json(value, private)
            replaced.append(f"{key}{equals}{new}")
        return "&".join(replaced)

    def _filter_json(self, raw: str, private: "_Private") -> str:
        try:
            data = json.loads(unquote_plus(raw))
        except ValueError:
            return raw

        def hide(node: dict[str, Any]) -> None:
            if private.has_any([str(node.get("@FieldId", ""))]) and "#text" in node:
                node["#text"] = self._replace("field", str(node["#text"]))

        before = json.dumps(data)
        _each_object(data, hide)
        return raw if json.dumps(data) == before else quote(json.dumps(data), safe="[]:")


class _Private:
    """The privacy-sensitive fields of one connector."""

    def __init__(self, fields: frozenset[str]) -> None:
        # a manifest names a field of a sub-object `KnPerson.BcCo`; a body has only `BcCo`
        self._names = {field.rpartition(".")[2].lower() for field in fields}
        escaped = "|".join(re.escape(name) for name in sorted(self._names, key=len, reverse=True))
        self.member = re.compile(rf'(?i)("@?(?:{escaped})"\s*:\s*){_VALUE}')

    def has_any(self, names: Sequence[str]) -> bool:
        return any(name.lower() in self._names for name in names)


def _is_credential_path(path: str) -> bool:
    return path.lower().lstrip("/").startswith(("oauth", "otp"))


def _base64_text(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def _each_object(node: Any, visit: Callable[[dict[str, Any]], None]) -> None:
    if isinstance(node, dict):
        visit(node)
        for value in node.values():
            _each_object(value, visit)
    elif isinstance(node, list):
        for value in node:
            _each_object(value, visit)
