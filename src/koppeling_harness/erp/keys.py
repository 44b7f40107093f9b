"""Keys and certificates of a client: what it signs to prove itself (`private_key_jwt`).

The only door of the client to joserfc and cryptography, which take half a second to load: nothing
imports this module before there is a key. Source: AFAS, docs.afas.help/profit/en/authentication;
RFC 7523.
"""

import base64
import hashlib
import re
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID
from joserfc import jwk, jwt

from koppeling_harness.errors import ConfigurationError
from koppeling_harness.model.secret import Secret

LIFE_S = 60
"""AFAS advises a minute, and takes five at most."""
_LEAST_RSA_BITS = 2048
_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----.+?-----END \1-----", re.DOTALL)
_EXPECTED = "an RSA key of 2048 bits or an EC key of P-256, in PEM, without a password"


def certificate_ends(pem: str) -> datetime | None:
    """Return the last moment of the first certificate in a text; None without one."""
    blocks = {found[1]: found[0] for found in _BLOCK.finditer(pem)}
    try:
        return x509.load_pem_x509_certificate(
            blocks.get("CERTIFICATE", "").encode()
        ).not_valid_after_utc
    except ValueError:
        return None


class AssertionKey:
    """A private key, and its certificate when that stands in the same file.

    Args:
        pem: The text of the file.
        kid: What the key is called; empty for nothing.

    Raises:
        ConfigurationError: It holds no key that AFAS takes. Nothing of it is told.
    """

    def __init__(self, pem: Secret, *, kid: str = "") -> None:
        blocks = {found[1]: found[0] for found in _BLOCK.finditer(pem.reveal())}
        block = next((text for name, text in blocks.items() if name.endswith("PRIVATE KEY")), "")
        try:
            key = load_pem_private_key(block.encode(), password=None)
        except (ValueError, TypeError):
            message = f"the key to sign with cannot be read, expected {_EXPECTED}"
            raise ConfigurationError(message) from None
        if isinstance(key, rsa.RSAPrivateKey) and key.key_size >= _LEAST_RSA_BITS:
            self._algorithm = "RS256"
        elif isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name == "secp256r1":
            self._algorithm = "ES256"
        else:
            message = f"the key to sign with is none that AFAS takes, expected {_EXPECTED}"
            raise ConfigurationError(message)
        self._key = jwk.import_key(block, "RSA" if self._algorithm == "RS256" else "EC")
        self._kid = kid
        self.certificate_ends: datetime | None = None
        """Last moment of its certificate; None without one."""
        self.thumbprint = b""
        """SHA-1 of its certificate; empty without one."""
        if "CERTIFICATE" in blocks:
            self._look_at(blocks["CERTIFICATE"], key)

    def _look_at(self, pem: str, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> None:
        try:
            certificate = x509.load_pem_x509_certificate(pem.encode())
        except ValueError:
            message = "the certificate beside the key to sign with cannot be read"
            raise ConfigurationError(message) from None
        if certificate.public_key() != key.public_key():
            message = "the certificate beside the key to sign with is of another key"
            raise ConfigurationError(message, hint="Put the certificate of that key there.")
        self.certificate_ends = certificate.not_valid_after_utc
        self.thumbprint = certificate.fingerprint(hashes.SHA1())  # noqa: S303 - it names, and proves nothing

    def assertion(
        self,
        client_id: str,
        audience: str | list[str],
        now: datetime,
        *,
        header: Mapping[str, str] | None = None,
    ) -> str:
        """Return a new assertion, to be used once and soon.

        Args:
            client_id: Who proves itself.
            audience: The address of the token endpoint.
            now: The present moment.
            header: What its head says instead; an empty value leaves a name out.
        """
        told = {"alg": self._algorithm, "typ": "JWT", "kid": self._kid} | dict(header or {})
        head = {name: value for name, value in told.items() if value}
        claims: dict[str, Any] = {
            "iss": client_id,
            "sub": client_id,
            "aud": audience,
            "jti": str(uuid.uuid4()),
            "iat": int(now.timestamp()),
            "exp": int(now.timestamp()) + LIFE_S,
        }
        return jwt.encode(head, claims, self._key, algorithms=[self._algorithm])


class ProofKey:
    """A key for a while, of which holding is proven (DPoP, RFC 9449)."""

    def __init__(self) -> None:
        self._key = jwk.ECKey.generate_key("P-256", private=True)

    def proof(
        self, method: str, url: str, moment: datetime, *, nonce: str = "", token: str = ""
    ) -> str:
        """Return a new proof for one request.

        Args:
            method: Of the request.
            url: Where it goes, without a query.
            moment: When it says that it was made.
            nonce: What the environment gave out; empty for none.
            token: The access token that goes along; empty for none.
        """
        claims: dict[str, Any] = {
            "jti": str(uuid.uuid4()),
            "htm": method,
            "htu": url,
            "iat": int(moment.timestamp()),
        }
        if nonce:
            claims["nonce"] = nonce
        if token:
            digest = hashlib.sha256(token.encode()).digest()
            claims["ath"] = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        public = self._key.as_dict(private=False)
        own = {name: public[name] for name in ("kty", "crv", "x", "y")}
        header = {"alg": "ES256", "typ": "dpop+jwt", "jwk": own}
        return jwt.encode(header, claims, self._key, algorithms=["ES256"])


def new_key(now: datetime) -> tuple[Secret, str]:
    """Return a private key with its certificate, in PEM, and the certificate alone.

    Args:
        now: The present moment; the certificate is valid for a day around it.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "koppeling-harness")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.PEM)
        .decode()
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return Secret(private + certificate), certificate
