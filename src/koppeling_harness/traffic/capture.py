"""Keep a body while it passes, and read it as text afterwards."""

import re
import zlib

from koppeling_harness.aside import CHUNK

JUDGED_LIMIT_BYTES = 16 * 1024 * 1024
"""How much of a request is judged, files and blanks in it not counted. AFAS takes 75 MB, most of
which is files: what is longer without them is 100,000 elements and more in one call."""
BODY_LIMIT_BYTES = 1024 * 1024
"""How much of a body is kept after it was judged; and of an answer how much is looked at."""
_MARGIN = 4096
"""Kept besides and cut off after redaction: half a secret at the end would not be recognised."""
_ROOM = BODY_LIMIT_BYTES + _MARGIN
_FOLDED_AT_ONCE = 256 * 1024
_TRUNCATED = "\n[truncated: "
_BUT_NOT = "but it is not"
_MOST_BYTES = 75 * 1024 * 1024
"""More than this no body is unpacked: AFAS takes no more. Source: docs.afas.help/apidoc."""
_PIECE = 256 * 1024
_ANY_ZLIB = 32 + 15
"""For zlib's own header or gzip's, whichever it is."""
_LONG = re.compile(rb"[ \t\r\n]{4096,}|[A-Za-z0-9+/=_\\-]{4095,}[A-Za-z0-9+/=_-]")
"""Blanks, and what a file in base64 looks like; a backslash at its end is of what follows."""
_FOLDED = re.compile(rb"\[long:[0-9a-f]{8}\](?:[A-Za-z0-9+/=_\\\[\]:-]*[A-Za-z0-9+/=_\]-])?")
_PACKED = frozenset({"gzip", "x-gzip", "deflate"})


class Capture:
    """Looks at the chunks of one body; holds at most so much of it, and a margin.

    Of a request that is longer than is kept the files and the blanks in it are left out, so that
    the rest of it can be judged: nothing passes because much stands before it. What is packed is
    held as it came, and unpacked when it is read: a little of it may be very much.

    Args:
        encoding: Its `Content-Encoding`.
        is_request: Whether it is that of a request.

    Attributes:
        size: Bytes of the body as sent.
    """

    __slots__ = ("_encoding", "_held", "_is_packed", "_opened", "_wire", "size")

    def __init__(self, encoding: str = "", *, is_request: bool = False) -> None:
        self.size = 0
        self._encoding = encoding.strip().lower()
        self._is_packed = self._encoding in _PACKED
        limit = JUDGED_LIMIT_BYTES if is_request else BODY_LIMIT_BYTES
        self._held = _Held(limit + _MARGIN, folds=is_request)
        self._wire = _Held(limit + _MARGIN, folds=False)
        self._opened: tuple[bytes, str] | None = None

    def feed(self, chunk: bytes) -> None:
        """Look at the next chunk as it stands on the wire."""
        self.size += len(chunk)
        (self._wire if self._is_packed else self._held).add(chunk)

    @property
    def held(self) -> int:
        """How many bytes are held of it."""
        return self._wire.size + self._held.size

    @property
    def may_be_long(self) -> bool:
        """Whether reading it takes more than a moment."""
        if self.held > CHUNK or not self._is_packed:
            return self.held > CHUNK
        inflate = zlib.decompressobj(_ANY_ZLIB)
        try:
            inflate.decompress(self._wire.data(), CHUNK)
        except zlib.error:
            return False
        return bool(inflate.unconsumed_tail)

    def let_go(self) -> None:
        """Hold nothing of it any more; what was read of it is as if it had been too long."""
        self._held.drop()
        self._wire.drop()

    def text(self, charset: str = "utf-8") -> str | None:
        """Return what was kept as text; None when it is empty or not text."""
        data, _ = self._open()
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

    @property
    def _is_cut(self) -> bool:
        return self._held.is_cut or self._wire.is_cut

    def unread(self) -> str:
        """Return why this is no text in UTF-8; empty when it is, or nothing was sent."""
        if not self.size:
            return ""
        if self._encoding not in {"", "identity", *_PACKED}:
            return f"Content-Encoding: {self._encoding[:40]}"
        data, problem = self._open()
        if problem:
            return f"Content-Encoding: {self._encoding}, {problem}"
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

    def _open(self) -> tuple[bytes, str]:
        """Return what was kept, unpacked; and what is wrong with its packing, if anything."""
        if self._opened is None:
            problem = self._unpack() if self._is_packed else ""
            self._opened = self._held.data(), problem
        return self._opened

    def _unpack(self) -> str:
        packed = left = self._wire.data()
        inflate = zlib.decompressobj(_ANY_ZLIB)
        size = 0
        while left and not self._held.is_cut:
            try:
                plain = inflate.decompress(left, _PIECE)
            except zlib.error:
                self._held = self._held.fresh()
                self._held.add(packed)
                return _BUT_NOT
            left = inflate.unconsumed_tail
            size += len(plain)
            self._held.add(plain)
            if size > _MOST_BYTES:
                self._held.is_cut = True
        is_all = inflate.eof and not inflate.unused_data
        return "" if self._is_cut or is_all else f"{_BUT_NOT} one and whole"

    def finish(self, redacted: str) -> str:
        """Return the redacted text as it is judged: with a mark when it was too long."""
        if not self._is_cut:
            return redacted
        return f"{redacted[:-_MARGIN]}{_mark(self.size)}"


class _Held:
    """Bytes, up to a limit; of more than that the beginning, as much as is kept.

    Args:
        limit: How many.
        folds: Whether files and blanks are left out when there are many.
    """

    __slots__ = ("_chunks", "_folds", "_is_folded", "_limit", "_new", "_new_size", "is_cut", "size")

    def __init__(self, limit: int, *, folds: bool) -> None:
        self.is_cut = False
        self.size = 0
        self._limit = limit
        self._folds = folds
        self._is_folded = False
        self._chunks: list[bytes] = []
        self._new: list[bytes] = []
        """What came after them, of which nothing was left out yet."""
        self._new_size = 0

    def fresh(self) -> "_Held":
        """Return another that is empty."""
        return _Held(self._limit, folds=self._folds)

    def add(self, chunk: bytes) -> None:
        if self.is_cut or not chunk:
            return
        self._new.append(chunk)
        self._new_size += len(chunk)
        self.size += len(chunk)
        is_due = self.size > _ROOM and (not self._is_folded or self._new_size > _FOLDED_AT_ONCE)
        if self._folds and (is_due or self.size > self._limit):
            self._fold()
        if self.size > self._limit:
            kept = self._joined()[:_ROOM]
            self._chunks, self._new, self._new_size = [], [kept], len(kept)
            self.size, self.is_cut = len(kept), True

    def _fold(self) -> None:
        data = _LONG.sub(_short, b"".join(self._new))
        self.size += len(data) - self._new_size
        self._chunks.append(data)
        self._new, self._new_size, self._is_folded = [], 0, True

    def drop(self) -> None:
        """Hold nothing of it any more."""
        self._chunks, self._new, self.size, self.is_cut = [], [], 0, True

    def data(self) -> bytes:
        """Return them all."""
        data = self._joined()
        return _FOLDED.sub(_short, data) if self._is_folded else data

    def _joined(self) -> bytes:
        return b"".join([*self._chunks, *self._new])


def _short(long: re.Match[bytes]) -> bytes:
    run = long[0]
    return b" " if run.isspace() else b"[long:%08x]" % zlib.crc32(run)


def _mark(size: int) -> str:
    return f"{_TRUNCATED}{size} bytes in all]"


def as_kept(body: str, size: int, limit: int = BODY_LIMIT_BYTES) -> str:
    """Return a body as it is kept once it was judged and redacted: not more than so much of it.

    Args:
        body: All of it, or what was judged.
        size: Bytes of it as sent.
        limit: Characters that are kept.
    """
    return body if len(body) <= limit + len(_mark(size)) else body[:limit] + _mark(size)


def is_truncated(body: str | None) -> bool:
    """Return whether a body is only the beginning of what was sent."""
    return body is not None and _TRUNCATED in body[-64:]
