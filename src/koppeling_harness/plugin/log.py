"""Log of an integration: the text that it printed."""

LOG_LIMIT = 64 * 1024
"""Characters of a log that are shown: its last."""

_LEFT_OUT = "[... earlier output left out ...]\n"


def last_of(text: str) -> str:
    """Return the last of a log; what must not be told is replaced before, in all of it."""
    return text if len(text) <= LOG_LIMIT else _LEFT_OUT + text[-LOG_LIMIT:]


class Log:
    """Keeps the end of a stream of bytes, and counts all of it.

    Who prints more than is kept is ended, so that a log is searched for secrets whole.

    Args:
        limit_bytes: How much is kept.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._kept = bytearray()
        self.size_bytes = 0

    def add(self, data: bytes) -> None:
        """Append bytes; the oldest go when there are too many."""
        self.count(len(data))
        self._kept += data
        if len(self._kept) > 2 * self._limit_bytes:
            del self._kept[: -self._limit_bytes]

    def count(self, size_bytes: int) -> None:
        """Count bytes that were printed and of which nothing is kept."""
        self.size_bytes += size_bytes

    def text(self) -> str:
        """Return the end of the stream as text; bytes that are not UTF-8 are replaced."""
        text = bytes(self._kept[-self._limit_bytes :]).decode("utf-8", errors="replace")
        return text if self.size_bytes <= self._limit_bytes else _LEFT_OUT + text
