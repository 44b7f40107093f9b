"""Keys and certificates of a client: what it signs to prove itself (`private_key_jwt`).

The only door of the client to joserfc and cryptography, which take half a second to load: nothing
imports this module before there is a key. Source: AFAS, docs.afas.help/profit/en/authentication;
RFC 7523.
"""

import re
import uuid
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
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

    def assertion(self, client_id: str, audience: str, now: datetime) -> str:
        """Return a new assertion, to be used once and soon.

        Args:
            client_id: Who proves itself.
            audience: The address of the token endpoint.
            now: The present moment.
        """
        header = {"alg": self._algorithm, "typ": "JWT"} | ({"kid": self._kid} if self._kid else {})
        claims = {
            "iss": client_id,
            "sub": client_id,
            "aud": audience,
            "jti": str(uuid.uuid4()),
            "iat": int(now.timestamp()),
            "exp": int(now.timestamp()) + LIFE_S,
        }
        return jwt.encode(header, claims, self._key, algorithms=[self._algorithm])
