"""What was compressed with gzip or zlib and written as base64 or in hexadecimal digits."""

import binascii
import re
import zlib
from collections.abc import Iterator

_MOST = 200_000
"""Characters that are read of one: who packs without end is not followed for ever."""
_GZIP_OR_ZLIB = 47
_MARKS = ("H4sI", "eJ", "eN", "1f8b08", "1F8B08", "789c", "789C", "78da", "78DA")
"""How they begin: 1F 8B 08 of gzip (RFC 1952), 78 9C and 78 DA of zlib (RFC 1950)."""
_BASE64 = re.compile(
    r"(?<![A-Za-z0-9+/_-])(?:H4sI|e[JN][A-Za-z0-9+/_-])"
    r"[A-Za-z0-9+/_-]{16,}(?:\s+[A-Za-z0-9+/_-]{16,})*(?:\s+[A-Za-z0-9+/_-]{1,76})?={0,2}"
)
_HEX = re.compile(r"(?<![0-9A-Za-z])(?:1[Ff]8[Bb]08|78(?:9[Cc]|[Dd][Aa]))[0-9A-Fa-f\s]{30,}")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


def compressed(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where something compressed begins and ends, and what it says, a character per byte."""
    if not any(mark in text for mark in _MARKS):
        return
    for match in _BASE64.finditer(text):
        yield from _said(match, _from_base64(match.group()))
    for match in _HEX.finditer(text):
        digits = "".join(match.group().split())
        yield from _said(match, binascii.unhexlify(digits[: len(digits) // 2 * 2]))


def _from_base64(text: str) -> bytes:
    packed = "".join(text.split()).rstrip("=").encode().translate(_URL_SAFE)
    packed = packed[:-1] if len(packed) % 4 == 1 else packed
    return binascii.a2b_base64(packed + b"=" * (-len(packed) % 4))


def _said(match: re.Match[str], data: bytes) -> Iterator[tuple[int, int, str]]:
    try:
        said = zlib.decompressobj(_GZIP_OR_ZLIB).decompress(data, _MOST)
    except zlib.error:  # it only began like it
        return
    yield match.start(), match.end(), said.decode("latin-1")
