"""DPoP: proof that whoever uses a token holds the key that it was given out to.

Source: AFAS, docs.afas.help/profit/en/authentication, which names the claims, the nonce and the
answers of the connectors; the rest is RFC 9449.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from koppeling_harness.emulator.jwt_rules import (
    SKEW_S,
    Address,
    JwtError,
    Once,
    text_claim,
    time_claim,
)
from koppeling_harness.value import dataclass

_MOST_NONCES = 2
"""The present one and the one before."""


class NonceNeededError(Exception):
    """The proof is good, but must be made again with a nonce."""

    def __init__(self, nonce: str) -> None:
        super().__init__("use_dpop_nonce")
        self.nonce = nonce


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a proof must be a proof of.

    Attributes:
        method: Of the request.
        address: Where it went.
        proofs: The values of its `DPoP` headers.
    """

    method: str
    address: Address
    proofs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A proof that is good, and was not yet used up.

    Attributes:
        key: Thumbprint of the key that it is a proof of.
        id: What may be used once.
        until: When it is refused as too old, in seconds since 1970.
    """

    key: str
    id: str
    until: float


class Proofs:
    """The nonces that an environment gave out, and the proofs that it has seen."""

    def __init__(self) -> None:
        self._used = Once()
        self._nonces: list[tuple[str, float]] = []

    def age(self, by: timedelta) -> None:
        """Let the nonces that were given out be older; proofs stay as fresh as they are."""
        self._nonces = [(nonce, made - by.total_seconds()) for nonce, made in self._nonces]

    def read(
        self,
        call: Call,
        settings: Mapping[str, str],
        now: datetime,
        *,
        token: str | None = None,
        nonce: bool,
    ) -> Proof:
        """Return the proof of a request; `use` it when the request is granted.

        Args:
            call: The request.
            settings: The environment's switches.
            now: The present moment.
            token: The access token that it carries; None at the token endpoint.
            nonce: Whether the proof must carry a nonce of this environment.

        Raises:
            JwtError: The proof is not good.
            NonceNeededError: It has no nonce, or an old one.
        """
        if len(call.proofs) != 1:
            message = f"found {len(call.proofs)} DPoP headers, expected 1"
            raise JwtError(message)
        # loading the library takes half a second, and few clients sign
        from koppeling_harness.emulator import signed  # noqa: PLC0415

        jwt = signed.read(call.proofs[0])
        if str(jwt.header.get("typ", "")).lower() != "dpop+jwt":
            message = "typ is not dpop+jwt"
            raise JwtError(message)
        key = signed.embedded_key(jwt)
        signed.verify(jwt, key)
        thumbprint = signed.thumbprint(key)
        oldest_s = float(settings["dpop_proof_age"].removesuffix("_s"))
        issued = time_claim(jwt.claims, "iat")
        moment = now.timestamp()
        if not moment - oldest_s <= issued <= moment + SKEW_S:
            message = f"iat is {moment - issued:.0f} s ago, expected {-SKEW_S} to {oldest_s:.0f}"
            raise JwtError(message)
        _check_target(jwt.claims, call)
        _check_token(jwt.claims, token)
        id_ = text_claim(jwt.claims, "jti")
        if nonce and jwt.claims.get("nonce") not in self._known(settings, moment):
            raise NonceNeededError(self._nonce(settings, moment))
        return Proof(key=thumbprint, id=f"{thumbprint} {id_}", until=issued + oldest_s)

    def use(self, proof: Proof, now: datetime) -> None:
        """Use a proof up.

        Raises:
            JwtError: It was used before.
        """
        self._used.take(proof.id, until=proof.until, now=now.timestamp())

    def offered(self, call: Call, settings: Mapping[str, str], now: datetime) -> str:
        """Return the nonce that an answer to a request carries; empty for none.

        A client keeps the newest and uses it next; so it is told of a newer one than it used.
        """
        when = settings["dpop_new_nonce"]
        if settings["dpop"] == "absent" or len(call.proofs) != 1 or when == "challenge_only":
            return ""
        newest = self._nonce(settings, now.timestamp())
        used = _nonce_in(call.proofs[0])
        return newest if when == "always" or (used is not None and used != newest) else ""

    def _known(self, settings: Mapping[str, str], moment: float) -> set[str]:
        most_s = _nonce_life_s(settings) * _MOST_NONCES
        return {nonce for nonce, made in self._nonces if moment - made < most_s}

    def _nonce(self, settings: Mapping[str, str], moment: float) -> str:
        if not self._nonces or moment - self._nonces[-1][1] >= _nonce_life_s(settings):
            self._nonces = [*self._nonces, (secrets.token_urlsafe(24), moment)][-_MOST_NONCES:]
        return self._nonces[-1][0]


def _nonce_life_s(settings: Mapping[str, str]) -> float:
    return float(settings["dpop_nonce_life"].removesuffix("_s"))


def _nonce_in(proof: str) -> object:
    """Return the nonce that a proof says, verified or not; None without one."""
    try:
        payload = proof.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return claims.get("nonce")
    except (IndexError, ValueError, AttributeError, RecursionError):
        return None


def _check_target(claims: Mapping[str, object], call: Call) -> None:
    if text_claim(claims, "htm") != call.method:
        message = f"htm is not {call.method}"
        raise JwtError(message)
    if not call.address.is_named_by(text_claim(claims, "htu")):
        message = f"htu is not {call.address.url}"
        raise JwtError(message)


def _check_token(claims: Mapping[str, object], token: str | None) -> None:
    if token is None:
        return
    digest = hashlib.sha256(token.encode()).digest()
    if text_claim(claims, "ath") != base64.urlsafe_b64encode(digest).decode().rstrip("="):
        message = "ath is not the SHA-256 of the access token"
        raise JwtError(message)
