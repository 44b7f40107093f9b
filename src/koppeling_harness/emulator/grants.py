"""The OAuth codes and tokens that one environment has given out."""

import hashlib
import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from koppeling_harness.emulator.access import AppConnector, Denied
from koppeling_harness.emulator.client_keys import ClientKeys
from koppeling_harness.emulator.dpop import Call, NonceNeededError, Proofs
from koppeling_harness.emulator.jwt_rules import JwtError, Once
from koppeling_harness.value import dataclass

_BAD_TOKEN = Denied(status=401, challenge='Bearer error="invalid_token"')
_BAD_PROOF = Denied(status=401, challenge='DPoP error="invalid_token"')
_NONCE_NEEDED = 'DPoP error="use_dpop_nonce"'
_NO_REPLAY_STORE = Denied(status=503)
_TOKEN_BYTES = 48


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
    key: str | None = None
    """Thumbprint of the key that it is bound to; None when whoever has it may use it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Tokens that were given out."""

    access: str
    refresh: str | None


class OAuth:
    """The codes and tokens of one environment; of tokens only their SHA-256 is known.

    Attributes:
        codes: Authorization codes that wait to be exchanged, for some minutes.
        keep: Is given everything that is needed to know the tokens again, when it changes.
        client_keys: The public keys that clients sign with.
        assertions: Those by which clients proved themselves: each may be used once.
        proofs: Those by which tokens were used.
    """

    def __init__(self) -> None:
        self.codes: dict[str, Code] = {}
        self.keep: Callable[[dict[str, Any]], None] | None = None
        self.client_keys = ClientKeys()
        self.assertions = Once()
        self.proofs = Proofs()
        self._access: dict[str, Grant] = {}
        self._refresh: dict[str, Grant] = {}

    def restore(self, kept: dict[str, Any], apps: Iterable[AppConnector]) -> None:
        """Know tokens again that were given out before a restart.

        Args:
            kept: What `keep` was given.
            apps: The app connectors of now; tokens of others are forgotten.
        """
        by_client = {each.client_id: each for each in apps}
        for name, into in (("access", self._access), ("refresh", self._refresh)):
            for digest, (client_id, expires, key) in kept.get(name, {}).items():
                if client_id in by_client:
                    into[digest] = Grant(
                        app=by_client[client_id],
                        expires=datetime.fromisoformat(expires),
                        key=key,
                    )

    def give(
        self,
        app: AppConnector,
        expires: datetime,
        *,
        chain_ends: datetime | None,
        key: str | None,
    ) -> Given:
        """Give out an access token, and a refresh token when a chain is asked for.

        Args:
            app: Who gets it.
            expires: When the access token does.
            chain_ends: When the refresh tokens of this chain do; None without any.
            key: Thumbprint of the key that the tokens are bound to; None for none.
        """
        given = Given(
            access=secrets.token_urlsafe(_TOKEN_BYTES),
            refresh=secrets.token_urlsafe(_TOKEN_BYTES) if chain_ends else None,
        )
        self._access[_digest(given.access)] = Grant(app=app, expires=expires, key=key)
        if given.refresh is not None and chain_ends is not None:
            self._refresh[_digest(given.refresh)] = Grant(app=app, expires=chain_ends, key=key)
        self._changed()
        return given

    def take_refresh(self, token: str) -> Grant | None:
        """Return what a refresh token stands for; it is used up."""
        grant = self._refresh.pop(_digest(token), None)
        if grant is not None:
            self._changed()
        return grant

    def app_of(self, token: str, now: datetime) -> AppConnector | Denied:
        """Return the app connector of an access token that whoever has it may use."""
        grant = self._valid(token, now)
        return _BAD_TOKEN if grant is None or grant.key is not None else grant.app

    def app_of_bound(
        self, token: str, call: Call | None, settings: Mapping[str, str], now: datetime
    ) -> AppConnector | Denied:
        """Return the app connector of an access token that is bound to a key.

        Args:
            token: It.
            call: The request, with the proof of the key; None to learn only whose token it is.
            settings: The environment's switches.
            now: The present moment.
        """
        if settings["replay_store"] == "unreachable":
            return _NO_REPLAY_STORE
        grant = self._valid(token, now)
        if grant is None:
            return _BAD_PROOF
        if call is None:
            return grant.app
        nonce = settings["dpop_nonce_on_calls"] == "required"
        try:
            key = self.proofs.key_of(call, settings, now, token=token, nonce=nonce)
        except NonceNeededError as needed:
            return Denied(status=401, challenge=_NONCE_NEEDED, nonce=needed.nonce)
        except JwtError:
            return _BAD_PROOF
        return grant.app if key == grant.key else _BAD_PROOF

    def _valid(self, token: str, now: datetime) -> Grant | None:
        grant = self._access.get(_digest(token))
        if grant is None or grant.expires <= now or grant.app.kind == "classic":
            return None
        return grant

    def _changed(self) -> None:
        if self.keep is not None:
            self.keep(
                {
                    name: {
                        digest: [grant.app.client_id, grant.expires.isoformat(), grant.key]
                        for digest, grant in grants.items()
                    }
                    for name, grants in (("access", self._access), ("refresh", self._refresh))
                }
            )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
