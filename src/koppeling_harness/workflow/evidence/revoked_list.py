"""The list of what AFAS revoked, as a reader takes it: signed by a key that is for that."""

from collections.abc import Sequence

from koppeling_harness.errors import ConfigurationError, EvidenceError
from koppeling_harness.evidence.dsse import REVOCATIONS_TYPE, read_envelope
from koppeling_harness.evidence.keys import PublicKey
from koppeling_harness.evidence.revocations import Revocations, read_revocations
from koppeling_harness.evidence.signers import Signer


def revocations_in(content: bytes, signers: Sequence[Signer], *, name: str) -> Revocations:
    """Return a signed list of what was revoked.

    Args:
        content: The list.
        signers: The registered keys, those of AFAS among them.
        name: Of the file, for messages.

    Raises:
        ConfigurationError: It is no list that AFAS signed.
    """
    keys = [each.key for each in signers if each.is_for_decisions]
    try:
        return signed_revocations(content, keys, name=name)
    except EvidenceError as error:
        hint = "Fetch it again from AFAS; its key has to be among the registered ones."
        raise ConfigurationError(error.message, hint=hint) from None


def signed_revocations(content: bytes, keys: Sequence[PublicKey], *, name: str) -> Revocations:
    """Return a list that is signed by one of some keys.

    Raises:
        EvidenceError: It is none, or is not.
    """
    try:
        envelope = read_envelope(content, REVOCATIONS_TYPE)
        found = read_revocations(envelope.payload)
    except EvidenceError as error:
        message = f"{name}: {error.message}"
        raise EvidenceError(message) from None
    if not any(envelope.by(each) for each in keys):
        message = f"{name}: not signed by a key that is registered for decisions"
        raise EvidenceError(message)
    return found
