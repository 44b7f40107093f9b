"""The OAuth codes and tokens that one environment has given out."""

from dataclasses import dataclass
from datetime import datetime

from koppeling_harness.emulator.access import AppConnector, Denied

_BAD_TOKEN = Denied(status=401, challenge='Bearer error="invalid_token"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """An authorization code that waits to be exchanged."""

    app: AppConnector
    redirect_uri: str
    challenge: str
    expires: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What an access token or a refresh token stands for."""

    app: AppConnector
    expires: datetime
    chain_ends: datetime | None = None
    """When the refresh tokens of this chain stop; None without any."""


class OAuth:
    """The codes and tokens of one environment, in memory only."""

    def __init__(self) -> None:
        self.codes: dict[str, Code] = {}
        self.access: dict[str, Grant] = {}
        self.refresh: dict[str, Grant] = {}

    def app_of(self, token: str, now: datetime) -> AppConnector | Denied:
        """Return the app connector of an access token."""
        grant = self.access.get(token)
        if grant is None or grant.expires <= now or grant.app.kind == "classic":
            return _BAD_TOKEN
        return grant.app
