"""SSHSIG: the signature that `ssh-keygen -Y verify` checks, with nothing of ours at hand.

Source: OpenSSH, PROTOCOL.sshsig.
"""

import base64
import binascii
import hashlib

from koppeling_harness.errors import EvidenceError
from koppeling_harness.evidence.keys import (
    PublicKey,
    SigningKey,
    of_ssh_signature,
    ssh_signature,
)
from koppeling_harness.evidence.wire import Wire, string

NAMESPACE = "koppeling-evidence@1"
"""What a key may be registered for; a signature for anything else is none for this."""
DECISIONS = "koppeling-decision@1"
"""What AFAS's own key is registered for: a partner's key signs no decision."""

_MAGIC = b"SSHSIG"
_BEGIN, _END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
_HASHES = ("sha256", "sha512")
_WIDTH = 70


def ssh_signed(data: bytes, key: SigningKey) -> bytes:
    """Return the signature file over some bytes."""
    signature = ssh_signature(key.public.type, key.sign(_signed(data, "sha512")))
    content = b"".join(
        [
            _MAGIC,
            (1).to_bytes(4, "big"),
            string(key.public.blob),
            string(NAMESPACE.encode()),
            string(b""),
            string(b"sha512"),
            string(signature),
        ]
    )
    text = base64.b64encode(content).decode()
    lines = [text[at : at + _WIDTH] for at in range(0, len(text), _WIDTH)]
    return "\n".join([_BEGIN, *lines, _END, ""]).encode()


def ssh_signer(data: bytes, signature: bytes) -> PublicKey:
    """Return the key by which a signature file is over some bytes.

    Raises:
        EvidenceError: It is no signature file, for something else, or not over these bytes.
    """
    wire = Wire(_unarmoured(signature), "the SSH signature")
    if wire.take(len(_MAGIC)) != _MAGIC or wire.number() != 1:
        message = "expected an SSH signature of version 1"
        raise EvidenceError(message)
    blob = wire.string()
    namespace, _ = wire.string(), wire.string()
    hashed = wire.string().decode("ascii", "replace")
    kind, signed = of_ssh_signature(wire.string())
    if namespace != NAMESPACE.encode():
        found = namespace.decode(errors="replace")
        message = f"the SSH signature is for {found!r}, expected {NAMESPACE!r}"
        raise EvidenceError(message)
    if hashed not in _HASHES:
        message = f"the SSH signature is over {hashed!r}, expected one of {', '.join(_HASHES)}"
        raise EvidenceError(message)
    key = PublicKey(type=kind, blob=blob)
    if not key.holds(signed, _signed(data, hashed)):
        message = "the SSH signature is not over this statement"
        raise EvidenceError(message)
    return key


def _signed(data: bytes, hashed: str) -> bytes:
    digest = hashlib.new(hashed, data).digest()
    return b"".join(
        [
            _MAGIC,
            string(NAMESPACE.encode()),
            string(b""),
            string(hashed.encode()),
            string(digest),
        ]
    )


def _unarmoured(signature: bytes) -> bytes:
    try:
        lines = [each.strip() for each in signature.decode("ascii").strip().splitlines()]
        if lines[0] != _BEGIN or lines[-1] != _END:
            raise ValueError  # noqa: TRY301 - told in the same words
        return base64.b64decode("".join(lines[1:-1]), validate=True)
    except (ValueError, IndexError, binascii.Error):
        message = "expected an SSH signature, as `ssh-keygen -Y sign` writes it"
        raise EvidenceError(message) from None
