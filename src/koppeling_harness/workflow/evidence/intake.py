"""Take in what partners sent: verify each pack, sort it, and file what is accepted."""

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from koppeling_harness.clock import Clock
from koppeling_harness.config.folders import REPORTS
from koppeling_harness.config.settings import load_settings
from koppeling_harness.document import read_content
from koppeling_harness.errors import ConfigurationError, EvidenceError, NothingToRunError
from koppeling_harness.evidence.bundle import ENVELOPE, RECEIVED, Bundle, Pack
from koppeling_harness.evidence.dsse import read_envelope
from koppeling_harness.evidence.statement import digest_of
from koppeling_harness.model.evidence import Verified
from koppeling_harness.model.intake import Lack, Sorted, TakenIn
from koppeling_harness.rules.intake import lack, lacks_of, letter, sort
from koppeling_harness.rules.words import said
from koppeling_harness.scenario.known_lists import list_book
from koppeling_harness.workflow.evidence.pack import name_part
from koppeling_harness.workflow.evidence.trust import required_trust
from koppeling_harness.workflow.evidence.verify import Look, not_a_pack, verify_bundle

INTO = REPORTS / "received"
"""Where packs are filed: below the folder in which a status looks for runs."""


def packs_meant(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Return the packs that paths mean: a file is one, and each `.zip` in a folder.

    Raises:
        ConfigurationError: A path does not exist.
        NothingToRunError: There is none.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(each for each in path.iterdir() if each.suffix.lower() == ".zip")
        elif path.exists() or path.is_symlink():
            found.append(path)
        else:
            message = f"{path}: expected a pack or a folder with packs, found nothing"
            raise ConfigurationError(message)
    if not found:
        message = f"no pack in {', '.join(map(str, paths))}"
        raise NothingToRunError(message, hint="A pack is a .zip of `koppeling evidence pack`.")
    return tuple(found)


def take_in(
    packs: Sequence[Path],
    *,
    clock: Clock,
    into: Path = INTO,
    signers: Path | None = None,
    revoked: Path | None = None,
    tsa: Path | None = None,
    dry_run: bool = False,
) -> Iterator[TakenIn]:
    """Yield what becomes of each pack, one by one; what is accepted is filed.

    Args:
        packs: The files.
        clock: Tells the time.
        into: Where they are filed, by integration and release.
        signers: File with registered keys; that of the settings when None.
        revoked: File with revoked keys; that of the settings when None.
        tsa: File with certificates of who may stamp the time; that of the settings when None.
        dry_run: Whether nothing is filed.

    Raises:
        UsageError: Nothing says whom the reader trusts.
        DocumentError: Settings or keys have problems.
        ConfigurationError: What is accepted cannot be written.
    """
    settings = load_settings(Path())
    look = Look(
        trust=required_trust(settings, signers=signers, revoked=revoked, tsa=tsa),
        book=list_book(settings.lists),
        now=clock.now(),
        thorough=True,
    )
    for path in packs:
        yield _taken_in(path, look, into, dry_run=dry_run)


def _taken_in(path: Path, look: Look, into: Path, *, dry_run: bool) -> TakenIn:
    try:
        bundle = Pack(path)
    except (EvidenceError, OSError) as error:
        verified = not_a_pack(path, error)
        return _not_accepted(verified, lacks_of(verified), path)
    # what is filed is what was verified: the file is read once
    verified = verify_bundle(bundle, str(path), look)
    lacks = lacks_of(verified)
    if lacks:
        return _not_accepted(verified, lacks, path)
    folder = into / _whose(verified) / name_part(verified.release) / name_part(verified.run_id)
    if not dry_run and not folder.exists():
        _file(bundle, folder, received=_received(path, bundle, verified, look))
        return TakenIn(verified=verified, sorted=Sorted.ACCEPTED, folder=str(folder))
    if not folder.exists():
        return TakenIn(verified=verified, sorted=Sorted.ACCEPTED)
    if _statement_of(folder) == verified.statement:
        return TakenIn(verified=verified, sorted=Sorted.HERE_ALREADY, folder=str(folder))
    found = said(
        "van run {run} ligt al iets anders in {folder}",
        "of run {run} something else is in {folder} already",
        run=verified.run_id,
        folder=folder,
    )
    return _not_accepted(verified, (lack("other_content", found),), path)


def _not_accepted(verified: Verified, lacks: tuple[Lack, ...], path: Path) -> TakenIn:
    where = sort(lacks)
    text = letter(verified, lacks, path.name) if where is Sorted.RETURNED else None
    return TakenIn(verified=verified, sorted=where, lacks=lacks, letter=text)


def _whose(verified: Verified) -> str:
    ids = list(dict.fromkeys(verified.integration_ids))
    return name_part(ids[0]) if len(ids) == 1 else "several"


def _received(path: Path, bundle: Bundle, verified: Verified, look: Look) -> bytes:
    plain = {
        "schema": "koppeling/received@1",
        "pack": path.name,
        "sha256": hashlib.sha256(read_content(path)).hexdigest(),
        "received_at": look.now.isoformat(timespec="seconds"),
        "statement": verified.statement,
        "signer": verified.signer,
        "files": len(bundle.names),
    }
    return json.dumps(plain, indent=1).encode()


def _statement_of(folder: Path) -> str:
    try:
        return digest_of(read_envelope(read_content(folder / ENVELOPE)).payload)
    except (EvidenceError, ConfigurationError):
        return ""


def _file(bundle: Bundle, folder: Path, *, received: bytes) -> None:
    """Write the files of a pack beside their place, and put them there all at once."""
    beside = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.new")
    try:
        for name in bundle.names:
            path = beside / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(bundle.read(name))
        (beside / RECEIVED).write_bytes(received)
        os.rename(beside, folder)  # noqa: PTH104 - refuses what is there, on every system
    except OSError as error:
        message = f"{folder}: cannot be written: {error.strerror or error}"
        raise ConfigurationError(message, hint="Name another folder with --into.") from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)
