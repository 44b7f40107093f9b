"""Rules of every signed token that a client sends: claims, once, where.

Nothing here needs a signature library; `signed` is the door to it.
"""

import math
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from koppeling_harness.value import dataclass

SKEW_S = 60
"""How far clocks may differ (source: AFAS, docs.afas.help/profit/en/authentication)."""

_AFAS = re.compile(
    r"https://[0-9]{5,6}\.rest(?:test|accept|cursus)?\.afas\.online/profitrestservices",
    re.IGNORECASE,
)
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_PORTS = {"http": 80, "https": 443}
_MANY = 1000


class JwtError(Exception):
    """Why a signed token is refused, in words that may be told to the client."""


class Once:
    """Ids that may be used one time each; they are forgotten when they have expired anyway."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def take(self, id_: str, *, until: float, now: float) -> None:
        """Use an id up.

        Args:
            id_: It, with what it must be unique within.
            until: When what carries it is refused as too old, in seconds since 1970.
            now: The present moment, likewise.

        Raises:
            JwtError: It was used before.
        """
        if len(self._until) >= _MANY:
            self._until = {each: end for each, end in self._until.items() if end > now}
        if self._until.get(id_, now) > now:
            message = "jti was used before"
            raise JwtError(message)
        self._until[id_] = until


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a request went, as its client may name it.

    Attributes:
        url: As it was called, without a query.
        below: What of it is below the base URL.
    """

    url: str
    below: str

    @property
    def base(self) -> "Address":
        """The environment's base URL."""
        return Address(url=self.url.removesuffix(self.below), below="")

    def is_named_by(self, text: str) -> bool:
        """Return whether a URL is this address.

        The address that AFAS would give it counts too: a product whose address is built in reaches
        the emulator through a proxy, and signs what it knows.
        """
        wanted = _normal(text)
        documented = _AFAS.match(text)
        return wanted == _normal(self.url) or (
            documented is not None and wanted == _normal(documented[0] + self.below)
        )


def text_claim(claims: Mapping[str, Any], name: str) -> str:
    """Return a claim that must be a text.

    Raises:
        JwtError: It is not.
    """
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        message = f"{name} is missing" if value is None else f"{name} is not a text"
        raise JwtError(message)
    return value


def time_claim(claims: Mapping[str, Any], name: str) -> float:
    """Return a claim that must be a moment, in seconds since 1970.

    Raises:
        JwtError: It is not.
    """
    value = claims.get(name)
    try:
        moment = math.nan if isinstance(value, bool) else float(value or 0)
    except (TypeError, ValueError, OverflowError):
        moment = math.nan
    if not isinstance(value, int | float) or not math.isfinite(moment):
        message = f"{name} is missing" if value is None else f"{name} is not a moment in seconds"
        raise JwtError(message)
    return moment


def _normal(url: str) -> str:
    """Return a URL as RFC 3986, section 6.2, makes equal ones look the same; without its query."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url
    host = (parts.hostname or "").rstrip(".")
    if port is not None and port != _PORTS.get(parts.scheme):
        host = f"{host}:{port}"
    return f"{parts.scheme}://{host}{_ESCAPE.sub(_unescaped, parts.path) or '/'}"


def _unescaped(match: re.Match[str]) -> str:
    sign = chr(int(match[1], 16))
    return sign if _UNRESERVED.fullmatch(sign) else match[0].upper()
