"""AFAS's decisions on their way to a partner: signed there, and known here by AFAS's key."""

from datetime import datetime
from pathlib import Path

from koppeling_harness.clock import AMSTERDAM
from koppeling_harness.config.decisions import read_decisions
from koppeling_harness.config.settings import SETTINGS, Settings
from koppeling_harness.document import read_content, read_text
from koppeling_harness.errors import ConfigurationError, EvidenceError
from koppeling_harness.evidence.dsse import DECISIONS_TYPE, is_envelope, read_envelope, sealed
from koppeling_harness.evidence.keys import SigningKey
from koppeling_harness.evidence.signers import read_signers
from koppeling_harness.model.decisions import Decisions
from koppeling_harness.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenDecisions:
    """AFAS's decisions as a partner has them.

    Attributes:
        text: A file of decisions.
        signer: Fingerprint of AFAS's key; empty when it is not signed.
    """

    text: str
    signer: str = ""


def signed_decisions(text: str, key: SigningKey) -> bytes:
    """Return a file of decisions in an envelope, signed by AFAS."""
    return sealed(text.encode(), [key], DECISIONS_TYPE)


def given_decisions(path: Path, settings: Settings, *, now: datetime) -> GivenDecisions:
    """Return what a file of AFAS's decisions holds; of one that is signed, once that holds.

    Args:
        path: A file of decisions, in an envelope or as it is.
        settings: Name the keys of AFAS.
        now: The present moment, at which the key has to count.

    Raises:
        ConfigurationError: It is signed, and no key of AFAS is named.
        EvidenceError: The signature does not hold, or is of no key of AFAS that counts.
        DocumentError: It cannot be read, or the file with keys has problems.
    """
    content = read_content(path)
    if not is_envelope(content):
        return GivenDecisions(text=read_text(path))
    try:
        envelope = read_envelope(content, DECISIONS_TYPE)
    except EvidenceError as error:
        message = f"{path}: {error.message}"
        raise EvidenceError(message) from None
    named = settings.decision_signers or settings.signers
    if named is None:
        message = f"{path}: it is signed, and no key is named here by which AFAS is known"
        hint = (
            f"Name the file with the line of AFAS's key as signers under [decisions] in {SETTINGS}."
        )
        raise ConfigurationError(message, hint=hint)
    keys = [
        each
        for each in read_signers(read_text(named), name=str(named), zone=AMSTERDAM)
        if each.is_for_decisions and each.counts_at(now)
    ]
    signer = next((each.key for each in keys if envelope.by(each.key)), None)
    if signer is None:
        message = f"{path}: not signed by a key of AFAS that counts today ({named})"
        hint = "Ask AFAS for the file again; when its key is another one now, for that line too."
        raise EvidenceError(message, hint=hint)
    try:
        text = envelope.payload.decode("utf-8")
    except UnicodeDecodeError:
        message = f"{path}: what is signed is no text"
        raise EvidenceError(message) from None
    return GivenDecisions(text=text, signer=signer.fingerprint)


def decisions_that_afas_signed(
    path: Path, settings: Settings, *, now: datetime
) -> tuple[Decisions, str]:
    """Return the decisions that AFAS signed, and by which key.

    Raises:
        ConfigurationError: No key of AFAS is named.
        EvidenceError: It is not signed, the signature does not hold, or is of no key of AFAS that
            counts.
        DocumentError: It cannot be read, or has problems.
    """
    given = given_decisions(path, settings, now=now)
    if not given.signer:
        message = f"{path}: expected a file that AFAS signed, found one that nobody did"
        raise EvidenceError(message)
    return read_decisions(given.text, name=str(path))[0], given.signer
