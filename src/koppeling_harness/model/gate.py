"""Gate that every call to a real environment goes through."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol


class Gate(Protocol):
    """Lets few calls through at once, and no more than are allowed a day."""

    def call(self) -> AbstractAsyncContextManager[None]:
        """Return what to hold while a call is under way.

        Raises:
            ErpUnavailableError: On entering: no more calls are allowed.
        """
        ...

    def answered(self, *, usable: bool) -> None:
        """Note whether a call met an environment that is usable."""
        ...
