"""The two layers of a `.gcn` file: typed values outside, typed records inside, little-endian.

Outside, a value is a type of two bytes and its content; the types are those of OLE VARIANT. Inside,
after a mark of sixteen bytes and two nulls, a token is a type of one byte and its content, and an
item is the number 0 and a token, or 1 and a list of items.
"""

import struct
from collections.abc import Callable
from typing import Any

_DEPTH = 16
"""Lists in lists; the files that AFAS offers have two."""
_MARK = bytes.fromhex("15D283E7CBB8074FAA8A7065D8A6DDBB")
_NULL, _NUMBER, _MOMENT, _TEXT, _YES_OR_NO = 0x00, 0x02, 0x08, 0x09, 0x0A
_LIST = (8201, 0, 1)
_GROUPS = 5
"""Of seven bits in a length."""


class Damaged(Exception):  # noqa: N818 - told as a problem of the file, with its name
    """It is not written as expected; the text says where, what was found and what was expected."""


class _Bytes:
    """Bytes that are taken one after the other, and never more than there are."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.at = 0

    @property
    def left(self) -> int:
        return len(self._content) - self.at

    def take(self, count: int, what: str) -> bytes:
        if not 0 <= count <= self.left:
            message = f"byte {self.at}: {what} of {count} bytes, and {self.left} are left"
            raise Damaged(message)
        found = self._content[self.at : self.at + count]
        self.at += count
        return found

    def number(self, form: str, what: str) -> Any:
        return struct.unpack(f"<{form}", self.take(struct.calcsize(f"<{form}"), what))[0]

    def end(self) -> None:
        if self.left:
            message = f"byte {self.at}: {self.left} bytes after the end"
            raise Damaged(message)


def read_array(content: bytes) -> list[Any]:
    """Return the values of the outer array.

    Raises:
        Damaged: It is written otherwise.
    """
    source = _Bytes(content)
    found = _value(source, 0)
    source.end()
    if not isinstance(found, list):
        message = "byte 0: one value, expected an array (0C 20)"
        raise Damaged(message)
    return found


def _value(source: _Bytes, depth: int) -> Any:
    at = source.at
    kind = source.number("H", "a type")
    reader = _VALUES.get(kind)
    if reader is None:
        known = ", ".join(f"{each:04X}" for each in sorted(_VALUES))
        message = f"byte {at}: type {kind:04X}, expected one of {known}"
        raise Damaged(message)
    if depth > _DEPTH:
        message = f"byte {at}: more than {_DEPTH} arrays in each other"
        raise Damaged(message)
    return reader(source, depth)


def _text(source: _Bytes, _depth: int) -> str:
    # the code page is not known; in every byte of ASCII they are alike
    return source.take(source.number("H", "a length"), "a text").decode("latin-1")


def _count(source: _Bytes) -> int:
    at = source.at
    dimensions = source.number("H", "a number of dimensions")
    count = source.number("i", "a count")
    lowest = source.number("i", "a lower bound")
    if dimensions != 1 or lowest != 0 or not 0 <= count <= source.left:
        message = (
            f"byte {at}: {dimensions} dimensions of {count} elements from {lowest}, expected one "
            f"from 0, and {source.left} bytes are left"
        )
        raise Damaged(message)
    return int(count)


def _array(source: _Bytes, depth: int) -> list[Any]:
    return [_value(source, depth + 1) for _ in range(_count(source))]


_VALUES: dict[int, Callable[[_Bytes, int], Any]] = {
    0x0003: lambda source, _: source.number("i", "a number"),
    0x0007: lambda source, _: source.number("d", "a moment"),
    0x0008: _text,
    0x000B: lambda source, _: bool(source.number("h", "yes or no")),
    0x2011: lambda source, _: source.take(_count(source), "bytes"),
    0x200C: _array,
}


def read_records(content: bytes) -> list[Any]:
    """Return the list that the inner layer holds: texts, numbers, booleans, None, and lists.

    A moment is left out: it is None.

    Raises:
        Damaged: It is written otherwise.
    """
    source = _Bytes(content)
    if source.take(min(len(_MARK), source.left), "the mark") != _MARK:
        message = f"byte 0: expected the mark {_MARK[:4].hex(' ').upper()} …"
        raise Damaged(message)
    for _ in range(2):
        if _token(source) is not None:
            message = f"byte {source.at}: expected two nulls after the mark"
            raise Damaged(message)
    found = _item(source, 0)
    source.end()
    if not isinstance(found, list):
        message = f"byte {len(_MARK) + 2}: one value, expected a list"
        raise Damaged(message)
    return found


def _item(source: _Bytes, depth: int) -> Any:
    at = source.at
    kind = _token(source)
    if kind == 0 and type(kind) is int:
        return _token(source)
    if kind != 1 or type(kind) is not int:
        message = f"byte {at}: {_said(kind)}, expected 0 (one value) or 1 (a list)"
        raise Damaged(message)
    if depth > _DEPTH:
        message = f"byte {at}: more than {_DEPTH} lists in each other"
        raise Damaged(message)
    count = _token(source)
    shape = tuple(_token(source) for _ in _LIST)
    if shape != _LIST or type(count) is not int or not 0 <= count <= source.left:
        message = f"byte {at}: a list of {_said(count)} elements, {source.left} bytes are left"
        raise Damaged(message)
    return [_item(source, depth + 1) for _ in range(count)]


def _said(value: Any) -> str:
    """Return what to say of a value; of texts only that they are one, for they may be private."""
    return "a text" if isinstance(value, str) else repr(value)


def _token(source: _Bytes) -> Any:
    at = source.at
    kind = source.number("B", "a type")
    if kind == _NULL:
        return None
    if kind == _NUMBER:
        return source.number("i", "a number")
    if kind == _MOMENT:
        source.take(8, "a moment")
        return None
    if kind == _YES_OR_NO:
        return bool(source.number("B", "yes or no"))
    if kind == _TEXT:
        return _long_text(source)
    message = f"byte {at}: type {kind:02X}, expected one of 00, 02, 08, 09, 0A"
    raise Damaged(message)


def _long_text(source: _Bytes) -> str:
    at, length = source.at, 0
    for group in range(_GROUPS):
        byte = source.number("B", "a length")
        length |= (byte & 0x7F) << (7 * group)
        if byte < 0x80:
            break
    else:
        message = f"byte {at}: a length of more than {_GROUPS} bytes"
        raise Damaged(message)
    text = source.take(length, "a text")
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        where = source.at - length + error.start
        message = f"byte {where}: expected UTF-8 text, found another byte"
        raise Damaged(message) from None
