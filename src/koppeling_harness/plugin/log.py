"""The last of what an integration printed."""

_LEFT_OUT = "[... earlier output left out ...]\n"


class Log:
    """Keeps the end of a stream of bytes, and counts all of it.

    Args:
        limit_bytes: How much is kept.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._kept = bytearray()
        self.size_bytes = 0

    def add(self, data: bytes) -> None:
        """Append bytes; the oldest go when there are too many."""
        self.size_bytes += len(data)
        self._kept += data
        if len(self._kept) > 2 * self._limit_bytes:
            del self._kept[: -self._limit_bytes]

    def text(self) -> str:
        """Return the end of the stream as text; bytes that are not UTF-8 are replaced."""
        text = bytes(self._kept[-self._limit_bytes :]).decode("utf-8", errors="replace")
        return text if self.size_bytes <= self._limit_bytes else _LEFT_OUT + text
