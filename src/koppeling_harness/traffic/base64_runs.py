"""Base64 in a text: where it may stand, and what it says."""

import binascii
import re
from collections.abc import Iterator
from urllib.parse import unquote

from koppeling_harness.traffic.runs import Span, runs
from koppeling_harness.traffic.view import DIGITS, LETTERS, latin, shape

BASE64_SHAPE = shape(DIGITS + LETTERS + LETTERS.upper() + "+/_-")
_WRAPPED = re.compile(r"[A-Za-z0-9+/_%-]{16,}={0,2}(?:(?:\s|\\r|\\n)+[A-Za-z0-9+/_%-]{4,}={0,2})*")
_BREAKS = re.compile(r"\s|\\[rn]")
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


def packed_runs(text: str) -> Iterator[tuple[int, int]]:
    """Yield where there may be base64 of a text, over all its lines."""
    done = 0
    for start, end in base64_runs(text):
        if start < done:
            continue
        whole = _WRAPPED.match(text, start)
        done = whole.end() if whole else end
        yield start, done


def text_inside(run: str) -> str:
    """Return the text that base64 holds; empty when it is not base64 of a text."""
    plain = unquote(run) if "%" in run else run
    lines = _BREAKS.sub("", plain)
    for each in (lines, plain.split(maxsplit=1)[0]):
        data = decoded_base64(each)
        for charset in ("utf-16-le", "utf-8") if b"\0" in data else ("utf-8",):
            text = data.decode(charset, errors="replace")
            if text and "".join(text.split()).isprintable() and "\ufffd" not in text:
                return text
    return ""
