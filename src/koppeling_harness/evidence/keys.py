"""Keys that evidence is signed with: Ed25519, and ECDSA on P-256 where a device has no other.

A key is written as OpenSSH writes it, and known by the fingerprint that `ssh-keygen -l` shows.
"""

import base64
import binascii
import functools
import hashlib

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from koppeling_harness.errors import ConfigurationError, EvidenceError
from koppeling_harness.evidence.wire import Wire, mpint, string
from koppeling_harness.value import dataclass

ED25519 = "ssh-ed25519"
P256 = "ecdsa-sha2-nistp256"
TYPES = (ED25519, P256)
"""Names of the key types, as OpenSSH has them."""

_ACCEPTED = "expected a key of Ed25519 (or P-256) without a passphrase"
_REMEMBERED = 4096
"""Keys whose fingerprint is asked of each pack: so many partners may be registered."""
_ECDSA = ec.ECDSA(hashes.SHA256())

_Private = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey
_Public = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """The half of a key that anybody may have.

    Attributes:
        type: One of `TYPES`.
        blob: As OpenSSH lays it out.
    """

    type: str
    blob: bytes

    @property
    def fingerprint(self) -> str:
        """`SHA256:…`, as `ssh-keygen -l` shows it."""
        return _fingerprint(self.blob)

    @property
    def text(self) -> str:
        """Type and base64, as they stand in a `.pub` file."""
        return f"{self.type} {base64.b64encode(self.blob).decode()}"

    def holds(self, signature: bytes, data: bytes) -> bool:
        """Return whether a signature, of P-256 in DER, is one of this key over some bytes."""
        key = self._loaded()
        try:
            if isinstance(key, ed25519.Ed25519PublicKey):
                key.verify(signature, data)
            else:
                key.verify(signature, data, _ECDSA)
        except InvalidSignature:
            return False
        return True

    def _loaded(self) -> _Public:
        try:
            key = serialization.load_ssh_public_key(self.text.encode())
        except (ValueError, UnsupportedAlgorithm) as error:
            message = f"not a public key: {error}"
            raise EvidenceError(message) from None
        if isinstance(key, ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey):
            return key
        raise EvidenceError(_ACCEPTED)


@functools.lru_cache(maxsize=_REMEMBERED)
def _fingerprint(blob: bytes) -> str:
    digest = base64.b64encode(hashlib.sha256(blob).digest()).decode()
    return f"SHA256:{digest.rstrip('=')}"


class SigningKey:
    """The half of a key that signs; it is never shown.

    Args:
        private: As the library holds it.
    """

    def __init__(self, private: _Private) -> None:
        self._private = private
        self.public = _public_of(private.public_key())

    def __repr__(self) -> str:
        return f"SigningKey({self.public.fingerprint})"

    def sign(self, data: bytes) -> bytes:
        """Return a signature over some bytes: 64 bytes of Ed25519, DER of P-256."""
        if isinstance(self._private, ed25519.Ed25519PrivateKey):
            return self._private.sign(data)
        return self._private.sign(data, _ECDSA)

    def written(self) -> bytes:
        """Return the private key as OpenSSH writes it, without a passphrase."""
        return self._private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.OpenSSH,
            serialization.NoEncryption(),
        )


def new_key(kind: str = ED25519) -> SigningKey:
    """Return a new key of a type."""
    if kind == ED25519:
        return SigningKey(ed25519.Ed25519PrivateKey.generate())
    return SigningKey(ec.generate_private_key(ec.SECP256R1()))


def read_signing_key(text: bytes, *, where: str) -> SigningKey:
    """Return the key that a file holds, as OpenSSH or in PEM (PKCS #8).

    Args:
        text: What is in the file.
        where: What the file is called; nothing of what is in it is ever told.

    Raises:
        ConfigurationError: It is no such key, of another kind, or has a passphrase.
    """
    load = (
        serialization.load_ssh_private_key
        if b"OPENSSH PRIVATE KEY" in text
        else serialization.load_pem_private_key
    )
    try:
        key = load(text, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        hint = "`koppeling evidence keygen --out FILE` makes one."
        message = f"{where}: {_ACCEPTED}"
        raise ConfigurationError(message, hint=hint) from None
    if isinstance(key, ed25519.Ed25519PrivateKey) or (
        isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1)
    ):
        return SigningKey(key)
    message = f"{where}: {_ACCEPTED}, found another kind"
    raise ConfigurationError(message)


def read_public_key(kind: str, text: str) -> PublicKey:
    """Return the key of a line, of its type and its base64.

    Raises:
        EvidenceError: It is none, or of another type.
    """
    if kind not in TYPES:
        message = f"found a key of type {kind!r}, expected {' or '.join(TYPES)}"
        raise EvidenceError(message)
    try:
        blob = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        message = "the key is not base64"
        raise EvidenceError(message) from None
    if Wire(blob, "the key").string() != kind.encode():
        message = f"the key is not of the type that stands before it, {kind}"
        raise EvidenceError(message)
    key = PublicKey(type=kind, blob=blob)
    key.holds(b"", b"")  # that it can be loaded at all
    return key


def ssh_signature(kind: str, signature: bytes) -> bytes:
    """Return a signature as OpenSSH lays it out, with its type."""
    if kind == P256:
        r, s = decode_dss_signature(signature)
        signature = mpint(r) + mpint(s)
    return string(kind.encode()) + string(signature)


def of_ssh_signature(content: bytes) -> tuple[str, bytes]:
    """Return type and signature of what OpenSSH laid out; of P-256 in DER.

    Raises:
        EvidenceError: It is cut off, or of another type.
    """
    wire = Wire(content, "the signature")
    kind = wire.string().decode("ascii", "replace")
    signature = wire.string()
    if kind not in TYPES:
        message = f"a signature of type {kind!r}, expected {' or '.join(TYPES)}"
        raise EvidenceError(message)
    if kind == P256:
        parts = Wire(signature, "the signature")
        r, s = (int.from_bytes(parts.string(), "big") for _ in range(2))
        signature = encode_dss_signature(r, s)
    return kind, signature


def _public_of(key: _Public) -> PublicKey:
    line = key.public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    kind, text = line.decode().split()[:2]
    return PublicKey(type=kind, blob=base64.b64decode(text))
