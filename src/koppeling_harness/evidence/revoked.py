"""Revoked keys: a list that OpenSSH reads too, a KRL or a file of public keys.

Source: OpenSSH, PROTOCOL.krl.
"""

import base64
import hashlib
from collections.abc import Callable, Collection

from koppeling_harness.errors import ConfigurationError, EvidenceError
from koppeling_harness.evidence.keys import PublicKey, read_public_key
from koppeling_harness.evidence.wire import Wire

Revoked = Callable[[PublicKey], bool]
"""Says whether a key is revoked."""

_MAGIC = b"SSHKRL\n\0"
_CERTIFICATES, _KEYS, _SHA1, _SIGNATURE, _SHA256, _EXTENSION = 1, 2, 3, 4, 5, 255


def nothing_revoked(_key: PublicKey) -> bool:
    """Say of every key that it is not revoked."""
    return False


def listed_revoked(names: Collection[str]) -> Revoked:
    """Return what says whether the fingerprint of a key is among some names."""

    def is_listed(key: PublicKey) -> bool:
        return key.fingerprint in names

    return is_listed


def read_revoked(content: bytes, *, name: str) -> Revoked:
    """Return what says whether a key is revoked.

    Args:
        content: A KRL as `ssh-keygen -k` writes it, or public keys and fingerprints, one a line.
        name: Of the file, for messages.

    Raises:
        ConfigurationError: It is neither.
    """
    if not content:  # what was cut off must not give back what was revoked
        message = f"{name}: is empty, expected a KRL, a signed list, or public keys"
        hint = "Where nothing is revoked yet, name no file, or write a line that begins with #."
        raise ConfigurationError(message, hint=hint)
    try:
        blobs, digests = _of_krl(content) if content.startswith(_MAGIC) else _of_lines(content)
    except EvidenceError as error:
        hint = "`ssh-keygen -k -f FILE KEY.pub` writes one; a file with a public key a line will do"
        message = f"{name}: {error.message}"
        raise ConfigurationError(message, hint=hint) from None

    def is_revoked(key: PublicKey) -> bool:
        hashed = (hashlib.sha1(key.blob, usedforsecurity=False), hashlib.sha256(key.blob))
        return key.blob in blobs or any(each.digest() in digests for each in hashed)

    return is_revoked


def _of_krl(content: bytes) -> tuple[set[bytes], set[bytes]]:
    wire = Wire(content, "the KRL")
    wire.take(len(_MAGIC))
    if wire.number() != 1:
        message = "expected a KRL of version 1"
        raise EvidenceError(message)
    for size in (8, 8, 8):  # number, date, flags
        wire.number(size)
    wire.string(), wire.string()  # reserved, comment
    blobs: set[bytes] = set()
    digests: set[bytes] = set()
    while not wire.is_at_end:
        kind = wire.number(1)
        section = Wire(wire.string(), "a section of the KRL")
        if kind in (_KEYS, _SHA1, _SHA256):
            into = blobs if kind == _KEYS else digests
            while not section.is_at_end:
                into.add(section.string())
        elif kind not in (_CERTIFICATES, _SIGNATURE, _EXTENSION):
            message = f"a section of kind {kind}, which this program does not know"
            raise EvidenceError(message)
    return blobs, digests


def _of_lines(content: bytes) -> tuple[set[bytes], set[bytes]]:
    blobs: set[bytes] = set()
    digests: set[bytes] = set()
    for line in content.decode("utf-8", "replace").splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0].startswith("SHA256:"):
            text = words[0].removeprefix("SHA256:")
            try:
                digests.add(base64.b64decode(text + "=" * (-len(text) % 4), validate=True))
            except ValueError:
                message = f"found {words[0]!r}, expected a fingerprint as `ssh-keygen -l` shows it"
                raise EvidenceError(message) from None
        elif len(words) > 1:
            blobs.add(read_public_key(words[0], words[1]).blob)
        else:
            message = "expected a KRL, or public keys and fingerprints, one a line"
            raise EvidenceError(message)
    return blobs, digests
