"""The one type that a secret lives in."""


class Secret:
    """A text that does not print: not by `repr`, not by `str`, not in a traceback.

    Only `reveal` gives it, so that every place where a secret leaves the type can be found.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself. Call it only where the secret is put on the wire."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._text == self._text

    def __hash__(self) -> int:
        return hash(self._text)
