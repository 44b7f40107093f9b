"""Sign a run: state what it came to, over every file that it left."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from koppeling_harness.clock import Clock
from koppeling_harness.config.settings import load_settings
from koppeling_harness.errors import (
    EvidenceError,
    RecordError,
    UsageError,
)
from koppeling_harness.evidence.bundle import (
    ENVELOPE,
    SSH_SIGNATURE,
    STATEMENT,
    TIME_STAMP,
    Folder,
    files_to_sign,
)
from koppeling_harness.evidence.dsse import read_envelope, sealed
from koppeling_harness.evidence.keys import SigningKey
from koppeling_harness.evidence.sshsig import ssh_signed
from koppeling_harness.evidence.statement import SignedFacts, read_statement, statement
from koppeling_harness.scenario.known_lists import list_book
from koppeling_harness.store.files import write_files
from koppeling_harness.store.run_file import run_file
from koppeling_harness.store.runs import RUN, check_content
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.evidence.program import program_digest
from koppeling_harness.workflow.evidence.stamp import stamp

LATEST = "latest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A run that was signed.

    Attributes:
        envelope: The file.
        files: How many files it is over.
        result: What the statement says of it.
        integrations: What it is about, `id version` each.
        release: Label of the release.
        fingerprint: Of the key.
    """

    envelope: Path
    files: int
    result: str
    integrations: tuple[str, ...]
    release: str
    fingerprint: str


def runs_meant(runs: Sequence[str], reports: Path) -> tuple[Path, ...]:
    """Return the folders of runs; of the last command when none is named.

    Args:
        runs: Ids, or folders.
        reports: Where runs are kept.

    Raises:
        UsageError: There is none of that name, or none at all.
    """
    if runs:
        return tuple(run_file(each, reports).parent for each in runs)
    try:
        latest = json.loads((reports / LATEST).read_bytes())
        found = tuple(reports / str(each["run_id"]) for each in latest["runs"])
    except (OSError, ValueError, KeyError, TypeError):
        found = ()
    if not found:
        message = f"no run below {reports}"
        raise UsageError(message, hint="Name one, or make one: `koppeling run`.")
    return tuple(run_file(str(each), reports).parent for each in found)


def sign(folder: Path, key: SigningKey, *, clock: Clock, time_stamps: str = "") -> Signed:
    """Write the evidence of a run beside its record.

    Args:
        folder: The run's.
        key: Signs.
        clock: Tells when that is.
        time_stamps: Address of who stamps the signature; nobody when empty.

    Raises:
        RecordError: The record contradicts itself.
        EvidenceError: The record is of no integration, or not of this time.
        ConfigurationError: The evidence cannot be written.
        ErpUnavailableError: Who stamps does not answer; nothing was written.
    """
    bundle = Folder(folder)
    names = files_to_sign(bundle)
    content = {name: bundle.read(name) for name in names}
    if RUN not in content:
        message = f"{folder}: holds no {RUN}, expected the folder of a run"
        raise EvidenceError(message)
    book = list_book(load_settings(Path()).lists)
    checked = check_content(folder / RUN, content[RUN], now=clock.now(), book=book)
    if checked.problems or checked.plain is None:
        raise RecordError(checked.problems)
    facts = SignedFacts(
        files={name: hashlib.sha256(each).hexdigest() for name, each in content.items()},
        program=program_digest(),
        signed_at=clock.now().isoformat(timespec="seconds"),
        key=key.public.fingerprint,
    )
    payload = statement(checked.plain, facts)
    said = read_statement(payload)
    if not said.subjects:
        message = f"{folder}: no integration was judged in this run, so there is nothing to sign"
        raise EvidenceError(message, hint="Its page says why each was set aside.")
    envelope = sealed(payload, [key])
    made = {STATEMENT: payload, SSH_SIGNATURE: ssh_signed(payload, key)}
    if time_stamps:
        signature = read_envelope(envelope).signatures[0].sig
        made[TIME_STAMP] = stamp(signature, time_stamps)
    else:
        (folder / TIME_STAMP).unlink(missing_ok=True)  # of a signature that was here before
    write_files(folder, {**made, ENVELOPE: envelope})
    return Signed(
        envelope=folder / ENVELOPE,
        files=len(content),
        result=said.result,
        integrations=tuple(f"{each.name} {each.version}" for each in said.subjects),
        release=str(checked.plain["erp"]["label"]),
        fingerprint=key.public.fingerprint,
    )


def signed_lines(signed: Sequence[Signed]) -> list[str]:
    """Return for a person what was signed."""
    lines = [
        f"signed: {each.envelope} ({each.result.lower()}: {', '.join(each.integrations)} on "
        f"{each.release}; {each.files} files)"
        for each in signed
    ]
    return [*lines, *dict.fromkeys(f"key: {each.fingerprint}" for each in signed)]
