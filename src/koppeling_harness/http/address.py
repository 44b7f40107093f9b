"""Read the address of a request in one way: what is not as AFAS documents it is no address.

What AFAS lets vary is read alike: the letter case of the fixed words and of ids, the environment
left out (the token tells which one is meant), one slash at the end. Everything else that means the
same to a lenient server (escapes that nothing needs, two slashes in a row, `.` and `..`, a whole
URL) would be read by two readers in two ways, and is refused.

Source: AFAS, docs.afas.help/profit/en/get-connector and /update-connector, docs.afas.help/apidoc.
"""

import re
from urllib.parse import unquote_to_bytes

from koppeling_harness.model.shape import Text
from koppeling_harness.value import dataclass

SERVICE = "ProfitRestServices"
_SOAP = "profitservices"
"""Of the addresses of SOAP. Source: AFAS, help.afas.nl, App_Cnnctr_SOAP."""
SOAP_IS_NOT_SEEN = Text(
    nl="SOAP; hier is alleen REST, dus van een koppeling die beide gebruikt wordt alleen de helft "
    "over REST beoordeeld",
    en="SOAP; there is REST only here, so that of an integration that uses both only the half over "
    "REST is judged",
)
"""What is told of a call by SOAP."""

_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})?")
_FIXED = re.compile(r"[A-Za-z0-9_-]+")
_ID = re.compile(r"[^\x00-\x1f\x7f/\\;]+")
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SHAPES: dict[str, tuple[range, int]] = {
    "bi": (range(2, 4), 3),
    "connectors": (range(2, 100), 2),
    "fileconnector": (range(1, 4), 1),
    "imageconnector": (range(1, 3), 1),
    "metainfo": (range(1, 4), 3),
    "oauth": (range(2, 3), 2),
    "otprequest": (range(1, 2), 1),
    "otpvalidation": (range(1, 2), 1),
    "profitversion": (range(1, 2), 1),
    "reportconnector": (range(1, 3), 1),
    "subjectconnector": (range(1, 4), 1),
}
"""By endpoint how many parts its path may have, and how many of them are words and ids: what
follows those is data, such as a key or the name of a file, in which everything may be escaped."""
_OF_CONNECTOR: dict[str, frozenset[int]] = {
    "GET": frozenset({2, 4}),
    "POST": frozenset({2, 3}),
    "PUT": frozenset({2}),
    "DELETE": frozenset(range(2, 100, 3)),
}
"""By method, how many parts the path of a connector may have: `connectors/{id}`, with a field and
a value to filter by, with an object to insert, with object, keys and values to delete."""


class NotAnAddressError(ValueError):
    """A request target that is not written as AFAS documents it.

    Attributes:
        found: What was found, in both languages.
    """

    def __init__(self, *, nl: str, en: str) -> None:
        super().__init__(en)
        self.found = Text(nl=nl, en=en)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One address of a Profit environment.

    Attributes:
        environment: As it was written; empty when it was left out.
        path: Below the service, as it was written, without a slash at its end:
            `/connectors/PtRealization`.
        query: As it was written, without `?`.
        parts: Of the path, with escapes undone: an escaped slash stays within its part.
    """

    environment: str
    path: str
    query: str
    parts: tuple[str, ...]


def read_address(method: str, target: str) -> Address:
    """Return the address that a request names.

    Args:
        method: Upper case.
        target: As it stands in the request line.

    Raises:
        NotAnAddressError: It is not written as AFAS documents it.
    """
    path, _, query = target.partition("?")
    _hold_form(target, path)
    segments = path[1:].split("/")
    if len(segments) > 1 and not segments[-1]:
        segments.pop()
    if "" in segments:
        line = re.sub(r"/{2,}", "/", path)
        raise NotAnAddressError(
            nl=f"twee schuine strepen achter elkaar; stuur {line}",
            en=f"two slashes in a row; send {line}",
        )
    decoded = [_decoded(each) for each in segments]
    environment, raw, parts = _below_service(segments, decoded)
    _hold_shape(method, raw, parts)
    return Address(
        environment=environment, path="/" + "/".join(raw), query=query, parts=tuple(parts)
    )


def _hold_form(target: str, path: str) -> None:
    if not path.startswith("/"):
        raise NotAnAddressError(
            nl="geen pad dat met een schuine streep begint, maar een hele URL of iets anders",
            en="no path that begins with a slash, but a whole URL or something else",
        )
    if "#" in target:
        raise NotAnAddressError(nl="een # in het adres", en="a # in the address")
    if "\\" in path:
        raise NotAnAddressError(nl="een \\ in het pad", en="a \\ in the path")
    if not path.isascii() or _CONTROL.search(path) or " " in path:
        raise NotAnAddressError(
            nl="een teken in het pad dat ge-escaped moet zijn",
            en="a character in the path that must be escaped",
        )


def _decoded(segment: str) -> str:
    if any(match[1] is None for match in _ESCAPE.finditer(segment)):
        raise NotAnAddressError(
            nl="een % in het pad zonder twee cijfers erachter",
            en="a % in the path without two digits after it",
        )
    try:
        text = unquote_to_bytes(segment).decode()
    except UnicodeDecodeError:
        raise NotAnAddressError(
            nl="een escape in het pad die geen UTF-8 is",
            en="an escape in the path that is no UTF-8",
        ) from None
    if text in {".", ".."}:
        raise NotAnAddressError(nl=f"een stap {text} in het pad", en=f"a step {text} in the path")
    if _CONTROL.search(text):
        raise NotAnAddressError(
            nl="een besturingsteken in het pad", en="a control character in the path"
        )
    return text


def _below_service(segments: list[str], decoded: list[str]) -> tuple[str, list[str], list[str]]:
    service = SERVICE.lower()
    if segments[0].lower() == service:
        return "", segments[1:], decoded[1:]
    if len(segments) > 1 and segments[1].lower() == service and _FIXED.fullmatch(segments[0]):
        return segments[0], segments[2:], decoded[2:]
    if _SOAP in {each.lower() for each in segments[:2]}:
        raise NotAnAddressError(nl=SOAP_IS_NOT_SEEN.nl, en=SOAP_IS_NOT_SEEN.en)
    raise NotAnAddressError(
        nl=f"geen /{SERVICE}/ vooraan, op zijn hoogst na de omgeving",
        en=f"no /{SERVICE}/ at the beginning, or after the environment",
    )


def _hold_shape(method: str, raw: list[str], parts: list[str]) -> None:
    endpoint = raw[0].lower() if raw else ""
    lengths, words = _SHAPES.get(endpoint, (range(0), 0))
    if not lengths:
        shown = endpoint if _FIXED.fullmatch(endpoint) else "-"
        raise NotAnAddressError(
            nl=f"geen eindpunt van AFAS ({shown[:40]})", en=f"no endpoint of AFAS ({shown[:40]})"
        )
    for at in range(1, min(words, len(raw))):
        _hold_id(raw[at], parts[at])
    allowed = _OF_CONNECTOR.get(method, lengths) if endpoint == "connectors" else lengths
    if len(raw) not in allowed:
        raise NotAnAddressError(
            nl=f"{method} van een pad van {len(raw)} delen onder /{endpoint}",
            en=f"{method} of a path of {len(raw)} parts below /{endpoint}",
        )


def _hold_id(raw: str, id_: str) -> None:
    needless = next(
        (
            match[0]
            for match in _ESCAPE.finditer(raw)
            if int(match[1], 16) < 128 and _UNRESERVED.match(chr(int(match[1], 16)))
        ),
        None,
    )
    if needless:
        raise NotAnAddressError(
            nl=f"een escape die niet nodig is ({needless})",
            en=f"an escape that is not needed ({needless})",
        )
    if not _ID.fullmatch(id_):
        raise NotAnAddressError(
            nl="een /, \\ of ; in de naam van een connector",
            en="a /, \\ or ; in the name of a connector",
        )
