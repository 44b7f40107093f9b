"""Sign a run: state what it came to, over every file that it left."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from koppeling_harness.clock import Clock
from koppeling_harness.config.settings import load_settings
from koppeling_harness.errors import (
    EvidenceError,
    RecordError,
    SecretFoundError,
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
from koppeling_harness.evidence.dsse import sealed
from koppeling_harness.evidence.keys import SigningKey
from koppeling_harness.evidence.sshsig import ssh_signed
from koppeling_harness.evidence.statement import SignedFacts, read_statement, statement
from koppeling_harness.scenario.known_lists import list_book
from koppeling_harness.store.files import write_files
from koppeling_harness.store.run_file import run_file
from koppeling_harness.store.runs import RUN, check_content
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.evidence.program import program_digest
from koppeling_harness.workflow.evidence.search import kinds_of_secrets

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


def sign(folder: Path, key: SigningKey, *, clock: Clock) -> Signed:
    """Write the evidence of a run beside its record.

    Args:
        folder: The run's.
        key: Signs.
        clock: Tells when that is.

    Raises:
        RecordError: The record contradicts itself.
        EvidenceError: The record is of no integration, or not of this time.
        SecretFoundError: A token stands in one of the files.
        ConfigurationError: The evidence cannot be written.
    """
    bundle = Folder(folder)
    names = files_to_sign(bundle)
    content = {name: bundle.read(name) for name in names}
    if RUN not in content:
        message = f"{folder}: holds no {RUN}, expected the folder of a run"
        raise EvidenceError(message)
    refuse_tokens(folder, content, thorough=False)
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
    stale = folder / TIME_STAMP
    if stale.is_file():
        stale.unlink()
    write_files(
        folder,
        {
            STATEMENT: payload,
            SSH_SIGNATURE: ssh_signed(payload, key),
            ENVELOPE: sealed(payload, [key]),
        },
    )
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


def refuse_tokens(folder: Path, files: Mapping[str, bytes], *, thorough: bool) -> None:
    """Make sure that no token stands in files that are to be signed or sent.

    Args:
        folder: The run's, for the message.
        files: By name.
        thorough: Whether every spelling is undone; see `kinds_of_secrets`.

    Raises:
        SecretFoundError: One does; the message names the files, never the token.
    """
    found = {name: kinds_of_secrets(each, thorough=thorough) for name, each in files.items()}
    lines = [f"{folder / name}: found {', '.join(kinds)}" for name, kinds in found.items() if kinds]
    if lines:
        hint = (
            "Nothing was made. Run again; when it stays, report it: the redaction missed a place."
        )
        raise SecretFoundError("\n".join(lines), hint=hint)
