"""Keep the beginning of a body while it passes, and read it as text afterwards."""

import re
import zlib
from collections.abc import Iterator

BODY_LIMIT_BYTES = 1024 * 1024
"""How much of a body is kept, after decoding."""
_MARGIN = 4096
"""Kept besides and cut off after redaction: half a secret at the end would not be recognised."""
_ROOM = BODY_LIMIT_BYTES + _MARGIN
_TRUNCATED = "\n[truncated: "
_BUT_NOT = "but it is not"
_MOST_BYTES = 75 * 1024 * 1024
"""More than this no body is unpacked: AFAS takes no more. Source: docs.afas.help/apidoc."""
_PIECE = 256 * 1024
_LONG = re.compile(rb"[ \t\r\n]{4096,}|[A-Za-z0-9+/=_\\-]{4095,}[A-Za-z0-9+/=_-]")
"""Blanks, and what a file in base64 looks like; a backslash at its end is of what follows."""
_FOLDED = re.compile(rb"\[long:[0-9a-f]{8}\](?:[A-Za-z0-9+/=_\\\[\]:-]*[A-Za-z0-9+/=_\]-])?")
_PACKED = frozenset({"gzip", "x-gzip", "deflate"})


class Capture:
    """Looks at the chunks of one body; holds at most `BODY_LIMIT_BYTES` and a margin.

    Of a request that is longer the files and the blanks in it are left out first, so that the rest
    of it can be judged: nothing passes because much stands before it.

    Args:
        encoding: Its `Content-Encoding`.
        is_request: Whether it is that of a request.

    Attributes:
        size: Bytes of the body as sent.
    """

    __slots__ = (
        *("_chunks", "_encoding", "_held", "_inflate", "_is_cut", "_is_folded", "_is_packed"),
        *("_is_request", "_plain_size", "size"),
    )

    def __init__(self, encoding: str = "", *, is_request: bool = False) -> None:
        self.size = 0
        self._is_request = is_request
        self._is_folded = False
        self._plain_size = 0
        self._chunks: list[bytes] = []
        self._held = 0
        self._is_cut = False
        self._encoding = encoding.strip().lower()
        self._is_packed = self._encoding in _PACKED
        # 32 + 15: zlib's own header or gzip's, whichever it is
        self._inflate = zlib.decompressobj(47) if self._is_packed else None

    def feed(self, chunk: bytes) -> None:
        """Look at the next chunk as it stands on the wire."""
        self.size += len(chunk)
        if self._inflate is None:
            self._hold(chunk)
            return
        for plain in self._decode(chunk):
            self._hold(plain)

    def _hold(self, plain: bytes) -> None:
        if self._is_cut or not plain:
            return
        self._chunks.append(plain)
        self._held += len(plain)
        if self._held > _ROOM and self._is_request:
            self._fold()
        if self._held > _ROOM:
            self._chunks, self._held = [b"".join(self._chunks)[:_ROOM]], _ROOM
            self._is_cut = True

    def _fold(self) -> None:
        """Leave out files and blanks; what is then still long is too much to look at."""
        data = _LONG.sub(_short, b"".join(self._chunks))
        self._chunks, self._held, self._is_folded = [data], len(data), True
        if self._held > _ROOM // 2:
            self._is_cut = True

    def _decode(self, chunk: bytes) -> Iterator[bytes]:
        assert self._inflate is not None  # noqa: S101 - asked by feed alone
        left = chunk
        while left and not self._is_cut:
            try:
                plain = self._inflate.decompress(left, _PIECE)
            except zlib.error:
                self._inflate = None  # not what it says it is
                yield left
                return
            left = self._inflate.unconsumed_tail
            self._plain_size += len(plain)
            yield plain
            if self._plain_size > _MOST_BYTES:
                self._is_cut = True

    def text(self, charset: str = "utf-8") -> str | None:
        """Return what was kept as text; None when it is empty or not text."""
        data = b"".join(self._chunks)
        if self._is_folded:
            data = _FOLDED.sub(_short, data)
        if not data or b"\0" in data:
            return None
        try:
            return data.decode(charset)
        except LookupError:
            return None
        except UnicodeDecodeError as error:
            # a character may have been cut in two at the end of what was kept
            return data[: error.start].decode(charset) if self._ends_in(error) else None

    def _ends_in(self, error: UnicodeDecodeError) -> bool:
        return self._is_cut and error.start >= len(error.object) - 3

    def unread(self) -> str:
        """Return why this is no text in UTF-8; empty when it is, or nothing was sent."""
        data = b"".join(self._chunks)
        if not self.size:
            return ""
        if self._encoding not in {"", "identity", *_PACKED}:
            return f"Content-Encoding: {self._encoding[:40]}"
        if self._is_packed and self._inflate is None:
            return f"Content-Encoding: {self._encoding}, {_BUT_NOT}"
        if self._inflate is not None and not self._is_cut and not self._is_all():
            return f"Content-Encoding: {self._encoding}, {_BUT_NOT} one and whole"
        if data[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\0" in data[:4]:
            return "UTF-16"
        if b"\0" in data:
            return "binary"
        try:
            data.decode()
        except UnicodeDecodeError as error:
            if not self._ends_in(error):
                return f"not UTF-8 (byte 0x{data[error.start]:02x} at {error.start})"
        return ""

    def _is_all(self) -> bool:
        """Return whether what is packed is whole, and nothing stands behind it."""
        packed = self._inflate
        return packed is not None and packed.eof and not packed.unused_data

    def finish(self, redacted: str) -> str:
        """Return the redacted text as it is kept: with a mark when it was too long."""
        if not self._is_cut:
            return redacted
        return f"{redacted[:-_MARGIN]}{_TRUNCATED}{self.size} bytes in all]"


def _short(long: re.Match[bytes]) -> bytes:
    run = long[0]
    return b" " if run.isspace() else b"[long:%08x]" % zlib.crc32(run)


def is_truncated(body: str | None) -> bool:
    """Return whether a kept body is only the beginning of what was sent."""
    return body is not None and _TRUNCATED in body[-64:]
