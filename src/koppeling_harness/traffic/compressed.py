"""What was compressed with gzip or zlib, and stands as bytes, in base64 or in hexadecimal."""

import binascii
import re
import zlib
from collections.abc import Iterator

_MOST = 200_000
"""Characters that are read of one: who packs without end is not followed for ever."""
_GZIP_OR_ZLIB = 47
_STEP = 64
_MARKS = ("H4sI", "eJ", "eN", "1f8b08", "1F8B08", "789c", "789C", "78da", "78DA")
"""How they begin: 1F 8B 08 of gzip (RFC 1952), 78 9C and 78 DA of zlib (RFC 1950)."""
_RAW = ("\x1f\x8b\x08", "x\x9c", "x\xda")
_BEGINS = re.compile(r"(?<![A-Za-z0-9+_-])(?:H4sI|e[JN])")
"""After a `/` too: what is a whole segment of an address stands behind one."""
_BASE64 = re.compile(
    r"[A-Za-z0-9+/_-]{20,}(?:\s+[A-Za-z0-9+/_-]{16,})*(?:\s+[A-Za-z0-9+/_-]{1,76})?={0,2}"
)
_HEX = re.compile(r"(?<![0-9A-Za-z])(?:1[Ff]8[Bb]08|78(?:9[Cc]|[Dd][Aa]))[0-9A-Fa-f\s]{30,}")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


def compressed(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where something compressed begins and ends, and what it says, a character per byte."""
    if not text.isascii():
        yield from _raw(text)
    if not any(mark in text for mark in _MARKS):
        return
    end = 0
    for begins in _BEGINS.finditer(text):
        match = _BASE64.match(text, begins.start())
        if match is None or match.start() < end:
            continue
        said, _ = _unpacked(_from_base64(match.group()))
        if said:
            yield *match.span(), said
            end = match.end()
    for match in _HEX.finditer(text):
        digits = "".join(match.group().split())
        said, _ = _unpacked(binascii.unhexlify(digits[: len(digits) // 2 * 2]))
        if said:
            yield *match.span(), said


def _raw(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield what compressed bytes say that stand a character each."""
    for mark in _RAW:
        at = text.find(mark)
        while at >= 0:
            packed = text[at : at + _MOST]
            for each in {packed, packed.replace('\\"', '"')}:
                said, size = _unpacked(each.encode("latin-1", errors="replace"))
                if said:
                    yield at, at + size + packed.count('\\"', 0, size), said
            at = text.find(mark, at + 1)


def packed_bytes(data: bytes) -> Iterator[tuple[int, int, str]]:
    """Yield where compressed bytes begin and end among others, and what they say."""
    for mark in _RAW:
        at = data.find(mark.encode("latin-1"))
        while at >= 0:
            said, size = _unpacked(data[at : at + _MOST])
            if said:
                yield at, at + size, said
            at = data.find(mark.encode("latin-1"), at + 1)


def _from_base64(text: str) -> bytes:
    packed = "".join(text.split()).rstrip("=").encode().translate(_URL_SAFE)
    packed = packed[:-1] if len(packed) % 4 == 1 else packed
    return binascii.a2b_base64(packed + b"=" * (-len(packed) % 4))


def _unpacked(data: bytes) -> tuple[str, int]:
    """Return what compressed bytes say, as far as they are there, and how many they are."""
    unpacked = zlib.decompressobj(_GZIP_OR_ZLIB)
    said, at = b"", 0
    while at < len(data) and not unpacked.eof and len(said) < _MOST:
        try:
            said += unpacked.decompress(data[at : at + _STEP], _MOST)
        except zlib.error:
            break
        at += _STEP
    return said.decode("latin-1"), min(at, len(data)) - len(unpacked.unused_data)
