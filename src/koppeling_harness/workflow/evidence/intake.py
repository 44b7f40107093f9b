"""Take in what partners sent: verify each pack, sort it, and file what is accepted."""

import json
import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from koppeling_harness.clock import AMSTERDAM, Clock
from koppeling_harness.config.folders import REPORTS
from koppeling_harness.config.granted import granted_to
from koppeling_harness.config.settings import load_settings
from koppeling_harness.document import read_content
from koppeling_harness.errors import ConfigurationError, EvidenceError, NothingToRunError
from koppeling_harness.evidence.bundle import ENVELOPE, RECEIVED, Bundle, Pack
from koppeling_harness.evidence.dsse import read_envelope
from koppeling_harness.evidence.statement import digest_of
from koppeling_harness.model.evidence import Verified
from koppeling_harness.model.intake import Lack, Sorted, TakenIn
from koppeling_harness.rules.intake import lack, lacks_of, letter, sort
from koppeling_harness.rules.waivers import covering
from koppeling_harness.rules.words import said
from koppeling_harness.scenario.known_lists import list_book
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.evidence.many import with_each
from koppeling_harness.workflow.evidence.pack import name_part
from koppeling_harness.workflow.evidence.trust import required_trust
from koppeling_harness.workflow.evidence.verify import Look, not_a_pack, verify_bundle

INTO = REPORTS / "received"
"""Where packs are filed: below the folder in which a status looks for runs."""

_HALF = ".new"
"""How the name of a folder ends that is being written; it begins with a period, and is not read."""
_HOUR_S = 3600
_WORTH_A_PROCESS = 512 * 1024
"""To look so many bytes of packs through takes longer than other processes do to start."""


def packs_meant(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Return the packs that paths mean: a file is one, and each `.zip` in a folder and below it.

    Raises:
        ConfigurationError: A path does not exist.
        NothingToRunError: There is none.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += _packs_in(path)
        elif path.exists() or path.is_symlink():
            found.append(path)
        else:
            message = f"{path}: expected a pack or a folder with packs, found nothing"
            raise ConfigurationError(message)
    if not found:
        message = f"no pack in {', '.join(map(str, paths))}"
        raise NothingToRunError(message, hint="A pack is a .zip of `koppeling evidence pack`.")
    return tuple(found)


def _packs_in(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        yield from (Path(place) / each for each in sorted(files) if each.lower().endswith(".zip"))


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
    look = partial(_look, clock=clock, signers=signers, revoked=revoked, tsa=tsa)
    review = load_settings(Path()).review
    room = _Room(into=into, look=look(), review=review, dry_run=dry_run, meant={})
    looked_at = with_each(
        _looked_at,
        packs,
        begin=look,
        is_worth_it=sum(map(_size, packs)) > _WORTH_A_PROCESS,
    )
    for path, seen in zip(packs, looked_at, strict=True):
        yield _taken_in(path, seen, room)


def _look(*, clock: Clock, signers: Path | None, revoked: Path | None, tsa: Path | None) -> Look:
    settings = load_settings(Path())
    return Look(
        trust=required_trust(settings, signers=signers, revoked=revoked, tsa=tsa),
        book=list_book(settings.lists),
        now=clock.now(),
        thorough=True,
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except (OSError, ValueError):
        return 0  # told when it is looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class _LookedAt:
    """A pack that was looked at.

    Attributes:
        verified: What its steps came to.
        sha256: Of the pack; empty when it is none.
    """

    verified: Verified
    sha256: str = ""


def _looked_at(look: Look, path: Path) -> _LookedAt:
    try:
        bundle = Pack(path)
    except (EvidenceError, OSError) as error:
        return _LookedAt(verified=not_a_pack(path, error))
    verified = verify_bundle(bundle, str(path), look)
    return _LookedAt(verified=verified, sha256=bundle.sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Room:
    """Where packs are taken in.

    Attributes:
        into: Where they are filed.
        look: How they are looked at.
        review: The reviewers' folder, whose waivers count; None when there is none.
        dry_run: Whether nothing is filed.
        meant: What would have been filed, by its folder.
    """

    into: Path
    look: Look
    review: Path | None
    dry_run: bool
    meant: dict[Path, str]


def _taken_in(path: Path, seen: _LookedAt, room: _Room) -> TakenIn:
    verified = seen.verified
    lacks = lacks_of(verified) or tuple(_waivers_that_nobody_granted(verified, room))
    if lacks:
        return _not_accepted(verified, lacks, path)
    folder = room.into / _whose(verified) / name_part(verified.release) / name_part(verified.run_id)
    here = room.meant.get(folder) if room.dry_run else ""
    if not _is_there(folder) and not here:
        if room.dry_run:
            room.meant[folder] = verified.statement
            return TakenIn(verified=verified, sorted=Sorted.ACCEPTED)
        bundle = _same_pack(path, seen)
        if bundle is None:
            changed = not_a_pack(path, EvidenceError("it was changed while it was looked at"))
            return _not_accepted(changed, lacks_of(changed), path)
        if _file(bundle, folder, received=_received(path, bundle, verified, room.look)):
            return TakenIn(verified=verified, sorted=Sorted.ACCEPTED, folder=str(folder))
    if (here or _statement_of(folder)) == verified.statement:
        return TakenIn(verified=verified, sorted=Sorted.HERE_ALREADY, folder=str(folder))
    found = said(
        "van run {run} ligt al iets anders in {folder}",
        "of run {run} something else is in {folder} already",
        run=verified.run_id,
        folder=folder,
    )
    return _not_accepted(verified, (lack("other_content", found),), path)


def _same_pack(path: Path, seen: _LookedAt) -> Pack | None:
    """Return a pack once more; None when it is no longer the one that was looked at."""
    try:
        bundle = Pack(path)
    except (EvidenceError, OSError):
        return None
    return bundle if bundle.sha256 == seen.sha256 else None


def _waivers_that_nobody_granted(verified: Verified, room: _Room) -> Iterator[Lack]:
    """Yield what a record marks as waived and AFAS's decisions do not cover: anybody can write it.

    A waiver holds for a release and until a day, as it does in a status.
    """
    today = room.look.now.astimezone(AMSTERDAM).date()
    for each in verified.waived:
        granted = (
            granted_to(each.integration, folder=room.review, integration_id=each.integration_id)
            if room.review is not None
            else ()
        )
        if covering(granted, each.scenario, release=verified.release, as_of=today) is None:
            found = said(
                "{scenario} van {integration} steunt op een ontheffing die niet staat in {where}",
                "{scenario} of {integration} rests on a waiver that is not in {where}",
                scenario=each.scenario,
                integration=each.integration,
                where=room.review
                or said(
                    "een map van beslissingen ([review] folder)",
                    "a folder of decisions ([review] folder)",
                ),
            )
            yield lack("waiver_unknown", found)


def _not_accepted(verified: Verified, lacks: tuple[Lack, ...], path: Path) -> TakenIn:
    where = sort(lacks)
    text = letter(verified, lacks, path.name) if where is Sorted.RETURNED else None
    return TakenIn(verified=verified, sorted=where, lacks=lacks, letter=text)


def _whose(verified: Verified) -> str:
    ids = list(dict.fromkeys(verified.integration_ids))
    return name_part(ids[0]) if len(ids) == 1 else "several"


def _received(path: Path, bundle: Pack, verified: Verified, look: Look) -> bytes:
    plain = {
        "schema": "koppeling/received@1",
        "pack": path.name,
        "sha256": bundle.sha256,
        "received_at": look.now.isoformat(timespec="seconds"),
        "statement": verified.statement,
        "signer": verified.signer,
        "files": len(bundle.names),
    }
    return json.dumps(plain, indent=1).encode()


def _is_there(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _statement_of(folder: Path) -> str:
    try:
        return digest_of(read_envelope(read_content(folder / ENVELOPE)).payload)
    except (EvidenceError, ConfigurationError):
        return ""


def _file(bundle: Bundle, folder: Path, *, received: bytes) -> bool:
    """Write the files of a pack beside their place, and put them there all at once.

    Returns:
        Whether it is there by this: another intake at the same time may have been first.
    """
    beside = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}{_HALF}")
    try:
        beside.mkdir(parents=True)
        _sweep(folder.parent, now_s=beside.stat().st_mtime)
        for name in bundle.names:
            path = beside / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(bundle.read(name))
        (beside / RECEIVED).write_bytes(received)
        os.rename(beside, folder)  # noqa: PTH104 - refuses what is there, on every system
    except OSError as error:
        if _is_there(folder):
            return False
        message = f"{folder}: cannot be written: {error.strerror or error}"
        raise ConfigurationError(message, hint="Name another folder with --into.") from None
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return True


def _sweep(folder: Path, *, now_s: float) -> None:
    """Take away what an intake that was killed left half written, once it is an hour old."""
    for each in folder.glob(f".*{_HALF}"):
        with suppress(OSError):
            if now_s - each.stat().st_mtime > _HOUR_S:
                shutil.rmtree(each, ignore_errors=True)
