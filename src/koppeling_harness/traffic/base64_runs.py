"""Base64 in a text: where it may stand, and what it says."""

import binascii
from collections.abc import Iterator

from koppeling_harness.traffic.runs import Span, runs
from koppeling_harness.traffic.view import DIGITS, LETTERS, latin, shape

BASE64_SHAPE = shape(DIGITS + LETTERS + LETTERS.upper() + "+/_-")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


def base64_runs(text: str, least: int = 24) -> Iterator[Span]:
    """Yield where there may be base64, with the `=` at its end."""
    for start, end in runs(latin(text).translate(BASE64_SHAPE), least):
        tail = text[end : end + 2]
        yield start, end + len(tail) - len(tail.lstrip("="))


def decoded_base64(run: str, offset: int = 0) -> bytes:
    """Return what characters of base64 say from an offset on, as far as they say anything."""
    plain = latin(run[offset:]).rstrip(b"=").translate(_URL_SAFE)
    if len(plain) % 4 == 1:
        plain = plain[:-1]
    try:
        return binascii.a2b_base64(plain + b"=" * (-len(plain) % 4))
    except ValueError:  # not base64 after all
        return b""
