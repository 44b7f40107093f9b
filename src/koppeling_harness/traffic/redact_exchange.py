"""Replace the secrets of an exchange: in its headers, its URL and its bodies, each in their way.

What is private and no secret stays, for the rules to judge what was sent; `private_exchange`
replaces it before anything is kept.
"""

import base64
import binascii
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import unquote

from koppeling_harness.model.exchange import Headers
from koppeling_harness.model.secret import Secret
from koppeling_harness.traffic.redactor import Redactor, beside

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
_LEARNED_FROM = 16

T = TypeVar("T")


class ExchangeRedactor:
    """Replaces the secrets in the exchanges of one environment.

    Attributes:
        counts: How many values of each kind were replaced.

    Args:
        redactor: That of the run.
    """

    def __init__(self, redactor: Redactor) -> None:
        self.counts: Counter[str] = Counter()
        self._redactor = redactor

    async def beside(self, work: Callable[..., T], *arguments: Any) -> T:
        """Return what a function returns that another process carries out with such a redactor.

        Args:
            work: Of a module; its first argument is the redactor.
            arguments: Its others.

        Raises:
            LeftOffError: It did not come to its end.
        """
        result: T
        result, counts = await beside(self._redactor, _counted, work, arguments)
        self.counts += counts
        return result

    def headers(self, headers: Sequence[tuple[bytes, bytes]]) -> Headers:
        """Return headers in which no name and no value is a secret, in their order."""
        named = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
        values = [self._header(name.lower(), value) for name, value in named]
        names = self._lines([name for name, _ in named])
        return tuple(zip(names, self._lines(values), strict=True))

    def _lines(self, lines: list[str]) -> list[str]:
        """Return lines without secrets, as many as they were."""
        joined = "\n".join(lines)
        redacted = self._redactor.secrets(joined, self.counts)
        if redacted == joined:
            return lines
        replaced = redacted.split("\n")
        if len(replaced) == len(lines):
            return replaced
        alone = [self._redactor.secrets(each) for each in lines]
        if not self._redactor.find_secrets("\n".join(alone).encode("utf-8", "replace")):
            return alone
        return [self._replace("secret", each) for each in lines]  # one secret in several of them

    def path(self, path: str) -> str:
        """Return a path without secrets."""
        return self._redactor.secrets(path, self.counts)

    def query(self, query: str, path: str) -> str:
        """Return a raw query string without secrets."""
        if not query:
            return query
        if _is_credential_path(path):
            query = _SECRET_PARAMETER.sub(self._secret, query)
        return self._redactor.secrets(query, self.counts)

    def body(self, text: str, path: str) -> str:
        """Return a body without secrets; its layout stays."""
        if _is_credential_path(path):
            pattern = _SECRET_MEMBER if text.lstrip().startswith(("{", "[")) else _SECRET_PARAMETER
            text = pattern.sub(self._secret, text)
        return self._redactor.secrets(text, self.counts)

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
        found = self._redactor.secrets(credentials)
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


def _is_credential_path(path: str) -> bool:
    return path.lower().lstrip("/").startswith(("oauth", "otp"))


def _base64_text(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def _counted(
    redactor: Redactor, work: Callable[..., T], arguments: Sequence[Any]
) -> tuple[T, Counter[str]]:
    """Carry out work in another process; return also what was counted there."""
    another = ExchangeRedactor(redactor)
    return work(another, *arguments), another.counts
