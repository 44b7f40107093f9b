"""Constraints of a value beside its type, in the metadata of `Annotated`.

pydantic understands these objects, but they do not need it: importing it takes longer than most
commands of the harness do. `document` reads the common case without.
"""

from collections.abc import Callable
from typing import Any, Final


class Limit:
    """Bounds of a number, or of the length and form of a text, list or mapping.

    Args:
        pattern: A regular expression that the text must match somewhere.
        min_length: Characters, elements or members at least.
        max_length: The same at most.
        strip_whitespace: Whether white space around the text is taken off first.
        ge: The number is this at least.
        le: The number is this at most.
        gt: The number is more than this.
    """

    def __init__(
        self,
        *,
        pattern: str | None = None,
        min_length: int | None = None,
        max_length: int | None = None,
        strip_whitespace: bool | None = None,
        ge: float | None = None,
        le: float | None = None,
        gt: float | None = None,
    ) -> None:
        members = {
            "pattern": pattern,
            "min_length": min_length,
            "max_length": max_length,
            "strip_whitespace": strip_whitespace,
            "ge": ge,
            "le": le,
            "gt": gt,
        }
        self.members: Final = {name: each for name, each in members.items() if each is not None}
        """What was given, by pydantic's names."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: Callable[[Any], dict[str, Any]]
    ) -> dict[str, Any]:
        """Return how pydantic checks it."""
        return {**handler(source), **self.members}


class OneOf:
    """Which of several record types a mapping is, by the members that it has.

    Args:
        choose: Gives the name of the type for a mapping or a record; None when there is none.
        types: The record types by name.
        message: What to say of a mapping that is of no type.
    """

    def __init__(
        self, choose: Callable[[object], str | None], types: dict[str, type[Any]], *, message: str
    ) -> None:
        self.choose: Final = choose
        self.types: Final = types
        self._message = message

    def __get_pydantic_core_schema__(self, _source: Any, handler: Any) -> dict[str, Any]:
        """Return how pydantic checks it."""
        return {
            "type": "tagged-union",
            "discriminator": self.choose,
            "choices": {name: handler.generate_schema(each) for name, each in self.types.items()},
            "custom_error_type": "one_of",
            "custom_error_message": self._message,
        }
