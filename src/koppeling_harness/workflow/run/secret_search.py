"""Search what is about to be written for everything secret that a run knew."""

from collections.abc import Iterable, Iterator

from koppeling_harness.errors import SecretFoundError
from koppeling_harness.traffic.redactor import Redactor

_AT_ONCE = 64 * 1024
"""Characters that are searched and written at once."""


def refuse_secrets(files: dict[str, bytes], redactor: Redactor) -> None:
    """Search files for every secret that the run knew.

    Raises:
        SecretFoundError: One was found; the message names files and kinds, never the secret.
    """
    search = SecretSearch(redactor)
    for name, content in files.items():
        search.look_at(name, content)
    search.refuse()


class SecretSearch:
    """Looks for secrets in files that are made piece by piece, before a piece is written.

    Args:
        redactor: Knows the secrets of the run.
    """

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._found: dict[str, set[str]] = {}

    def through(self, name: str, pieces: Iterable[str]) -> Iterator[bytes]:
        """Yield the pieces of a file, none any more once something was found; look at them all.

        Args:
            name: Of the file.
            pieces: Such that nothing secret could stand in two of them.
        """
        waiting: list[str] = []
        size = 0
        for piece in pieces:
            waiting.append(piece)
            size += len(piece)
            if size > _AT_ONCE:
                yield from self._searched(name, waiting)
                waiting, size = [], 0
        yield from self._searched(name, waiting)

    def _searched(self, name: str, pieces: Iterable[str]) -> Iterator[bytes]:
        content = "".join(pieces).encode()
        self.look_at(name, content)
        if not self._found:
            yield content

    def look_at(self, name: str, content: bytes) -> None:
        """Note what is found in a file, or in a part of it."""
        kinds = self._redactor.find_secrets(content)
        if kinds:
            self._found.setdefault(name, set()).update(kinds)

    def refuse(self) -> None:
        """Raise when anything was found.

        Raises:
            SecretFoundError: The message names files and kinds, never the secret.
        """
        if self._found:
            lines = [
                f"{name}: found {', '.join(sorted(each))}" for name, each in self._found.items()
            ]
            hint = "Nothing was written. Report it: the redaction missed a place."
            raise SecretFoundError("\n".join(lines), hint=hint)
