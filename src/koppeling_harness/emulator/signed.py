"""JSON Web Tokens and their keys: the only door to joserfc, and to cryptography.

It takes half a second to load, so nothing imports this module before a signed token, or the
certificate of a client, is at hand.
"""

import base64
import json
import warnings
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwk, jws
from joserfc.errors import JoseError, SecurityWarning

from koppeling_harness.emulator.jwt_rules import JwtError
from koppeling_harness.value import dataclass

ALGORITHMS = ("RS256", "PS256", "ES256")
"""Source: AFAS, docs.afas.help/profit/en/authentication (for `private_key_jwt`)."""

LEAST_RSA_BITS = 2048
"""Of a key that a client signs assertions with (same source)."""

MOST_CHARACTERS = 16 * 1024
"""Of a signed token; a longer one is not read. The largest honest ones have some 2,000."""

PublicKey = jwk.RSAKey | jwk.ECKey

_UNREADABLE = (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError)
"""What the library raises on garbage; all of it is the sender's doing."""


class _Registry(jws.JWSRegistry):
    # A proof carries its key in the header; one of RSA is larger than the library's 512 bytes.
    max_header_length = 4096


_REGISTRY = _Registry(algorithms=ALGORITHMS, strict_check_header=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Jwt:
    """A token that was read, not yet verified.

    Attributes:
        header: What stands before the claims.
        claims: What it says.
        content: As the library reads it.
    """

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    content: jws.CompactSignature


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientKey:
    """A public key that a client registered.

    Attributes:
        kids: What a token may call it by, in its `kid`.
        algorithm: The only one that it is for; None when it is for all of its type.
        key: It.
    """

    kids: tuple[str, ...]
    algorithm: str | None
    key: PublicKey
    x5t: str = ""
    """SHA-256 thumbprint of its certificate, as `x5t#S256` writes it; empty without one."""
    ends: datetime | None = None
    """When its certificate does."""


def read(text: str) -> Jwt:
    """Read a token without verifying it.

    Raises:
        JwtError: It is not a signed token of an algorithm that AFAS takes.
    """
    if len(text) > MOST_CHARACTERS:
        message = f"it is longer than {MOST_CHARACTERS} characters"
        raise JwtError(message)
    try:
        content = jws.extract_compact(text.encode(), None, _REGISTRY)
        claims = json.loads(content.payload)
    except _UNREADABLE:
        message = "it is not a signed JSON Web Token"
        raise JwtError(message) from None
    header = content.headers()
    if header.get("alg") not in ALGORITHMS:
        message = f"alg is not one of {', '.join(ALGORITHMS)}"
        raise JwtError(message)
    if not isinstance(claims, dict):
        message = "its claims are not an object"
        raise JwtError(message)
    return Jwt(header=header, claims=claims, content=content)


def verify(jwt: Jwt, key: PublicKey) -> None:
    """Make sure that the holder of a key signed a token.

    Raises:
        JwtError: It did not.
    """
    try:
        good = jws.validate_compact(jwt.content, key, registry=_REGISTRY)
    except _UNREADABLE:
        good = False
    if not good:
        message = "its signature does not fit"
        raise JwtError(message)


def embedded_key(jwt: Jwt) -> PublicKey:
    """Return the public key that a token carries in its header.

    Raises:
        JwtError: There is none, or it is a private or symmetric one.
    """
    given = jwt.header.get("jwk")
    if not isinstance(given, dict):
        message = "jwk is missing"
        raise JwtError(message)
    key = _public(given)
    if key is None:
        message = "jwk is not a public key of RSA or EC"
        raise JwtError(message)
    return key


def thumbprint(key: PublicKey) -> str:
    """Return the SHA-256 thumbprint of a key (RFC 7638)."""
    return key.thumbprint()


def certificate_key(pem: str, *, form: str, key_id: str = "") -> ClientKey:
    """Return the key of an uploaded certificate.

    Args:
        pem: The certificate, without a private key.
        form: How its SHA-1 thumbprint is written as `kid`: `hex`, or `base64url` as in `x5t`.
        key_id: What its `kid` is instead; empty takes the thumbprint.

    Raises:
        JwtError: It is not a certificate, or not of a key that can be used.
    """
    if "PRIVATE KEY" in pem:
        message = "holds a private key, expected the certificate only: that key stays yours"
        raise JwtError(message)
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode())
        key = _key_in(certificate)
    except _UNREADABLE:
        message = "is not a certificate in PEM of an RSA or P-256 key"
        raise JwtError(message) from None
    if weakness := _weakness(key):
        raise JwtError(weakness)
    digest = certificate.fingerprint(hashes.SHA1())  # noqa: S303 - a name, not a protection
    kids = (digest.hex(), digest.hex().upper()) if form == "hex" else (_base64url(digest),)
    return ClientKey(
        kids=(key_id,) if key_id else kids,
        algorithm=None,
        key=key,
        x5t=_base64url(certificate.fingerprint(hashes.SHA256())),
        ends=certificate.not_valid_after_utc,
    )


def jwks_keys(text: bytes) -> tuple[ClientKey, ...]:
    """Return the keys of a JSON Web Key Set that signatures may be verified with.

    Keys of other types, too weak ones, and those that are not for signing (`"use": "sig"`) are
    passed over, as RFC 7517, section 5, says.

    Raises:
        JwtError: It is not such a set.
    """
    try:
        listed = json.loads(text)["keys"]
    except _UNREADABLE:
        listed = None
    if not isinstance(listed, list):
        message = 'expected a JSON Web Key Set, {"keys": [...]}'
        raise JwtError(message)
    found = []
    for each in listed:
        key = _public(each) if isinstance(each, dict) else None
        if key is not None and each.get("use") == "sig" and not _weakness(key):
            kid, algorithm = each.get("kid"), each.get("alg")
            kids = (kid,) if isinstance(kid, str) else ()
            found.append(ClientKey(kids=kids, algorithm=algorithm, key=key))
    return tuple(found)


def _weakness(key: PublicKey) -> str:
    """Return why a key is not one that AFAS takes; empty for one that it takes."""
    if isinstance(key, jwk.ECKey):
        return "" if key.curve_name == "P-256" else f"is of curve {key.curve_name}, expected P-256"
    bits = key.public_key.key_size
    return (
        ""
        if bits >= LEAST_RSA_BITS
        else f"is of an RSA key of {bits} bits, expected at least {LEAST_RSA_BITS}"
    )


def _base64url(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _key_in(certificate: x509.Certificate) -> PublicKey:
    public = certificate.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    if isinstance(public, ec.EllipticCurvePublicKey) and isinstance(public.curve, ec.SECP256R1):
        return jwk.import_key(pem, "EC")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)  # `_weakness` tells it
        return jwk.import_key(pem, "RSA")


def _public(given: dict[str, Any]) -> PublicKey | None:
    makers: dict[Any, type[PublicKey]] = {"RSA": jwk.RSAKey, "EC": jwk.ECKey}
    try:
        with warnings.catch_warnings():
            # that a key is weak is for its owner to be told, in an answer
            warnings.simplefilter("ignore", SecurityWarning)
            key = makers[given.get("kty")].import_key(given)
    except _UNREADABLE:
        return None
    return None if key.is_private else key
