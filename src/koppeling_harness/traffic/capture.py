"""Keep the beginning of a body while it passes, and read it as text afterwards."""

import zlib

BODY_LIMIT_BYTES = 1024 * 1024
"""How much of a body is kept, after decoding."""
_MARGIN = 4096
"""Kept besides and cut off after redaction: half a secret at the end would not be recognised."""
_TRUNCATED = "\n[truncated: "
_BUT_NOT = "but it is not"
_PACKED = frozenset({"gzip", "x-gzip", "deflate"})


class Capture:
    """Looks at the chunks of one body; holds at most `BODY_LIMIT_BYTES` and a margin.

    Attributes:
        size: Bytes of the body as sent.
    """

    __slots__ = ("_chunks", "_encoding", "_held", "_inflate", "_is_cut", "_is_packed", "size")

    def __init__(self, encoding: str = "") -> None:
        self.size = 0
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
        room = BODY_LIMIT_BYTES + _MARGIN - self._held
        if room <= 0:
            self._is_cut = self._is_cut or bool(chunk)
            return
        plain = chunk if self._inflate is None else self._decode(chunk, room)
        if len(plain) > room:
            plain, self._is_cut = plain[:room], True
        if plain:
            self._chunks.append(plain)
            self._held += len(plain)

    def _decode(self, chunk: bytes, room: int) -> bytes:
        assert self._inflate is not None  # noqa: S101 - asked by feed alone
        try:
            plain = self._inflate.decompress(chunk, room)
        except zlib.error:
            self._inflate = None  # not what it says it is
            return chunk
        self._is_cut = self._is_cut or bool(self._inflate.unconsumed_tail)
        return plain

    def text(self, charset: str = "utf-8") -> str | None:
        """Return what was kept as text; None when it is empty or not text."""
        data = b"".join(self._chunks)
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

    def finish(self, redacted: str) -> str:
        """Return the redacted text as it is kept: with a mark when it was too long."""
        if not self._is_cut:
            return redacted
        return f"{redacted[:-_MARGIN]}{_TRUNCATED}{self.size} bytes in all]"


def is_truncated(body: str | None) -> bool:
    """Return whether a kept body is only the beginning of what was sent."""
    return body is not None and _TRUNCATED in body[-64:]
