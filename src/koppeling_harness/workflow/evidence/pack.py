"""Pack a signed run into one file to send, with what was signed and nothing else."""

import re
from collections.abc import Mapping
from pathlib import Path

from koppeling_harness.errors import EvidenceError, SecretFoundError
from koppeling_harness.evidence.bundle import (
    ENVELOPE,
    MOST_PACKED,
    OWN,
    Folder,
    packed,
)
from koppeling_harness.evidence.dsse import read_envelope
from koppeling_harness.evidence.statement import FAILED, read_statement
from koppeling_harness.store.files import write_files
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.evidence.many import Told, nobody
from koppeling_harness.workflow.evidence.search import secrets_in_all

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9._+-]+")
_SIGN_FIRST = "Sign it: `koppeling evidence sign`."


@dataclass(frozen=True, slots=True, kw_only=True)
class PackMade:
    """A pack that was made.

    Attributes:
        path: The file.
        files: How many files are in it.
        size: In bytes.
        has_passed: Whether what it says can be accepted.
    """

    path: Path
    files: int
    size: int
    has_passed: bool


def pack(folder: Path, into: Path, *, told: Told = nobody) -> PackMade:
    """Write the pack of a signed run.

    Args:
        folder: The run's.
        into: Folder in which the pack is written, under a name that says what it is.
        told: Is told of how many files it is known that no token stands in them.

    Raises:
        EvidenceError: The run is not signed, or was changed since.
        SecretFoundError: A token stands in one of the files, in any spelling.
        ConfigurationError: It cannot be written.
    """
    bundle = Folder(folder)
    if ENVELOPE not in bundle.names:
        message = f"{folder}: not signed, it holds no {ENVELOPE}"
        raise EvidenceError(message, hint=_SIGN_FIRST)
    said = read_statement(read_envelope(bundle.read(ENVELOPE)).payload)
    changed = [
        name
        for name, digest in said.files.items()
        if name not in bundle.names or bundle.digest(name) != digest
    ]
    if changed:
        message = f"{folder}: changed since it was signed: {', '.join(sorted(changed)[:3])}"
        raise EvidenceError(message, hint="Run again; what was changed shows nothing.")
    content = {name: bundle.read(name) for name in said.files}
    _refuse_tokens(folder, content, told)
    content |= {name: bundle.read(name) for name in OWN if name in bundle.names}
    made = packed(content, top=said.run_id)
    if len(made) > MOST_PACKED:
        message = f"{folder}: its pack would be {len(made)} bytes, at most {MOST_PACKED} are taken"
        raise EvidenceError(message, hint="Run one integration at a time.")
    release = next(
        str(each["annotations"]["release"])
        for each in said.said["configuration"]
        if each["name"] == "erp"
    )
    about = said.subjects[0].name if len(said.subjects) == 1 else "several"
    name = "-".join(name_part(each) for each in (about, release, said.run_id))
    write_files(into, {f"{name}.zip": made})
    return PackMade(
        path=into / f"{name}.zip",
        files=len(content),
        size=len(made),
        has_passed=said.result != FAILED,
    )


def name_part(text: str) -> str:
    """Return a text as a part of a file's name: `Profit-8`."""
    return _NOT_IN_A_NAME.sub("-", text).strip("-.") or "unknown"


def packed_line(made: PackMade) -> str:
    """Return for a person what was packed."""
    size = f"{made.size / 1024:.0f} kB" if made.size < 1024**2 else f"{made.size / 1024**2:.1f} MB"
    line = f"packed: {made.path} ({made.files} files, {size}); send this one file"
    if made.has_passed:
        return line
    return f"{line}\nmind: not all that is required passed in this run; AFAS returns it"


def _refuse_tokens(folder: Path, files: Mapping[str, bytes], told: Told) -> None:
    """Make sure that no token stands in files that are to be sent, in any spelling.

    Args:
        folder: The run's, for the message.
        files: By name.
        told: Is told how far it is.

    Raises:
        SecretFoundError: One does; the message names the files, never the token.
    """
    found = secrets_in_all(files, told=told)
    lines = [f"{folder / name}: found {', '.join(kinds)}" for name, kinds in found.items()]
    if lines:
        hint = (
            "Nothing was made. Run again; when it stays, report it: the redaction missed a place."
        )
        raise SecretFoundError("\n".join(lines), hint=hint)
