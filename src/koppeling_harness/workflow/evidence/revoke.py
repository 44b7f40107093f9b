"""Revoke a certificate or a key: in a list that AFAS signs, and that others check by."""

from pathlib import Path

from koppeling_harness.clock import AMSTERDAM, Clock, today
from koppeling_harness.config.file_edit import alone_with
from koppeling_harness.config.settings import load_settings
from koppeling_harness.document import read_content, read_text
from koppeling_harness.errors import UsageError
from koppeling_harness.evidence.dsse import REVOCATIONS_TYPE, sealed
from koppeling_harness.evidence.keys import SigningKey
from koppeling_harness.evidence.revocations import (
    NAMES,
    Revocation,
    Revocations,
    revocations_payload,
)
from koppeling_harness.evidence.signers import read_signers
from koppeling_harness.store.files import write_files
from koppeling_harness.workflow.evidence.revoked_list import signed_revocations

LIST = Path("revocations.dsse.json")
"""The list of what was revoked, where nobody names another."""


def revoke(
    what: str, *, by: str, reason: str, key: SigningKey, clock: Clock, into: Path = LIST
) -> Revocations:
    """Add to the list of what was revoked, and sign it; a list is never made shorter.

    Args:
        what: Number of a certificate, or fingerprint of a key.
        by: The person who decided.
        reason: Why.
        key: Of AFAS.
        clock: Tells the day.
        into: The list; a new one where there is none.

    Raises:
        UsageError: It is neither, or is in the list already.
        EvidenceError: What is there is no list that AFAS signed; it is left as it was.
        ConfigurationError: It cannot be written.
    """
    if NAMES.fullmatch(what) is None:
        message = f"found {what!r}, expected the number of a certificate, or SHA256:… of a key"
        raise UsageError(message, hint="`ssh-keygen -l -f FILE` shows that of a key.")
    with alone_with(into):
        before = _there(into, key)
        if before is not None and what in before.names:
            message = f"{into}: {what} is revoked already"
            raise UsageError(message)
        day = today(clock)
        new = Revocation(what=what, day=day, by=by, reason=reason)
        found = Revocations(
            number=before.number + 1 if before else 1,
            day=day,
            entries=(*(before.entries if before else ()), new),
        )
        content = sealed(revocations_payload(found), [key], REVOCATIONS_TYPE)
        write_files(into.parent, {into.name: content})
    return found


def list_meant(named: Path | None) -> tuple[Path, bool]:
    """Return the list that is meant, and whether this project's own status goes by it.

    Args:
        named: The list that somebody names; that of the settings when None.

    Raises:
        DocumentError: The settings have problems.
    """
    ours = load_settings(Path()).revoked
    path = named or ours or LIST
    return path, ours is not None and path.resolve() == ours.resolve()


def _there(path: Path, key: SigningKey) -> Revocations | None:
    if not path.exists():
        return None
    known = load_settings(Path()).signers
    lines = read_signers(read_text(known), name=str(known), zone=AMSTERDAM) if known else ()
    return signed_revocations(
        read_content(path),
        [key.public, *(each.key for each in lines if each.is_for_decisions)],
        name=str(path),
    )
