"""The OAuth codes and tokens that one environment has given out."""

import hashlib
import os
import secrets
from binascii import b2a_base64
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from koppeling_harness.emulator.access import AppConnector, Denied
from koppeling_harness.emulator.client_keys import ClientKeys
from koppeling_harness.emulator.dpop import Call, NonceNeededError, Proofs
from koppeling_harness.emulator.jwt_rules import JwtError, Once
from koppeling_harness.value import dataclass

_BAD_TOKEN = Denied(status=401, challenge='Bearer error="invalid_token"')
_BAD_PROOF = Denied(status=401, challenge='DPoP error="invalid_token"')
_OTHER_KEY = replace(_BAD_PROOF, reason="proof: it is of another key than the token is bound to")
_NONCE_NEEDED = 'DPoP error="use_dpop_nonce"'
_NO_REPLAY_STORE = Denied(
    status=503, reason="the replay store is unreachable (switch replay_store)"
)
_TOKEN_BYTES = 48
_SIGNATURE_BYTES = 256
"""Of RS256 with a key of 2048 bits."""
_JWT_HEADER = b"eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9"
"""As AFAS's samples of access tokens begin: `{"alg":"RS256","typ":"JWT"}`."""
_ID_BYTES = 16
_CLAIMS = (
    b'{"jti":"%s","exp":%d,"iss":"https://idp.example/profit",'
    b'"aud":"ProfitRestServices","scope":"profit"}'
)
_URL_SAFE = bytes.maketrans(b"+/", b"-_")


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
    chain: str = ""
    """Which chain of refresh tokens it belongs to; empty for none."""


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
        self._used: dict[str, Grant] = {}

    def age(self, by: timedelta) -> None:
        """Let everything that was given out be older; proofs and assertions stay as fresh."""
        self.codes = {
            code: replace(each, expires=each.expires - by) for code, each in self.codes.items()
        }
        for grants in (self._access, self._refresh, self._used):
            for digest, grant in grants.items():
                grants[digest] = replace(grant, expires=grant.expires - by)
        self.client_keys.age(by)
        self.proofs.age(by)
        self._changed()

    def restore(self, kept: dict[str, Any], apps: Iterable[AppConnector]) -> None:
        """Know tokens again that were given out before a restart.

        Args:
            kept: What `keep` was given.
            apps: The app connectors of now; tokens of others are forgotten.
        """
        by_client = {each.client_id: each for each in apps}
        for name, into in (("access", self._access), ("refresh", self._refresh)):
            for digest, (client_id, expires, key, *chain) in kept.get(name, {}).items():
                if client_id in by_client:
                    into[digest] = Grant(
                        app=by_client[client_id],
                        expires=datetime.fromisoformat(expires),
                        key=key,
                        chain=chain[0] if chain else "",
                    )

    def give(
        self,
        app: AppConnector,
        expires: datetime,
        *,
        form: str,
        chain: Grant | None,
        key: str | None,
    ) -> Given:
        """Give out an access token, and a refresh token when a chain is asked for.

        Args:
            app: Who gets it.
            expires: When the access token does.
            form: What the access token looks like: `jwt` or `opaque`.
            chain: What the refresh tokens of its chain stand for; None without any.
            key: Thumbprint of the key that the tokens are bound to; None for none.
        """
        given = Given(
            access=_jwt_shaped(expires) if form == "jwt" else secrets.token_urlsafe(_TOKEN_BYTES),
            refresh=secrets.token_urlsafe(_TOKEN_BYTES) if chain else None,
        )
        name = chain.chain if chain else ""
        self._access[_digest(given.access)] = Grant(app=app, expires=expires, key=key, chain=name)
        if given.refresh is not None and chain is not None:
            self._refresh[_digest(given.refresh)] = chain
        self._changed()
        return given

    def take_refresh(self, token: str, *, reuse_ends_chain: bool = False) -> Grant | None:
        """Return what a refresh token stands for; it is used up.

        Args:
            token: It.
            reuse_ends_chain: Whether one that was used before ends its whole chain.
        """
        digest = _digest(token)
        grant = self._refresh.pop(digest, None)
        if grant is not None:
            self._used[digest] = grant
            self._changed()
        elif reuse_ends_chain and digest in self._used:
            self._end_chain(self._used[digest].chain)
        return grant

    def _end_chain(self, name: str) -> None:
        for grants in (self._access, self._refresh):
            for digest in [each for each, grant in grants.items() if grant.chain == name]:
                del grants[digest]
        self._changed()

    def app_of(self, token: str, now: datetime) -> AppConnector | Denied:
        """Return the app connector of an access token that whoever has it may use."""
        grant = self._valid(token, now)
        if isinstance(grant, str):
            return replace(_BAD_TOKEN, reason=grant)
        if grant.key is not None:
            return replace(_BAD_TOKEN, reason="the token is bound to a key: send it as DPoP")
        return grant.app

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
        if isinstance(grant, str):
            return replace(_BAD_PROOF, reason=grant)
        if grant.key is None:
            return replace(_BAD_PROOF, reason="the token is not bound to a key: send it as Bearer")
        if call is None:
            return grant.app
        nonce = settings["dpop_nonce_on_calls"] == "required"
        try:
            proof = self.proofs.read(call, settings, now, token=token, nonce=nonce)
            self.proofs.use(proof, now)
        except NonceNeededError as needed:
            status = int(settings["dpop_nonce_status_on_calls"])
            reason = "proof: it has no nonce, or an old one"
            return Denied(status=status, challenge=_NONCE_NEEDED, nonce=needed.nonce, reason=reason)
        except JwtError as error:
            return replace(_BAD_PROOF, reason=f"proof: {error}")
        return grant.app if proof.key == grant.key else _OTHER_KEY

    def end_access(self) -> None:
        """Let no access token that was given be valid any more; refresh tokens stay."""
        self._access.clear()
        self._changed()

    def _valid(self, token: str, now: datetime) -> Grant | str:
        """Return what an access token stands for, or why it does not hold."""
        grant = self._access.get(_digest(token))
        if grant is None:
            return "the access token is none of this environment"
        if grant.expires <= now:
            return "the access token has ended"
        return "its app connector is of type classic" if grant.app.kind == "classic" else grant

    def _changed(self) -> None:
        if self.keep is not None:
            self.keep(
                {
                    name: {
                        digest: [
                            grant.app.client_id,
                            grant.expires.isoformat(),
                            grant.key,
                            grant.chain,
                        ]
                        for digest, grant in grants.items()
                    }
                    for name, grants in (("access", self._access), ("refresh", self._refresh))
                }
            )


def _jwt_shaped(expires: datetime) -> str:
    """Return an access token in the form of AFAS's samples; nobody can verify its signature."""
    chance = os.urandom(_SIGNATURE_BYTES + _ID_BYTES)
    claims = _CLAIMS % (chance[:_ID_BYTES].hex().encode(), int(expires.timestamp()))
    claimed = b2a_base64(claims, newline=False).rstrip(b"=")
    signed = b2a_base64(chance[_ID_BYTES:], newline=False).rstrip(b"=")
    return (b"%b.%b.%b" % (_JWT_HEADER, claimed, signed)).translate(_URL_SAFE).decode()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
