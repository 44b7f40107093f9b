"""Signed runs: made of records, without a run; each test changes what it is about."""

import json
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from koppeling_harness.document import dump_json
from koppeling_harness.evidence.keys import ED25519, SigningKey, new_key
from koppeling_harness.evidence.revoked import nothing_revoked
from koppeling_harness.evidence.signers import read_signers, signer_line
from koppeling_harness.model.evidence import Verified
from koppeling_harness.model.run import RunRecord
from koppeling_harness.workflow.evidence.pack import pack
from koppeling_harness.workflow.evidence.sign import sign
from koppeling_harness.workflow.evidence.trust import Trust
from koppeling_harness.workflow.evidence.verify import Look, verify
from support.clock import FixedClock
from support.records import BOOK, IDENTITY, a_result, a_run, an_integration

NOW = FixedClock("2026-11-24T09:00:00+00:00")
"""The day after the run."""

HAR = b'{"log": {"version": "1.2", "creator": {"name": "k", "version": "1"}, "entries": []}}'
FILES = {
    "traffic/urenportaal/structure.integration-id.har": HAR,
    "index.html": b"<!doctype html><title>Verslag</title>\n",
}


def a_signed_record(**changes) -> RunRecord:
    return a_run(an_integration(a_result(), a_result("paging.sorted")), **changes)


def a_run_folder(
    reports: Path, record: RunRecord | None = None, files: Mapping[str, bytes] = FILES
) -> Path:
    """Write what a run leaves; return its folder."""
    record = record or a_signed_record()
    folder = reports / record.run_id
    content = {"run.json": dump_json(record).encode(), **files}
    for name, each in content.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(each)
    return folder


def a_signed_run(
    reports: Path, key: SigningKey, record: RunRecord | None = None, clock: FixedClock = NOW
) -> Path:
    """Write what a run leaves, and sign it; return its folder."""
    folder = a_run_folder(reports, record)
    sign(folder, key, clock=clock)
    return folder


def a_pack(
    folder: Path, key: SigningKey, record: RunRecord | None = None, clock: FixedClock = NOW
) -> Path:
    """Write a pack; return its file."""
    return pack(a_signed_run(folder / "made", key, record, clock), folder).path


def line(
    key: SigningKey,
    principal: str = IDENTITY.integration_id,
    *,
    after: str = "2026-01-01",
    before: str = "2027-01-01",
) -> str:
    begin, end = (datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (after, before))
    return signer_line(key.public, [principal], after=begin, before=end)


def trust_in(*lines: str, is_revoked=nothing_revoked) -> Trust:
    signers = read_signers("\n".join(lines), name="allowed_signers", zone=UTC)
    return Trust(signers=signers, is_revoked=is_revoked, place="allowed_signers")


def looked_at(path: Path, trust: Trust, *, now: datetime = NOW.moment, **changes) -> Verified:
    look = Look(trust=trust, book=BOOK, now=now)
    return verify(path, replace(look, **changes))


def a_key(kind: str = ED25519) -> SigningKey:
    return new_key(kind)


def files_of(pack: Path) -> dict[str, bytes]:
    """Return the entries of a pack, by their whole names."""
    with zipfile.ZipFile(pack) as opened:
        return {each: opened.read(each) for each in opened.namelist()}


def zipped(files: Mapping[str, bytes], **attributes) -> bytes:
    """Return a zip of files by their whole names, each entry with some attributes."""
    into = BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            for attribute, value in attributes.items():
                setattr(entry, attribute, value)
            made.writestr(entry, content)
    return into.getvalue()


def edited(content: bytes, change) -> bytes:
    """Return JSON after a change that is made in place."""
    plain = json.loads(content)
    change(plain)
    return json.dumps(plain).encode()


SETTINGS = f"""\
[review]
signers = "allowed_signers"
[review.lists]
tests = "{a_signed_record().scenario_lock.digest}"
"""
"""Settings of a reader that knows the keys, and lets the list of these records count."""
