"""Whom a reader trusts: registered keys, revoked ones, and who stamps the time."""

from collections.abc import Sequence
from pathlib import Path

from koppeling_harness.clock import AMSTERDAM
from koppeling_harness.config.settings import SETTINGS, Settings
from koppeling_harness.document import read_content, read_text
from koppeling_harness.errors import UsageError
from koppeling_harness.evidence.dsse import is_envelope
from koppeling_harness.evidence.revocations import Revocations
from koppeling_harness.evidence.revoked import (
    Revoked,
    listed_revoked,
    nothing_revoked,
    read_revoked,
)
from koppeling_harness.evidence.signers import Signer, read_signers
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.evidence.revoked_list import revocations_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Whom a reader trusts.

    Attributes:
        signers: The registered keys.
        is_revoked: Says whether a key is revoked.
        revocations: The list that AFAS signed, where it is that; None for a plain one, or none.
        place: The file with the registered keys.
        time_stampers: Certificates in PEM of who may stamp the time; empty for nobody.
    """

    signers: Sequence[Signer]
    is_revoked: Revoked = nothing_revoked
    revocations: Revocations | None = None
    place: str = ""
    time_stampers: bytes = b""


def trust_of(
    settings: Settings,
    *,
    signers: Path | None = None,
    revoked: Path | None = None,
    tsa: Path | None = None,
) -> Trust | None:
    """Return whom a reader trusts; None when nothing says so.

    Args:
        settings: Of the project.
        signers: File with registered keys; that of the settings when None.
        revoked: File with revoked keys; that of the settings when None.
        tsa: File with certificates of who may stamp the time; that of the settings when None.

    Raises:
        DocumentError: A file has problems, or cannot be read.
        ConfigurationError: The file with revoked keys, or with certificates, is none.
    """
    known = signers or settings.signers
    if known is None:
        return None
    ended, stampers = revoked or settings.revoked, tsa or settings.tsa
    lines = read_signers(read_text(known), name=str(known), zone=AMSTERDAM)
    listed: Revocations | None = None
    is_revoked: Revoked = nothing_revoked
    if ended is not None:
        content = read_content(ended)
        if is_envelope(content):
            listed = revocations_in(content, lines, name=str(ended))
            is_revoked = listed_revoked(listed.names)
        else:
            is_revoked = read_revoked(content, name=str(ended))
    return Trust(
        signers=lines,
        is_revoked=is_revoked,
        revocations=listed,
        place=str(known),
        time_stampers=_authorities(stampers) if stampers else b"",
    )


def required_trust(
    settings: Settings,
    *,
    signers: Path | None = None,
    revoked: Path | None = None,
    tsa: Path | None = None,
) -> Trust:
    """Return whom a reader trusts.

    Raises:
        UsageError: Nothing says so.
        DocumentError: A file has problems, or cannot be read.
        ConfigurationError: The file with revoked keys, or with certificates, is none.
    """
    trust = trust_of(settings, signers=signers, revoked=revoked, tsa=tsa)
    if trust is None:
        message = "no file with registered keys, so that no signature can be believed"
        hint = (
            "Name it with --signers FILE, or as signers under [review] in "
            f"{SETTINGS}. A line of it is what `koppeling evidence keygen` writes."
        )
        raise UsageError(message, hint=hint)
    return trust


def _authorities(path: Path) -> bytes:
    # seldom needed, and slow to load
    from koppeling_harness.evidence.time_stamp import read_authorities  # noqa: PLC0415

    return read_authorities(read_content(path), name=str(path))
