"""What a probe of an environment is, and what it may do."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from koppeling_harness.erp.call import ErpCall
from koppeling_harness.erp.client import ErpAnswer
from koppeling_harness.model.access import OAuthClient
from koppeling_harness.value import dataclass

FORM = ("Content-Type", "application/x-www-form-urlencoded")
"""What the body of a call to the token endpoint is."""


class Asker(Protocol):
    """Sends the calls of a probe, and keeps the forms of their answers."""

    token: str
    """The classic token's XML; empty where the environment is signed in to otherwise."""
    client: OAuthClient | None
    """The harness's own client; None where the environment is signed in to otherwise."""

    async def ask(self, call: ErpCall, label: str) -> ErpAnswer:
        """Send a call and keep the form of its answer."""
        ...

    async def look(self, call: ErpCall) -> ErpAnswer:
        """Send a call whose answer is for the probe alone."""
        ...

    def url(self, path: str) -> str:
        """Return the whole address of a path of the environment."""
        ...

    def now(self) -> datetime:
        """Return the present moment."""
        ...

    def note(self, name: str, value: str) -> None:
        """Keep a conclusion: a word or two, nothing that the environment holds."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One probe.

    Attributes:
        id: Its name.
        shows: The behaviours that it can tell apart, by the names of their switches.
        ask: Sends the calls.
        reads: GetConnectors that the app connector needs.
        updates: UpdateConnectors that it needs.
        writes: Whether something comes to be that is taken away again.
        wide: Whether what it shows stands in every answer.
        classic: Whether it needs a classic token.
        client: Whether it needs the harness's own OAuth client.
        key: Whether it needs one that signs with a key of its own.
    """

    id: str
    shows: tuple[str, ...]
    ask: Callable[[Asker], Awaitable[None]]
    reads: tuple[str, ...] = ()
    updates: tuple[str, ...] = ()
    writes: bool = False
    wide: bool = False
    classic: bool = False
    client: bool = False
    key: bool = False
