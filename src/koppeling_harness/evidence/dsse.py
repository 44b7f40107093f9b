"""DSSE v1.0: the envelope in which a statement travels with its signatures.

Source: github.com/secure-systems-lab/dsse, protocol.md and envelope.md.
"""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from koppeling_harness.errors import EvidenceError
from koppeling_harness.evidence.keys import PublicKey, SigningKey
from koppeling_harness.value import dataclass

PAYLOAD_TYPE = "application/vnd.in-toto+json"
DECISIONS_TYPE = "application/vnd.koppeling.decisions+yaml"
"""A file of AFAS's decisions, as a partner's runs take it."""
REVOCATIONS_TYPE = "application/vnd.koppeling.revocations+json"
"""A list of what was revoked."""
MOST_SIGNATURES = 8
"""More than one run has; each costs time to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature of an envelope.

    Attributes:
        keyid: Which key it is said to be of; a hint, and no more.
        sig: The signature.
    """

    keyid: str
    sig: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What is signed, and by which signatures.

    Attributes:
        payload: The very bytes.
        payload_type: What they are.
        signatures: At least one.
    """

    payload: bytes
    payload_type: str
    signatures: tuple[Signature, ...]

    @property
    def signed(self) -> bytes:
        """The bytes that the signatures are over."""
        return pae(self.payload_type, self.payload)

    def by(self, key: PublicKey) -> Signature | None:
        """Return the signature that is one of a key; None when there is none."""
        signed = self.signed
        return next((each for each in self.signatures if key.holds(each.sig, signed)), None)


def pae(payload_type: str, payload: bytes) -> bytes:
    """Return what is signed for a payload: DSSE's pre-authentication encoding."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def sealed(payload: bytes, keys: Sequence[SigningKey], payload_type: str = PAYLOAD_TYPE) -> bytes:
    """Return an envelope with a signature of each key."""
    signed = pae(payload_type, payload)
    return json.dumps(
        {
            "payload": base64.b64encode(payload).decode(),
            "payloadType": payload_type,
            "signatures": [
                {
                    "keyid": each.public.fingerprint,
                    "sig": base64.b64encode(each.sign(signed)).decode(),
                }
                for each in keys
            ],
        }
    ).encode()


def read_envelope(content: bytes, payload_type: str = PAYLOAD_TYPE) -> Envelope:
    """Return what an envelope holds; nothing of it is believed yet.

    Args:
        content: The envelope.
        payload_type: What it has to hold.

    Raises:
        EvidenceError: It is no envelope.
    """
    data = read_json(content, what="the envelope")
    if not isinstance(data, dict) or "payload" not in data:
        message = "expected a DSSE envelope: an object with payload, payloadType and signatures"
        raise EvidenceError(message)
    signatures = data.get("signatures")
    if not isinstance(signatures, list) or not 0 < len(signatures) <= MOST_SIGNATURES:
        message = f"the envelope has no list of one to {MOST_SIGNATURES} signatures"
        raise EvidenceError(message)
    kind = data.get("payloadType")
    if kind != payload_type:
        message = f"the envelope holds {kind!r}, expected {payload_type}"
        raise EvidenceError(message)
    return Envelope(
        payload=_bytes(data["payload"], "the payload"),
        payload_type=kind,
        signatures=tuple(_signature(each) for each in signatures),
    )


def is_envelope(content: bytes) -> bool:
    """Return whether a file looks like an envelope, whatever it holds."""
    return content.lstrip()[:1] == b"{" and b'"payloadType"' in content


def read_json(content: bytes, *, what: str) -> Any:
    """Return what JSON says; a name that stands twice could be read in two ways and is refused.

    Raises:
        EvidenceError: It is not JSON, or is ambiguous.
    """
    try:
        # as UTF-8 and nothing else: left to itself, the reader guesses the encoding
        return json.loads(content.decode("utf-8"), object_pairs_hook=_once(what))
    except (ValueError, RecursionError) as error:
        message = f"{what} is not JSON: {str(error) or type(error).__name__}"
        raise EvidenceError(message) from None


def _once(what: str) -> Callable[[list[tuple[str, Any]]], dict[str, Any]]:
    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            message = f"{what} has a name twice in one object"
            raise EvidenceError(message)
        return found

    return members


def _signature(each: Any) -> Signature:
    if not isinstance(each, Mapping):
        message = "a signature of the envelope is no object"
        raise EvidenceError(message)
    return Signature(keyid=str(each.get("keyid") or ""), sig=_bytes(each.get("sig"), "a signature"))


def _bytes(text: Any, what: str) -> bytes:
    """Return the bytes of base64, in either alphabet."""
    try:
        plain = text.replace("-", "+").replace("_", "/")
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (AttributeError, binascii.Error, ValueError):
        message = f"{what} of the envelope is not base64"
        raise EvidenceError(message) from None
