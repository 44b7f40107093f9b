"""Marks of an AfasToken: by what most spellings of its form can be seen, without undoing any.

The thorough search takes a second for each megabyte. This one tells in which files it is needed at
once; what it does not see is looked for before evidence is sent, and when it is taken in.
"""

import base64
from collections.abc import Iterator
from html import escape

_BEGIN = "<token><version>"
_DATA = "<data>"
_ALIGNMENTS = range(3)


def may_hold_token(content: bytes) -> bool:
    """Return whether a mark of a token stands in some bytes: as it is, escaped, or packed."""
    return any(each in content for each in _MARKS)


def _spelled() -> Iterator[bytes]:
    yield _DATA.encode()
    yield _DATA.encode("utf-16-le")
    yield escape(_DATA).encode()
    yield escape(escape(_DATA)).encode()
    yield _DATA.encode().hex().encode()
    yield _DATA.encode().hex().upper().encode()
    yield _DATA.encode().hex(" ").encode()
    for form in ("\\u003c{}", "\\u003C{}", "\\x3c{}", "\\x3C{}", "%3C{}", "%3c{}", "%253C{}"):
        yield form.format("data").encode()
    # within JSON each backslash is two
    for form in ("\\u{:04x}", "\\\\u{:04x}", "\\x{:02x}", "\\\\x{:02x}", "&#{};", "%{:02X}"):
        yield "".join(form.format(ord(each)) for each in _DATA).encode()
    yield b"=3Cdata"


def _packed(content: bytes, layers: int) -> Iterator[bytes]:
    """Yield how bytes look within base64, wherever they begin in it."""
    for before in _ALIGNMENTS:
        whole = base64.b64encode(bytes(before) + content)
        first = -(-before * 4 // 3)  # what also holds what stands before is left out
        last = (before + len(content)) * 8 // 6
        yield whole[first:last]
        if layers > 1:
            yield from _packed(whole[first:last], layers - 1)


_MARKS = tuple(
    sorted(
        {
            *_spelled(),
            *_packed(_DATA.encode(), 1),
            *_packed(_BEGIN.encode(), 2),
            *_packed(_BEGIN.encode("utf-16-le"), 1),
        }
    )
)
