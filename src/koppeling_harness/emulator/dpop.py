"""DPoP: proof that whoever uses a token holds the key that it was given out to.

Source: AFAS, docs.afas.help/profit/en/news-profit9, which names the claims, the nonce of the token
endpoint and the answers of the connectors; the rest is RFC 9449.
"""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime

from koppeling_harness.emulator.jwt_rules import (
    SKEW_S,
    Address,
    JwtError,
    Once,
    text_claim,
    time_claim,
)
from koppeling_harness.value import dataclass

_NONCE_FOR_S = 300
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


class Proofs:
    """The nonces that an environment gave out, and the proofs that it has seen."""

    def __init__(self) -> None:
        self._used = Once()
        self._nonces: list[tuple[str, float]] = []

    def key_of(
        self,
        call: Call,
        settings: Mapping[str, str],
        now: datetime,
        *,
        token: str | None = None,
        nonce: bool,
    ) -> str:
        """Return the thumbprint of the key that a request is proven with.

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
        if nonce and jwt.claims.get("nonce") not in self._known(moment):
            raise NonceNeededError(self._nonce(moment))
        self._used.take(f"{thumbprint} {id_}", until=issued + oldest_s, now=moment)
        return thumbprint

    def _known(self, moment: float) -> set[str]:
        return {
            nonce for nonce, made in self._nonces if moment - made < _NONCE_FOR_S * _MOST_NONCES
        }

    def _nonce(self, moment: float) -> str:
        if not self._nonces or moment - self._nonces[-1][1] >= _NONCE_FOR_S:
            self._nonces = [*self._nonces, (secrets.token_urlsafe(24), moment)][-_MOST_NONCES:]
        return self._nonces[-1][0]


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
