"""Places in files: a value that is shown as `file:line:column`, and read again in one place."""

import re
from typing import Self

_PLACE = re.compile(r"(.+?):(\d+)(?::(\d+))?", re.DOTALL)


class Place(str):
    """Place of something in a file; as text `file:line:column`, as far as known.

    It is that text wherever a text is expected, so that nobody has to render it, and nobody has to
    take it apart: file, line and column are at hand.

    Attributes:
        file: What messages call the file.
        line: Counted from 1; 0 when it is not known.
        column: Counted from 1; 0 when it is not known.
    """

    file: str
    line: int
    column: int

    def __new__(cls, file: str, line: int = 0, column: int = 0) -> Self:
        """Return the place of the whole file, of a line, or of a character in a line."""
        numbers = f":{line}:{column}" if column else f":{line}" if line else ""
        made = super().__new__(cls, f"{file}{numbers}")
        made.file, made.line, made.column = file, line, column
        return made

    def __getnewargs__(self) -> tuple[str, int, int]:  # type: ignore[override]
        """Return what copies are made of."""
        return (self.file, self.line, self.column)

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the place that a text shows, such as one of a run record.

        Of a file whose name ends as a place does, only the last two numbers are taken.
        """
        if isinstance(text, cls):
            return text
        match = _PLACE.fullmatch(text)
        if match is not None:
            made = cls(match[1], int(match[2]), int(match[3] or 0))
            if made == text:  # unlike `x:007`, which shows no line
                return made
        return cls(text)
