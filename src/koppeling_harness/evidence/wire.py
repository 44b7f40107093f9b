"""Bytes as OpenSSH lays them out: a length of four bytes, then so many (RFC 4251, section 5)."""

from koppeling_harness.errors import EvidenceError

_MOST = 1 << 20


def string(content: bytes) -> bytes:
    """Return bytes with their length before them."""
    return len(content).to_bytes(4, "big") + content


def mpint(number: int) -> bytes:
    """Return a number that is not negative."""
    return string(number.to_bytes(number.bit_length() // 8 + 1, "big") if number else b"")


class Wire:
    """Reads such bytes from the beginning to the end.

    Args:
        content: What is read.
        what: What it is, for a message.
    """

    def __init__(self, content: bytes, what: str) -> None:
        self._content = content
        self._what = what
        self._at = 0

    @property
    def is_at_end(self) -> bool:
        """Whether all of it was read."""
        return self._at >= len(self._content)

    def take(self, count: int) -> bytes:
        """Return so many bytes.

        Raises:
            EvidenceError: There are fewer.
        """
        end = self._at + count
        if count > _MOST or end > len(self._content):
            message = f"{self._what} is cut off: {count} bytes expected from byte {self._at} on"
            raise EvidenceError(message)
        found = self._content[self._at : end]
        self._at = end
        return found

    def number(self, size: int = 4) -> int:
        """Return a number of so many bytes.

        Raises:
            EvidenceError: It is cut off.
        """
        return int.from_bytes(self.take(size), "big")

    def string(self) -> bytes:
        """Return bytes that have their length before them.

        Raises:
            EvidenceError: They are cut off.
        """
        return self.take(self.number())
