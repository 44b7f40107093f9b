"""The path of a request: which environment, which endpoint, which ids and keys.

Words and ids are plain, in any letter case; keys and names of files may hold everything, escaped.
What AFAS's own servers do with the many other spellings of a path is not published; ERP1 answers
404 to them. `double_slash` is a switch: clients that glue a base address and a path together send
two slashes in a row.

Source: AFAS, docs.afas.help/apidoc; RFC 3986, sections 2.1 and 3.3.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import unquote_to_bytes

_PLAIN = r"(?:[A-Za-z0-9_.~!$&'()*+,=:@-]|%[0-9A-Fa-f]{2})"
_DATA = r"(?:[A-Za-z0-9_.~!$&'()*+,=:@;|\"<>^`{}\[\]-]|%[0-9A-Fa-f]{2})"
_PATH = re.compile(
    rf"/(?:(?P<environment>[A-Za-z0-9_-]+)/)?(?i:ProfitRestServices)"
    rf"/(?P<endpoint>[A-Za-z]+)(?P<words>(?:/{_PLAIN}+)*?)(?P<data>(?:/{_DATA}+)*)/?"
)
_NEEDLESS = re.compile(r"%(?:2[DEde]|3[0-9]|4[1-9A-Fa-f]|5[0-9AaFf]|6[1-9A-Fa-f]|7[0-9AaEe])")
_NO_NAME = re.compile(r"[/\\;]")
_BELOW_SPACE = re.compile(r"[\x00-\x1f\x7f]")
_WORDS = {"connectors": 1, "bi": 2, "metainfo": 2, "oauth": 1}
"""How many words and ids follow the endpoint; what follows those is data."""


@lru_cache(maxsize=256)
def read_path(raw: str, *, double_slash: bool) -> tuple[str, tuple[str, ...]] | None:
    """Return the environment and the parts below the service; None for no path of AFAS's.

    Args:
        raw: As it stands in the request line, without the query.
        double_slash: Whether slashes in a row count as one.
    """
    if double_slash:
        raw = re.sub("/{2,}", "/", raw)
    found = _PATH.fullmatch(raw)
    if found is None:
        return None
    endpoint: str = found["endpoint"]
    words = _WORDS.get(endpoint.lower(), 0)
    rest = (found["words"] + found["data"]).split("/")[1:]
    parts = _unescaped(rest)
    if parts is None or not _are_names(rest[:words], parts[:words]):
        return None
    return found["environment"] or "", (endpoint, *parts)


def _unescaped(raw: Sequence[str]) -> list[str] | None:
    try:
        parts = [unquote_to_bytes(each).decode() for each in raw]
    except UnicodeDecodeError:
        return None
    if any(_BELOW_SPACE.search(each) or each in {".", ".."} for each in parts):
        return None
    return parts


def _are_names(raw: Sequence[str], parts: Sequence[str]) -> bool:
    return not any(_NEEDLESS.search(each) for each in raw) and not any(
        _NO_NAME.search(each) for each in parts
    )
