"""The shelf of bad packs: each is refused at its step, with its reason, and kept nowhere."""

import base64
import hashlib
import json
import os
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest

from koppeling_harness.evidence.bundle import (
    ENVELOPE,
    MOST_OF_A_FILE,
    SSH_SIGNATURE,
    STATEMENT,
    Pack,
)
from koppeling_harness.evidence.dsse import sealed
from koppeling_harness.evidence.keys import SigningKey
from koppeling_harness.evidence.sshsig import ssh_signed
from koppeling_harness.model.evidence import Step, StepOutcome
from koppeling_harness.model.intake import Sorted
from koppeling_harness.model.known_list import KnownList
from koppeling_harness.model.partner import Identity
from koppeling_harness.model.run import ExchangeRecord, RunRecord, ScenarioLock
from koppeling_harness.model.verdict import Cause, Outcome
from koppeling_harness.rules.intake import lacks_of, letter, sort
from koppeling_harness.rules.lists import ListBook
from koppeling_harness.workflow.evidence import intake
from koppeling_harness.workflow.evidence.search import kinds_of_secrets
from support.clock import FixedClock
from support.evidence import (
    NOW,
    SETTINGS,
    a_key,
    a_pack,
    a_signed_record,
    edited,
    files_of,
    line,
    looked_at,
    trust_in,
    zipped,
)
from support.records import LIST, STARTED_AT, a_finding, a_result, a_run, an_integration
from support.registrations import REGISTRATION
from support.spellings import SPELLINGS

TOP = a_signed_record().run_id
TOKEN = (
    "<token><version>1</version><data>"
    "7E6D5C4B3A29180F7E6D5C4B3A29180F7E6D5C4B3A29180F7E6D5C4B3A291808</data></token>"
)


@dataclass(frozen=True)
class Maker:
    """What a bad pack is made with."""

    folder: Path
    key: SigningKey
    registered: str

    def good(self, record: RunRecord | None = None, clock: FixedClock = NOW) -> Path:
        return a_pack(self.folder, self.key, record, clock)

    def entries(self) -> dict[str, bytes]:
        return files_of(self.good())

    def packed(self, files: dict[str, bytes], **attributes) -> Path:
        return self.raw(zipped(files, **attributes))

    def raw(self, content: bytes) -> Path:
        path = self.folder / "bad.zip"
        path.write_bytes(content)
        return path

    def with_file(self, name: str, content: bytes) -> Path:
        return self.packed({**self.entries(), name: content})

    def changed(self, name: str, change: Callable[[bytes], bytes]) -> Path:
        files = self.entries()
        files[f"{TOP}/{name}"] = change(files[f"{TOP}/{name}"])
        return self.packed(files)

    def signed_again(self, change: Callable[[dict], None], key: SigningKey | None = None) -> Path:
        """The statement is changed and signed again: by whoever has a key and no program."""
        files = self.entries()
        payload = edited(files[f"{TOP}/{STATEMENT}"], change)
        return self.packed({**files, **self.evidence(payload, key or self.key)})

    def record_signed_again(self, change: Callable[[dict], None]) -> Path:
        """The record is changed, and what follows is signed: by whoever has a key."""
        files = self.entries()
        name = f"{TOP}/run.json"
        files[name] = edited(files[name], change)
        digest = hashlib.sha256(files[name]).hexdigest()

        def with_digest(statement: dict) -> None:
            for each in statement["predicate"]["configuration"]:
                if each["name"] == "file:run.json":
                    each["digest"]["sha256"] = digest

        payload = edited(files[f"{TOP}/{STATEMENT}"], with_digest)
        return self.packed({**files, **self.evidence(payload, self.key)})

    def evidence(self, payload: bytes, key: SigningKey) -> dict[str, bytes]:
        return {
            f"{TOP}/{ENVELOPE}": sealed(payload, [key]),
            f"{TOP}/{STATEMENT}": payload,
            f"{TOP}/{SSH_SIGNATURE}": ssh_signed(payload, key),
        }


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def flipped_payload(content: bytes) -> bytes:
    def change(envelope: dict) -> None:
        payload = base64.b64decode(envelope["payload"])
        envelope["payload"] = base64.b64encode(payload.replace(b"PASSED", b"FAILED", 1)).decode()

    return edited(content, change)


def bomb(maker: Maker) -> Path:
    return maker.with_file(f"{TOP}/bomb.har", bytes(MOST_OF_A_FILE + 1))


def lying_size(maker: Maker) -> Path:
    """The directory says that a file is small; what is inflated is not."""
    big = bytes(MOST_OF_A_FILE + 1)
    content = bytearray(zipped({f"{TOP}/run.json": big}))
    at = content.index(b"PK\x01\x02") + 24
    content[at : at + 4] = struct.pack("<I", 10)
    return maker.raw(bytes(content))


def overlapping(maker: Maker) -> Path:
    """Many names for one and the same compressed file, as in a bomb that is small and flat."""
    inside = bytes(MOST_OF_A_FILE)
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = packed.compress(inside) + packed.flush()
    crc = zlib.crc32(inside)
    local, directory = bytearray(), bytearray()
    names = [f"{TOP}/{number:02}.har".encode() for number in range(8)]
    for name in names:
        at = len(local)
        sizes = struct.pack("<III", crc, len(data), len(inside))
        head = struct.pack("<HHHHH", 20, 0, 8, 0, 33) + sizes + struct.pack("<HH", len(name), 0)
        local += b"PK\x03\x04" + head + name + data
        directory += b"PK\x01\x02" + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 33) + sizes
        directory += struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, at) + name
    end = struct.pack("<HHHHIIH", 0, 0, 8, 8, len(directory), len(local), 0)
    return maker.raw(bytes(local + directory) + b"PK\x05\x06" + end)


def two_gigabytes(maker: Maker) -> Path:
    path = maker.folder / "bad.zip"
    with path.open("wb") as file:
        file.truncate(2 * 1024**3)
    return path


def fifo(maker: Maker) -> Path:
    if sys.platform == "win32":
        pytest.skip("Windows has no pipes in folders")
    path = maker.folder / "bad.zip"
    os.mkfifo(path)
    return path


def device(maker: Maker) -> Path:
    path = maker.folder / "bad.zip"
    try:
        path.symlink_to("/dev/zero")
    except OSError:
        pytest.skip("no link may be made here")
    return path


def encrypted(maker: Maker) -> Path:
    content = bytearray(zipped({f"{TOP}/run.json": b"{}"}))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + at] |= 1
    return maker.raw(bytes(content))


def named_twice(maker: Maker) -> Path:
    files = {**maker.entries(), f"{TOP}/RUN.json": b"{}"}
    return maker.packed(files)


def of_somebody_else(maker: Maker) -> Path:
    other = Identity(integration_id="99999_1", subscription="99999")
    return maker.good(a_signed_record(integrations=(an_integration(a_result(), identity=other),)))


def list_of_one(maker: Maker) -> Path:
    """A list of the partner's own, with one scenario on it."""
    lock = ScenarioLock(digest="ab" * 32, required=1)
    return maker.good(a_signed_record(scenario_lock=lock))


def newer_list(maker: Maker) -> Path:
    record = a_signed_record(scenario_lock=ScenarioLock(digest="ab" * 32, required=1))
    return maker.good(replace(record, harness=replace(record.harness, version="99.0.0")))


def verdict_edited(record: dict) -> None:
    record["integrations"][0]["results"][0]["outcome"] = "failed"


def results_emptied(record: dict) -> None:
    record["integrations"][0]["results"] = []


def dated_later(record: dict) -> None:
    record["started_at"] = "2099-01-01T00:00:00Z"
    record["finished_at"] = "2099-01-01T00:00:04Z"
    record["run_id"] = "20990101T000000Z-1a2b3c"


def version_edited(record: dict) -> None:
    record["integrations"][0]["version"] = "9.9.9"


def scenario_dropped(statement: dict) -> None:
    statement["predicate"]["passedTests"].pop()


def harness_dropped(statement: dict) -> None:
    statement["predicate"]["result"] = "WARNED"


def another_run(statement: dict) -> None:
    for each in statement["predicate"]["configuration"]:
        if each["name"] == "run":
            each["annotations"]["run_id"] = "20261123T083015Z-ffffff"


def dated_2099(statement: dict) -> None:
    for each in statement["predicate"]["configuration"]:
        if each["name"] == "run":
            each["annotations"]["signed_at"] = "2099-01-01T00:00:00+00:00"


def before_it_began(statement: dict) -> None:
    for each in statement["predicate"]["configuration"]:
        if each["name"] == "run":
            each["annotations"]["signed_at"] = "2026-06-01T00:00:00+00:00"


def twice_in_it(content: bytes) -> bytes:
    return content.replace(b'"payloadType"', b'"payload": "e30=", "payloadType"', 1)


def other_predicate(statement: dict) -> None:
    statement["predicateType"] = "https://slsa.dev/provenance/v1"


def signed_file(name: str) -> Callable[[Maker], Path]:
    """A pack with a file more, which its partner signed too."""

    def make(maker: Maker) -> Path:
        content = b"x"
        digest = hashlib.sha256(content).hexdigest()

        def with_file(statement: dict) -> None:
            statement["predicate"]["configuration"].append(
                {"name": f"file:{name}", "digest": {"sha256": digest}}
            )

        files = {**maker.entries(), f"{TOP}/{name}": content}
        payload = edited(files[f"{TOP}/{STATEMENT}"], with_file)
        return maker.packed({**files, **maker.evidence(payload, maker.key)})

    return make


def around(before: bytes = b"", behind: bytes = b"") -> Callable[[Maker], Path]:
    return lambda maker: maker.raw(before + maker.good().read_bytes() + behind)


def between(maker: Maker) -> Path:
    into = BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in maker.entries().items():
            made.writestr(name, content)
            made.start_dir += 100
    return maker.raw(into.getvalue())


def head_that_says_otherwise(maker: Maker) -> Path:
    content = bytearray(maker.good().read_bytes())
    second = content.index(b"PK\x03\x04", 4)
    content[second + 18] ^= 1  # its packed size, of which the index has its own
    return maker.raw(bytes(content))


def comment(maker: Maker) -> Path:
    content = maker.good().read_bytes()
    return maker.raw(content[:-2] + struct.pack("<H", 5) + b"hello")


def noted(name: str, change: Callable[[dict], object]) -> Callable[[Maker], Path]:
    """What is said of the run, the program or the integration is changed, and signed."""

    def changed(statement: dict) -> None:
        for each in statement["predicate"]["configuration"]:
            if each["name"] == name:
                change(each)

    return lambda maker: maker.signed_again(changed)


def without(name: str) -> Callable[[dict], None]:
    def changed(statement: dict) -> None:
        predicate = statement["predicate"]
        predicate["configuration"] = [
            each for each in predicate["configuration"] if each["name"] != name
        ]

    return changed


def one_more(statement: dict) -> None:
    statement["predicate"]["configuration"].append(
        {"name": "integration:another", "annotations": {"outcome": "passed"}}
    )


def failed_and_malformed(statement: dict) -> None:
    statement["predicate"]["result"] = "FAILED"
    statement["predicate"]["failedTests"] = 5
    for each in statement["predicate"]["configuration"]:
        each.get("annotations", {}) and each.update(
            annotations=[] if each["name"].startswith("integration:") else each["annotations"]
        )


def without_its_recording(maker: Maker) -> Path:
    """What passed rests on calls, of which the partner sends no recording."""
    exchange = ExchangeRecord(
        number=1, method="GET", path="/connectors/X", status=200, duration_s=0.01
    )
    return maker.good(a_run(an_integration(a_result("paging.sorted", exchanges=(exchange,)))))


def waived(maker: Maker) -> Path:
    """The partner marks what fails with a waiver, as if AFAS had granted it."""
    result = a_result(
        outcome=Outcome.FAILED,
        cause=Cause.INTEGRATION,
        findings=(a_finding(),),
        waiver="W-1",
    )
    return maker.good(a_run(an_integration(result, a_result("paging.sorted"))))


QUESTIONS = ("key_unknown", "list_newer", "waiver_unknown")

BAD: dict[str, tuple[Callable[[Maker], Path], Step, str]] = {
    # what is no pack at all
    "empty": (lambda m: m.raw(b""), Step.ENVELOPE, "not_a_pack"),
    "text": (lambda m: m.raw(b"verified, honestly"), Step.ENVELOPE, "not_a_pack"),
    "truncated": (
        lambda m: m.raw(m.good().read_bytes()[:-100]),
        Step.ENVELOPE,
        "not_a_pack",
    ),
    "a byte flipped in the zip": (
        lambda m: m.raw(flipped(m.good().read_bytes())),
        Step.ENVELOPE,
        "not_a_pack",
    ),
    "2 GB": (two_gigabytes, Step.ENVELOPE, "not_a_pack"),
    "pipe": (fifo, Step.ENVELOPE, "not_a_pack"),
    "endless device": (device, Step.ENVELOPE, "not_a_pack"),
    "bomb": (bomb, Step.ENVELOPE, "not_a_pack"),
    "bomb that lies about its size": (lying_size, Step.ENVELOPE, "not_a_pack"),
    "bomb of many files": (overlapping, Step.ENVELOPE, "not_a_pack"),
    "zip-slip": (
        lambda m: m.with_file(f"{TOP}/../../outside.txt", b"x"),
        Step.ENVELOPE,
        "not_a_pack",
    ),
    "absolute name": (lambda m: m.with_file("/etc/cron.d/x", b"x"), Step.ENVELOPE, "not_a_pack"),
    "drive of Windows": (lambda m: m.with_file("C:/x", b"x"), Step.ENVELOPE, "not_a_pack"),
    "backslashes": (
        lambda m: m.with_file(f"{TOP}\\..\\x.txt", b"x"),
        Step.ENVELOPE,
        "not_a_pack",
    ),
    "link": (
        lambda m: m.packed({f"{TOP}/run.json": b"/etc/passwd"}, external_attr=0o120777 << 16),
        Step.ENVELOPE,
        "not_a_pack",
    ),
    "hidden file": (lambda m: m.with_file(f"{TOP}/.bashrc", b"x"), Step.ENVELOPE, "not_a_pack"),
    "name twice": (named_twice, Step.ENVELOPE, "not_a_pack"),
    "two runs": (lambda m: m.with_file("other/run.json", b"{}"), Step.ENVELOPE, "not_a_pack"),
    "accent in two pieces": (signed_file("cafe\u0301.html"), Step.ENVELOPE, "not_a_pack"),
    "a file and a folder of one name": (
        lambda m: m.packed({f"{TOP}/A": b"x", f"{TOP}/a/b": b"x"}),
        Step.ENVELOPE,
        "not_a_pack",
    ),
    "name that no system takes": (signed_file("x" * 250), Step.ENVELOPE, "not_a_pack"),
    "folders that no system takes": (
        signed_file("/".join(["d" * 100] * 5)),
        Step.ENVELOPE,
        "not_a_pack",
    ),
    "device of Windows": (signed_file("traffic/aux.har"), Step.ENVELOPE, "not_a_pack"),
    "name with a period alone": (signed_file("./run.json"), Step.ENVELOPE, "not_a_pack"),
    "name that turns round": (signed_file("a\u202egnp.html"), Step.ENVELOPE, "not_a_pack"),
    "bytes behind it": (around(behind=b"x" * 100), Step.ENVELOPE, "not_a_pack"),
    "bytes before it": (around(before=b"MZ" * 50), Step.ENVELOPE, "not_a_pack"),
    "bytes between its files": (between, Step.ENVELOPE, "not_a_pack"),
    "a head that says otherwise": (head_that_says_otherwise, Step.ENVELOPE, "not_a_pack"),
    "another zip before it": (
        around(before=zipped({f"{TOP}/run.json": b"{}"})),
        Step.ENVELOPE,
        "not_a_pack",
    ),
    "a comment": (comment, Step.ENVELOPE, "not_a_pack"),
    "packed by bzip2": (
        lambda m: m.packed(m.entries(), compress_type=zipfile.ZIP_BZIP2),
        Step.ENVELOPE,
        "not_a_pack",
    ),
    "packed by lzma": (
        lambda m: m.packed(m.entries(), compress_type=zipfile.ZIP_LZMA),
        Step.ENVELOPE,
        "not_a_pack",
    ),
    "nested": (
        lambda m: m.packed({f"{TOP}/inside.zip": m.good().read_bytes()}),
        Step.ENVELOPE,
        "not_a_pack",
    ),
    "encrypted": (encrypted, Step.ENVELOPE, "not_a_pack"),
    # what is not signed, or not so
    "foreign zip": (
        lambda m: m.packed({"photos/beach.jpg": b"\xff\xd8\xff"}),
        Step.ENVELOPE,
        "unsigned",
    ),
    "unsigned": (
        lambda m: m.packed({k: v for k, v in m.entries().items() if "evidence" not in k}),
        Step.ENVELOPE,
        "unsigned",
    ),
    "byte flipped in the statement": (
        lambda m: m.changed(ENVELOPE, flipped_payload),
        Step.ENVELOPE,
        "signature",
    ),
    "envelope with a name twice": (
        lambda m: m.changed(ENVELOPE, twice_in_it),
        Step.ENVELOPE,
        "envelope",
    ),
    "statement beside it edited": (
        lambda m: m.changed(STATEMENT, lambda c: c.replace(b"PASSED", b"FAILED")),
        Step.ENVELOPE,
        "signature",
    ),
    "SSH signature of another statement": (
        lambda m: m.changed(SSH_SIGNATURE, lambda c: ssh_signed(b"other", m.key)),
        Step.ENVELOPE,
        "envelope",
    ),
    "envelope in UTF-16": (
        lambda m: m.changed(ENVELOPE, lambda c: c.decode().encode("utf-16")),
        Step.ENVELOPE,
        "envelope",
    ),
    "payload of another type": (
        lambda m: m.changed(ENVELOPE, lambda c: c.replace(b"vnd.in-toto", b"vnd.other")),
        Step.ENVELOPE,
        "envelope",
    ),
    "predicate of another kind": (
        lambda m: m.signed_again(other_predicate),
        Step.ENVELOPE,
        "envelope",
    ),
    # whose key it is
    "other key": (
        lambda m: m.signed_again(lambda s: None, a_key()),
        Step.KEY_KNOWN,
        "key_unknown",
    ),
    "key names another": (
        lambda m: m.signed_again(
            lambda s: (
                s["predicate"]["configuration"][-4]["annotations"].update(signed_by="SHA256:x")
                if "signed_by" in s["predicate"]["configuration"][-4].get("annotations", {})
                else None
            )
        ),
        Step.KEY_VALID,
        "signature",
    ),
    "signed in 2099": (lambda m: m.signed_again(dated_2099), Step.KEY_VALID, "future"),
    "signed in the year 1": (
        noted("run", lambda e: e["annotations"].update(signed_at="0001-01-01T00:00:00+14:00")),
        Step.KEY_VALID,
        "key_valid",
    ),
    "signed in the year 9999": (
        noted("run", lambda e: e["annotations"].update(signed_at="9999-12-31T23:59:59-14:00")),
        Step.KEY_VALID,
        "key_valid",
    ),
    "another partner's id": (of_somebody_else, Step.IDENTITY, "identity"),
    # what was changed
    "file changed": (
        lambda m: m.changed("index.html", lambda c: c + b" "),
        Step.FILES,
        "file_changed",
    ),
    "files swapped": (
        lambda m: m.changed("traffic/urenportaal/structure.integration-id.har", lambda c: b"{}"),
        Step.FILES,
        "file_changed",
    ),
    "file left out": (
        lambda m: m.packed({k: v for k, v in m.entries().items() if not k.endswith(".har")}),
        Step.FILES,
        "file_missing",
    ),
    "file added": (lambda m: m.with_file(f"{TOP}/extra.html", b"x"), Step.FILES, "file_added"),
    "record edited": (
        lambda m: m.changed("run.json", lambda c: edited(c, version_edited)),
        Step.FILES,
        "file_changed",
    ),
    # what was changed by who has a key
    "verdict edited and signed": (
        lambda m: m.record_signed_again(verdict_edited),
        Step.RECORD,
        "record",
    ),
    "results emptied and signed": (
        lambda m: m.record_signed_again(results_emptied),
        Step.RECORD,
        "record",
    ),
    "record of 2099": (lambda m: m.record_signed_again(dated_later), Step.RECORD, "record"),
    "record of another run": (lambda m: m.signed_again(another_run), Step.RECORD, "record"),
    "recording left out": (without_its_recording, Step.RECORD, "file_missing"),
    "own list of one scenario": (list_of_one, Step.LIST, "list_unknown"),
    "list of a newer program": (newer_list, Step.LIST, "list_newer"),
    "required scenario dropped": (
        lambda m: m.signed_again(scenario_dropped),
        Step.VERDICT,
        "verdict",
    ),
    "result edited": (lambda m: m.signed_again(harness_dropped), Step.VERDICT, "verdict"),
    "version edited and signed": (
        lambda m: m.record_signed_again(version_edited),
        Step.VERDICT,
        "verdict",
    ),
    "seed changed": (
        noted("run", lambda e: e["annotations"].update(seed=1)),
        Step.VERDICT,
        "verdict",
    ),
    "another call": (
        noted("run", lambda e: e["annotations"].update(call="another")),
        Step.VERDICT,
        "verdict",
    ),
    "another program": (
        noted("program", lambda e: e["annotations"].update(version="9.9.9")),
        Step.VERDICT,
        "verdict",
    ),
    "program left out": (lambda m: m.signed_again(without("program")), Step.VERDICT, "verdict"),
    "isolation left out": (
        noted("integration:urenportaal", lambda e: e["annotations"].pop("isolation")),
        Step.VERDICT,
        "verdict",
    ),
    "an integration more": (lambda m: m.signed_again(one_more), Step.VERDICT, "verdict"),
    "failed, and of no form": (
        lambda m: m.signed_again(failed_and_malformed),
        Step.VERDICT,
        "verdict",
    ),
    "signed before it was run": (lambda m: m.signed_again(before_it_began), Step.AGE, "future"),
}


@pytest.fixture
def maker(tmp_path: Path) -> Maker:
    key = a_key()
    return Maker(folder=tmp_path, key=key, registered=line(key))


def test_the_shelf_is_long_enough():
    assert len(BAD) >= 25


def test_a_good_pack_holds(maker):
    verified = looked_at(maker.good(), trust_in(maker.registered))

    assert [each.said.en for each in verified.refused] == []
    assert verified.holds
    assert len(verified.steps) == 10


@pytest.mark.parametrize("name", BAD)
def test_a_bad_pack_is_refused_at_its_step_and_nothing_of_it_is_kept(
    name, maker, tmp_path, monkeypatch
):
    make, step, code = BAD[name]
    bad = make(maker)
    project = tmp_path / "reviewer"
    project.mkdir()
    (project / "koppeling.toml").write_text(SETTINGS)
    (project / "allowed_signers").write_text(maker.registered + "\n")
    monkeypatch.chdir(project)
    before = sorted(tmp_path.rglob("*"))

    (taken,) = intake.take_in([bad], clock=NOW)

    first = taken.verified.refused[0]
    said = [each.said.en for each in taken.verified.refused]
    assert (first.step, first.code) == (step, code), said
    assert taken.verified.steps[-1].step is Step.AGE
    assert first.said.nl
    assert first.said.en
    assert (taken.sorted, taken.folder) == (
        Sorted.QUESTION if code in QUESTIONS else Sorted.RETURNED,
        "",
    )
    assert sorted(tmp_path.rglob("*")) == before


def test_a_key_that_has_ended_is_refused(maker):
    trust = trust_in(line(maker.key, before="2026-11-01"))

    (refused, *_) = looked_at(maker.good(), trust).refused

    assert (refused.step, refused.code) == (Step.KEY_VALID, "key_ended")
    assert "until 2026-11-01" in refused.said.en


def test_a_key_that_does_not_count_yet_is_refused(maker):
    (refused, *_) = looked_at(maker.good(), trust_in(line(maker.key, after="2026-12-01"))).refused

    assert (refused.step, refused.code) == (Step.KEY_VALID, "key_ended")


def test_a_revoked_key_is_refused(maker):
    trust = trust_in(maker.registered, is_revoked=lambda key: key == maker.key.public)

    (refused, *_) = looked_at(maker.good(), trust).refused

    assert (refused.step, refused.code) == (Step.KEY_VALID, "key_revoked")


def test_a_key_that_is_registered_for_something_else_is_refused(maker):
    other = maker.registered.replace("koppeling-evidence@1", "git")

    (refused, *_) = looked_at(maker.good(), trust_in(other)).refused

    assert (refused.step, refused.code) == (Step.KEY_KNOWN, "key_unknown")


def test_a_list_that_has_ended_is_a_reason_to_return_a_pack(maker):
    """The list counted until 120 days after the version that replaced it."""

    required = ("structure.integration-id", "paging.sorted")
    record = a_run(
        an_integration(*(a_result(each) for each in required), own_ids=()),
        scenario_lock=ScenarioLock(digest=LIST, required=len(required)),
    )

    def one(version: str, digest: str, released: date) -> KnownList:
        return KnownList(
            version=version,
            release="Profit 8",
            digest=digest,
            released=released,
            required=required,
        )

    old, new = one("0.1.0", LIST, date(2026, 1, 1)), one("0.2.0", "cd" * 32, date(2026, 5, 1))
    book = ListBook(known=(old, new), own={}, version="0.2.0")

    verified = looked_at(maker.good(record), trust_in(maker.registered), book=book)

    assert [(each.step, each.code) for each in verified.refused] == [(Step.LIST, "list_ended")]
    lacks = lacks_of(verified)
    assert sort(lacks) is Sorted.RETURNED
    text = letter(verified, lacks, "pack.zip")
    assert "list of version 0.1.0 ended on 29 August 2026" in text.en
    assert "lijst van versie 0.1.0 eindigde op 29 augustus 2026" in text.nl
    assert "latest version of the program" in text.en


@pytest.fixture
def project(maker, tmp_path, monkeypatch) -> Path:
    """A reviewer's folder, in which the key is registered and AFAS decides on the integration."""
    folder = tmp_path / "reviewer"
    (folder / "registrations").mkdir(parents=True)
    settings = SETTINGS.replace("[review]", '[review]\nfolder = "registrations"', 1)
    (folder / "koppeling.toml").write_text(settings)
    (folder / "allowed_signers").write_text(maker.registered + "\n")
    monkeypatch.chdir(folder)
    return folder


WAIVER = """\
waivers:
  - id: W-1
    scenario: structure.integration-id
    releases: [Profit 8]
    reason: Wordt hersteld.
    owner: Voorbeeld B.V.
    approved_by: M. de Wit
    approved: 2026-11-01
    until: {until}
"""


@pytest.mark.parametrize("until", ["", "2026-11-23"])
def test_a_waiver_that_afas_did_not_grant_or_that_ended_is_a_question(until, maker, project):
    registration = REGISTRATION.replace("integration: voorbeeld", "integration: urenportaal")
    waivers = WAIVER.format(until=until) if until else ""
    (project / "registrations" / "urenportaal.yaml").write_text(registration + waivers)

    (taken,) = intake.take_in([waived(maker)], clock=NOW)

    assert (taken.sorted, [each.code for each in taken.lacks]) == (
        Sorted.QUESTION,
        ["waiver_unknown"],
    )
    assert "structure.integration-id" in taken.lacks[0].said.en
    assert not (project / "reports").exists()


def test_a_waiver_that_afas_granted_is_no_reason(maker, project):
    registration = REGISTRATION.replace("integration: voorbeeld", "integration: urenportaal")
    granted = registration + WAIVER.format(until="2027-01-31")
    (project / "registrations" / "urenportaal.yaml").write_text(granted)

    (taken,) = intake.take_in([waived(maker)], clock=NOW)

    assert taken.sorted is Sorted.ACCEPTED


def test_of_two_intakes_at_once_one_files_and_the_other_finds_it(maker, project):
    good = maker.good()
    (first,) = intake.take_in([good], clock=NOW)
    second = intake.take_in([good], clock=NOW)
    bundle = Pack(good)

    assert not intake._file(bundle, Path(first.folder), received=b"{}")
    assert [each.sorted for each in second] == [Sorted.HERE_ALREADY]
    assert not list(project.rglob("*.new"))


def test_what_a_killed_intake_left_is_taken_away_by_the_next(maker, project):
    into = project / "reports/received/12345_678900/Profit-8"
    old, young = into / f".{TOP}.00000000.new", into / f".{TOP}.11111111.new"
    for each in (old, young):
        each.mkdir(parents=True)
        (each / "run.json").write_text("{")
    os.utime(old, (1, 1))

    (taken,) = intake.take_in([maker.good()], clock=NOW)

    assert taken.sorted is Sorted.ACCEPTED
    assert sorted(each.name for each in into.iterdir()) == [young.name, TOP]


def test_the_same_pack_under_two_names_is_one_also_when_nothing_is_written(maker, project):
    good = maker.good()
    other = good.with_name("other.zip")
    other.write_bytes(good.read_bytes())

    dry = intake.take_in([good, other], clock=NOW, dry_run=True)
    wet = intake.take_in([good, other], clock=NOW)

    for taken in (dry, wet):
        assert [each.sorted for each in taken] == [Sorted.ACCEPTED, Sorted.HERE_ALREADY]


def test_packs_are_found_in_every_folder_of_a_mailbox_and_a_broken_link_is_told(maker, project):
    box = project / "mailbox"
    (box / "mail 1" / "bijlagen").mkdir(parents=True)
    (box / ".hidden").mkdir()
    good = maker.good().read_bytes()
    for name in ("mail 1/bijlagen/pack.ZIP", ".hidden/pack.zip", "mail 1/text.eml"):
        (box / name).write_bytes(good)
    try:
        (box / "gone.zip").symlink_to(box / "nowhere")
    except OSError:
        pytest.skip("no link may be made here")

    taken = list(intake.take_in(intake.packs_meant([box]), clock=NOW))

    assert [(Path(each.verified.file).name, each.sorted) for each in taken] == [
        ("gone.zip", Sorted.RETURNED),
        ("pack.ZIP", Sorted.ACCEPTED),
    ]


def test_a_stranger_is_not_searched_thoroughly_for(maker):
    """It takes a second for each megabyte, and who has no key can send as many as he likes."""
    files = maker.entries()
    name = f"{TOP}/index.html"
    files[name] = SPELLINGS["with dashes"](TOKEN).encode()

    verified = looked_at(maker.packed(files), trust_in(line(a_key())), thorough=True)

    redaction = next(each for each in verified.steps if each.step is Step.REDACTION)
    assert "in a usual spelling" in redaction.said.en


def test_a_run_of_two_years_ago_is_refused(maker):
    trust = trust_in(line(maker.key, before="2036-01-01"))

    verified = looked_at(maker.good(), trust, now=STARTED_AT + timedelta(days=730))

    assert [(each.step, each.code) for each in verified.refused] == [(Step.AGE, "old")]


UNSEEN_BY_FORM = {
    *("upper case", "od -c", "over two lines", "over lines", "over lines with a prefix"),
    *("with blanks", "with dashes", "in groups", "bold", "zero-width"),
    # only what is between its marks, which nobody knows by its form
    *("by index", "by index, json", "a character a line, in a log", "var_export", "in a table"),
    *("in a log, 16 a line", "in a log, 8 a line"),
}
"""Found in a run, which knows its token; not where nobody does."""


@pytest.mark.parametrize("spelling", sorted(SPELLINGS.keys() - UNSEEN_BY_FORM))
def test_a_token_in_a_file_is_found_when_the_pack_is_taken_in(spelling, maker):
    planted = SPELLINGS[spelling](TOKEN)
    name = "traffic/urenportaal/structure.integration-id.har"
    files = maker.entries()
    files[f"{TOP}/{name}"] = json.dumps({"log": planted}).encode()
    digest = hashlib.sha256(files[f"{TOP}/{name}"]).hexdigest()

    def with_digest(statement: dict) -> None:
        for each in statement["predicate"]["configuration"]:
            if each["name"] == f"file:{name}":
                each["digest"]["sha256"] = digest

    payload = edited(files[f"{TOP}/{STATEMENT}"], with_digest)
    bad = maker.packed({**files, **maker.evidence(payload, maker.key)})

    verified = looked_at(bad, trust_in(maker.registered), thorough=True)

    assert [(each.step, each.code) for each in verified.refused] == [(Step.REDACTION, "token")]
    assert "7E6D5C4B" not in str(verified)


def test_the_quick_look_finds_a_token_in_its_usual_spellings(maker):
    found = set()
    for spelling, spell in SPELLINGS.items():
        content = json.dumps({"log": spell(TOKEN)}).encode()
        if kinds_of_secrets(content, thorough=False):
            found.add(spelling)

    assert found >= {
        *("plain", "lower case", "xml", "json", "json in json", "json escapes", "x escapes"),
        *("url", "form", "url twice", "percent", "base64", "base64 unpadded", "base64 in a url"),
        *("base64 url-safe", "base64 of UTF-16", "base64 of json", "hex", "HEX"),
    }


def test_what_comes_after_a_refusal_is_looked_at_as_far_as_it_can_be(maker):
    verified = looked_at(maker.signed_again(lambda s: None, a_key()), trust_in(maker.registered))

    outcomes = {each.step: each.outcome for each in verified.steps}
    assert outcomes[Step.KEY_KNOWN] is StepOutcome.REFUSED
    assert outcomes[Step.KEY_VALID] is StepOutcome.NOT_REACHED
    assert outcomes[Step.IDENTITY] is StepOutcome.NOT_REACHED
    assert outcomes[Step.FILES] is StepOutcome.HOLDS
    assert outcomes[Step.VERDICT] is StepOutcome.HOLDS
