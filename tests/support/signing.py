"""Sign as a client does, with jwskate: a library that the harness itself does not use."""

import base64
import datetime
import hashlib
import uuid
from functools import cache
from typing import Any

import jwskate
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_CERTIFICATES: dict[str, str] = {}


@cache
def key(alg: str, number: int = 0) -> jwskate.Jwk:
    """Return a private key, one of each number."""
    if alg.startswith("ES"):
        return jwskate.Jwk.generate(alg=alg)
    return jwskate.Jwk({**_rsa(number), "alg": alg})


@cache
def weak_key() -> jwskate.Jwk:
    """Return a private key of RSA that is too short."""
    return jwskate.Jwk.from_cryptography_key(rsa.generate_private_key(65537, 1024))


@cache
def _rsa(number: int) -> jwskate.Jwk:
    return jwskate.Jwk.generate(alg="RS256", key_size=2048)


def certificate_of(private: jwskate.Jwk) -> str:
    """Return the certificate that a client made for its own key."""
    if private.kid not in _CERTIFICATES:
        _CERTIFICATES[private.kid] = _certificate(private)
    return _CERTIFICATES[private.kid]


def _certificate(private: jwskate.Jwk) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "acme")])
    begin = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.cryptography_key.public_key())
        .serial_number(7)
        .not_valid_before(begin)
        .not_valid_after(begin + datetime.timedelta(days=3650))
        .sign(private.cryptography_key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()


def x5t(certificate: str) -> str:
    """Return the SHA-256 thumbprint of a certificate, as `x5t#S256` writes it."""
    digest = x509.load_pem_x509_certificate(certificate.encode()).fingerprint(hashes.SHA256())
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def sha1(certificate: str) -> bytes:
    """Return the SHA-1 thumbprint of a certificate."""
    body = certificate.partition("-----\n")[2].partition("\n-----END")[0]
    return hashlib.sha1(base64.b64decode(body), usedforsecurity=False).digest()


def signed(
    claims: dict[str, Any], private: jwskate.Jwk, *, typ: str | None = None, **header: Any
) -> str:
    """Return a token; claims and header members that are None are left out."""
    kept = {name: value for name, value in claims.items() if value is not None}
    extra = {name: value for name, value in header.items() if value is not None}
    return str(jwskate.SignedJwt.sign(kept, private, typ=typ, extra_headers=extra))


def proof(
    private: jwskate.Jwk,
    method: str,
    url: str,
    *,
    now: float,
    token: str | None = None,
    header: dict[str, Any] | None = None,
    **claims: Any,
) -> str:
    """Return a proof of a request."""
    digest = hashlib.sha256((token or "").encode()).digest()
    made: dict[str, Any] = {
        "htm": method,
        "htu": url,
        "iat": int(now),
        "jti": uuid.uuid4().hex,
        "ath": base64.urlsafe_b64encode(digest).decode().rstrip("=") if token else None,
    }
    carried = {"jwk": private.public_jwk().to_dict(), **(header or {})}
    typ = carried.pop("typ", "dpop+jwt")
    return signed(made | claims, private, typ=typ, **carried)
