"""Evidence from end to end: a partner runs, signs and packs; a reviewer takes it in."""

import base64
import json
import os
import shutil
import stat
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_ssh_public_key
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

from support.cli import koppeling
from support.registrations import REGISTRATION
from support.tiny import READ, tiny_project

ID = "12345_1"


@pytest.fixture(scope="module")
def partner(tmp_path_factory) -> Path:
    """A partner's project: run, signed and packed."""
    folder = tiny_project(tmp_path_factory.mktemp("partner"))
    os.environ.pop("KOPPELING_EVIDENCE_KEY", None)
    for command in (
        ["run", "--release", "Profit 8"],
        ["evidence", "keygen", "--out", "evidence.key"],
        ["evidence", "sign", "--key", "evidence.key"],
        ["evidence", "pack"],
    ):
        ran = koppeling(*command, cwd=folder)
        assert ran.code == 0, ran.all
    return folder


@pytest.fixture
def reviewer(partner, tmp_path) -> Path:
    """A reviewer's folder, in which that key is registered and that list counts."""
    (record,) = (partner / "reports").glob("*/run.json")
    digest = json.loads(record.read_bytes())["scenario_lock"]["digest"]
    (tmp_path / "koppeling.toml").write_text(
        f'[review]\nsigners = "allowed_signers"\n[review.lists]\ntiny = "{digest}"\n'
    )
    line = (partner / "evidence.key.allowed_signers").read_text()
    (tmp_path / "allowed_signers").write_text(line)
    return tmp_path


def pack_of(partner: Path) -> Path:
    (pack,) = (partner / "reports").glob("*.zip")
    return pack


def test_a_key_is_for_its_owner_only_and_for_the_integration_that_is_here(partner):
    line = (partner / "evidence.key.allowed_signers").read_text()

    assert line.startswith(f'{ID} namespaces="koppeling-evidence@1",valid-after="')
    assert (partner / "evidence.key.pub").read_text().startswith("ssh-ed25519 ")
    if sys.platform != "win32":
        mode = stat.S_IMODE((partner / "evidence.key").stat().st_mode)
        assert mode == 0o600


def test_a_key_is_never_written_over(partner):
    before = (partner / "evidence.key").read_bytes()

    ran = koppeling("evidence", "keygen", "--out", "evidence.key", cwd=partner)

    assert ran.code == 10
    assert "is there already" in ran.err
    assert (partner / "evidence.key").read_bytes() == before


def test_a_key_is_not_put_among_the_files_of_an_integration(partner):
    (manifest,) = partner.glob("plugins/*/koppeling.yaml")

    ran = koppeling("evidence", "keygen", "--out", "own.key", cwd=manifest.parent)

    assert ran.code == 10
    assert "would be a part of it" in ran.err
    assert "--out ../own.key" in ran.err
    assert not list(manifest.parent.glob("own.key*"))


def test_what_was_signed_is_verified_step_by_step(partner, reviewer):
    ran = koppeling("evidence", "verify", pack_of(partner), cwd=reviewer)

    assert ran.code == 0, ran.all
    assert "evidence holds: tiny 1.0.0 passed on Profit 8" in ran.out
    numbers = [line.split()[0] for line in ran.out.splitlines()[1:]]
    assert numbers == [str(number) for number in range(1, 11)]


def test_the_folder_of_a_run_is_verified_as_its_pack_is(partner, reviewer):
    (folder,) = (each.parent for each in (partner / "reports").glob("*/run.json"))

    ran = koppeling("evidence", "verify", folder, "--json", cwd=reviewer)

    (found,) = ran.json()
    assert (ran.code, found["holds"], found["result"]) == (0, True, "PASSED")
    assert [each["number"] for each in found["steps"]] == list(range(1, 11))
    assert found["time"] == "as stated by the signer"


def test_a_changed_file_is_exit_code_15_and_named(partner, reviewer, tmp_path):
    (folder,) = (each.parent for each in (partner / "reports").glob("*/run.json"))

    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    (copy / "index.html").write_text("all is well")

    ran = koppeling("evidence", "verify", copy, "--lang", "nl", cwd=reviewer)

    assert ran.code == 15
    assert "gewijzigd: index.html" in ran.out


def test_without_registered_keys_nothing_is_believed(partner, tmp_path):
    ran = koppeling("evidence", "verify", pack_of(partner), cwd=tmp_path)

    assert ran.code == 4
    assert "--signers FILE" in ran.err


def test_a_pack_is_taken_in_once_and_counts_in_can_release(partner, reviewer):
    first = koppeling("intake", pack_of(partner).parent, cwd=reviewer)
    again = koppeling("intake", pack_of(partner), "--json", cwd=reviewer)

    assert first.code == 0, first.all
    assert "accepted" in first.out
    (taken,) = again.json()
    assert (again.code, taken["sorted"]) == (0, "here_already")
    (record,) = (reviewer / "reports" / "received" / ID / "Profit-8").glob("*/run.json")
    assert (record.parent / "received.json").is_file()
    answer = koppeling("can-release", "tiny", "1.0.0", "--to", "Profit 8", cwd=reviewer)
    assert answer.code == 0, answer.all


def test_something_else_of_the_same_run_is_a_question_and_nothing_is_written_over(
    partner, reviewer
):
    koppeling("intake", pack_of(partner), cwd=reviewer)
    (folder,) = (reviewer / "reports" / "received").glob("*/*/*")
    (folder / "evidence.intoto.json").write_text("{}")

    ran = koppeling("intake", pack_of(partner), cwd=reviewer)

    assert ran.code == 15
    assert "question" in ran.out
    assert (folder / "evidence.intoto.json").read_text() == "{}"


def test_what_is_returned_has_a_text_in_both_languages(partner, reviewer):
    bad = reviewer / "bad.zip"
    bad.write_bytes(pack_of(partner).read_bytes()[:-200])

    ran = koppeling("intake", bad, cwd=reviewer)

    assert ran.code == 15
    assert "to be returned" in ran.out
    assert "Uw bewijs is ontvangen" in ran.out
    assert "Your evidence has come in" in ran.out
    assert not (reviewer / "reports").exists()


def test_a_dry_run_files_nothing(partner, reviewer):
    ran = koppeling("intake", pack_of(partner), "--dry-run", cwd=reviewer)

    assert (ran.code, (reviewer / "reports").exists()) == (0, False)


def test_a_pack_is_the_same_whenever_it_is_made(partner):
    before = pack_of(partner).read_bytes()

    assert koppeling("evidence", "pack", cwd=partner).code == 0

    assert pack_of(partner).read_bytes() == before


def test_ci_keeps_the_key_in_a_variable(partner, monkeypatch):
    key = (partner / "evidence.key").read_text().strip()
    monkeypatch.setenv("KOPPELING_EVIDENCE_KEY", key)

    ran = koppeling("evidence", "sign", cwd=partner)

    assert ran.code == 0, ran.all
    koppeling("evidence", "pack", cwd=partner)


@pytest.mark.parametrize("text", ["", "no key at all", "-----BEGIN PRIVATE KEY-----\nAAAA\n"])
def test_what_is_no_key_is_told_without_showing_it(text, partner, tmp_path):
    file = tmp_path / "wrong.key"
    file.write_text(text)

    ran = koppeling("evidence", "sign", "--key", file, cwd=partner)

    assert ran.code == 10
    assert "expected a key of Ed25519" in ran.err
    assert not text or text not in ran.all


def test_without_a_key_it_is_said_how_to_get_one(partner):
    ran = koppeling("evidence", "sign", cwd=partner)

    assert ran.code == 10
    assert "koppeling evidence keygen" in ran.err


def test_where_nothing_was_run_there_is_nothing_to_sign(tmp_path, partner):
    ran = koppeling("evidence", "sign", "--key", partner / "evidence.key", cwd=tmp_path)

    assert ran.code == 4
    assert "koppeling run" in ran.err


def test_an_unsigned_run_is_not_packed(tmp_path):
    project = tiny_project(tmp_path)
    koppeling("run", "--release", "Profit 8", cwd=project)

    ran = koppeling("evidence", "pack", cwd=project)

    assert ran.code == 15
    assert "koppeling evidence sign" in ran.err


def test_where_verified_is_required_only_what_is_verified_counts(partner, reviewer):
    koppeling("intake", pack_of(partner), cwd=reviewer)
    settings = reviewer / "koppeling.toml"
    settings.write_text(
        settings.read_text().replace("[review]", '[review]\nrequire = "verified"', 1)
    )
    (folder,) = (reviewer / "reports" / "received").glob("*/*/*")
    ask = ("can-release", "tiny", "1.0.0", "--to", "Profit 8")

    verified = koppeling(*ask, cwd=reviewer)
    for each in folder.glob("evidence.*"):
        each.unlink()
    unsigned = koppeling(*ask, cwd=reviewer)

    assert (verified.code, unsigned.code) == (0, 11)
    assert "evidence verified" in verified.out
    assert "unsigned" in unsigned.out


def test_a_run_signs_what_it_leaves(partner, tmp_path):
    project = tiny_project(tmp_path)
    key = partner / "evidence.key"

    ran = koppeling("run", "--release", "Profit 8", "--sign", "--key", key, cwd=project)

    assert ran.code == 0, ran.all
    assert "signed: " in ran.out
    signers = partner / "evidence.key.allowed_signers"
    (folder,) = (each.parent for each in (project / "reports").glob("*/run.json"))
    (project / "koppeling.toml").write_text(
        '[review.lists]\ntiny = "'
        + json.loads((folder / "run.json").read_bytes())["scenario_lock"]["digest"]
        + '"\n'
    )
    verified = koppeling("evidence", "verify", folder, "--signers", signers, cwd=project)
    assert verified.code == 0, verified.all


def test_a_key_that_is_none_stops_a_run_before_it_begins(tmp_path):
    project = tiny_project(tmp_path)

    ran = koppeling("run", "--sign", "--key", project / "koppeling.key", cwd=project)

    assert ran.code == 10
    assert "koppeling.key" in ran.err
    assert not (project / "reports").exists()


def test_a_second_opinion_of_the_same_integration_is_the_same(partner):
    ran = koppeling("evidence", "rerun", pack_of(partner), cwd=partner)

    assert ran.code == 0, ran.all
    assert "tiny: 1 of 1 scenarios went the same way; the same files" in ran.out


def test_a_changed_integration_is_named_with_the_first_call_that_differs(partner, tmp_path):
    changed = tiny_project(tmp_path / "changed", body=READ.replace("ProjectId", "Description"))

    ran = koppeling(
        *("evidence", "rerun", pack_of(partner), "--json"),
        *("--plugin", changed / "plugins"),
        *("--scenarios", partner / "scenarios"),
        cwd=partner,
    )

    assert ran.code == 16, ran.all
    (tiny,) = ran.json()["integrations"]
    assert tiny["digest"]["then"] != tiny["digest"]["now"]
    (differs,) = tiny["differs"]
    assert differs["call"] == 1
    assert "orderbyfieldids=ProjectId" in differs["calls"]["then"]
    assert "orderbyfieldids=Description" in differs["calls"]["now"]


def test_an_integration_that_passes_no_longer_is_exit_code_1(partner, tmp_path):
    broken = tiny_project(tmp_path / "broken", body='return OperationResult(ok=False, error="x")')

    ran = koppeling(
        *("evidence", "rerun", pack_of(partner), "--plugin", broken / "plugins"),
        *("--scenarios", partner / "scenarios"),
        cwd=partner,
    )

    assert ran.code == 1, ran.all
    assert "read: passed, now failed" in ran.out


def test_only_what_is_signed_is_repeated(partner, tmp_path):
    (folder,) = (each.parent for each in (partner / "reports").glob("*/run.json"))
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    (copy / "run.json").write_bytes((copy / "run.json").read_bytes() + b" ")

    ran = koppeling("evidence", "rerun", copy, cwd=partner)

    assert ran.code == 15
    assert "changed since it was signed" in ran.err


def test_without_the_integration_there_is_no_second_opinion(partner, tmp_path):
    (tmp_path / "plugins").mkdir()

    ran = koppeling(
        "evidence", "rerun", pack_of(partner), "--plugin", tmp_path / "plugins", cwd=partner
    )

    assert ran.code == 5
    assert "--plugin" in ran.err


def test_who_packs_a_run_that_did_not_pass_is_told_that_it_comes_back(partner, tmp_path):
    project = tiny_project(tmp_path, expect="{ok: false}")
    key = ("--key", partner / "evidence.key")
    koppeling("run", "--release", "Profit 8", "--sign", *key, cwd=project)

    ran = koppeling("evidence", "pack", cwd=project)

    assert ran.code == 0, ran.all
    assert "AFAS returns it" in ran.out


def test_a_decision_is_signed_over_the_integration_that_it_rests_on(partner, reviewer):
    koppeling("intake", pack_of(partner), cwd=reviewer)
    path = registered(reviewer)
    koppeling("evidence", "keygen", "--out", "afas.key", "--decisions", cwd=reviewer)
    by = ("--by", "M. de Wit", "--reason", "Akkoord", "--sign", "--key", "afas.key")

    ran = koppeling("decide", path, "annual_review", *by, cwd=reviewer)

    assert ran.code == 0, ran.all
    (decision,) = reviewer.glob("*annual_review.intoto.json")
    envelope = json.loads(decision.read_bytes())
    statement = json.loads(base64.b64decode(envelope["payload"]))
    (record,) = reviewer.glob("reports/received/*/*/*/run.json")
    digest = json.loads(record.read_bytes())["integrations"][0]["digest"]
    assert [each["digest"]["sha256"] for each in statement["subject"]] == [digest]
    assert statement["predicateType"] == "https://in-toto.io/attestation/svr/v0.2"
    assert "KOPPELING_DECISION_ANNUAL_REVIEW" in statement["predicate"]["properties"]
    assert "KOPPELING_EVIDENCE_VERIFIED_PROFIT_8" in statement["predicate"]["properties"]
    public = (reviewer / "afas.key.pub").read_bytes()
    keyid = envelope["signatures"][0]["keyid"]
    key = SSlibKey.from_crypto(load_ssh_public_key(public), keyid=keyid)
    Envelope.from_dict(envelope).verify([key], 1)
    signers = ("--signers", "afas.key.allowed_signers")
    verified = koppeling("evidence", "verify", decision, *signers, cwd=reviewer)
    unknown = koppeling("evidence", "verify", decision, cwd=reviewer)
    envelope["payload"] = base64.b64encode(b"{}").decode()
    decision.write_text(json.dumps(envelope))
    forged = koppeling("evidence", "verify", decision, *signers, cwd=reviewer)
    assert (verified.code, unknown.code, forged.code) == (0, 15, 15), verified.all


def test_a_partners_key_signs_no_decision_of_afas(partner, reviewer):
    """Its line is in the same file: what it is for decides, not that it is known."""
    koppeling("intake", pack_of(partner), cwd=reviewer)
    path = registered(reviewer)
    by = ("--by", "M. de Wit", "--reason", "Akkoord", "--key", partner / "evidence.key")
    koppeling("decide", path, "annual_review", *by, cwd=reviewer)
    (decision,) = reviewer.glob("*annual_review.intoto.json")

    ran = koppeling("evidence", "verify", decision, cwd=reviewer)

    assert ran.code == 15
    assert "registered, but not for decisions" in ran.out


def registered(folder: Path, more: str = "") -> Path:
    path = folder / "tiny.yaml"
    ours = REGISTRATION.replace("integration: voorbeeld", "integration: tiny")
    path.write_text(ours.replace("12345_678900", ID) + more, encoding="utf-8")
    return path


WAIVER = """\
waivers:
  - id: W-1
    scenario: read
    releases: [Profit 8]
    reason: Wordt hersteld.
    owner: Voorbeeld B.V.
    approved_by: M. de Wit
    until: {until}
"""


@pytest.fixture(scope="module")
def waived(partner, tmp_path_factory) -> Path:
    """What AFAS signed for a partner whose scenario fails: a project with the extract in it."""
    afas = tmp_path_factory.mktemp("afas")
    until = f"{date.today() + timedelta(days=90)}"  # noqa: DTZ011 - a waiver of today
    registered(afas, WAIVER.format(until=until))
    koppeling("evidence", "keygen", "--out", "afas.key", "--decisions", cwd=afas)
    given = koppeling("decide", "--extract", "tiny.yaml", "--sign", "--key", "afas.key", cwd=afas)
    assert given.code == 0, given.all
    project = tiny_project(tmp_path_factory.mktemp("waived"), expect="{ok: false}")
    (project / "given.dsse.json").write_text(given.out)
    shutil.copy(afas / "afas.key.allowed_signers", project)
    shutil.copy(afas / "afas.key", project)
    return project


AFAS = '[decisions]\nsigners = "afas.key.allowed_signers"\n'


def test_a_run_takes_the_decisions_that_afas_signed(waived):
    (waived / "koppeling.toml").write_text(AFAS)
    run = ("run", "--release", "Profit 8", "--decisions", "given.dsse.json", "--json")

    ran = koppeling(*run, cwd=waived)

    assert ran.code == 0, ran.all
    (integration,) = ran.json()["integrations"]
    assert integration["verdict"]["waived"] == 1


@pytest.mark.parametrize(
    ("settings", "change", "code", "says"),
    [
        ("", lambda e: None, 10, "no key is named here by which AFAS is known"),
        (
            AFAS,
            lambda e: e.update(payload=base64.b64encode(b"schema: koppeling/decisions@1").decode()),
            15,
            "not signed by a key of AFAS",
        ),
        (AFAS, lambda e: e.update(payloadType="application/vnd.in-toto+json"), 15, "holds"),
        (AFAS, lambda e: e.update(signatures=[]), 15, "signatures"),
    ],
    ids=["no key of AFAS", "edited", "of another kind", "unsigned"],
)
def test_decisions_that_afas_did_not_sign_so_stop_a_run(settings, change, code, says, waived):
    (waived / "koppeling.toml").write_text(settings)
    envelope = json.loads((waived / "given.dsse.json").read_bytes())
    change(envelope)
    (waived / "bad.dsse.json").write_text(json.dumps(envelope))

    ran = koppeling("run", "--decisions", "bad.dsse.json", cwd=waived)

    assert ran.code == code, ran.all
    assert says in ran.err


def test_a_partners_status_reads_the_waivers_that_afas_signed(waived):
    (waived / "koppeling.toml").write_text(AFAS)
    plugin = waived / "plugins" / "tiny"
    path = registered(plugin)
    given = plugin / "tiny.decisions.dsse.json"
    shutil.copy(waived / "given.dsse.json", given)

    def reasons() -> str:
        return json.dumps(koppeling("status", path, "--json", cwd=waived).json()[0])

    assert "Waivers that AFAS gave on" in reasons()
    given.write_bytes(given.read_bytes().replace(b'"payload": "', b'"payload": "AAAA'))
    assert "DECISIONS-REFUSED" in reasons()
    given.write_text("schema: koppeling/decisions@1\nof: tiny\n")
    assert "one that nobody did" in reasons()
    given.unlink()
    path.unlink()


def test_where_nothing_stands_nothing_is_signed_and_nothing_recorded(partner, tmp_path):
    path = tmp_path / "voorbeeld.yaml"
    path.write_text(REGISTRATION, encoding="utf-8")
    by = ("--by", "M. de Wit", "--reason", "Akkoord", "--key", partner / "evidence.key")

    ran = koppeling("decide", path, "annual_review", *by, cwd=tmp_path)

    assert ran.code == 10
    assert "nothing to sign" in ran.err
    assert path.read_text(encoding="utf-8") == REGISTRATION


@pytest.fixture(scope="module")
def issued(partner, tmp_path_factory) -> Path:
    """AFAS's folder: a pack was taken in, and a certificate issued on it."""
    folder = tmp_path_factory.mktemp("certificate")
    (record,) = (partner / "reports").glob("*/run.json")
    digest = json.loads(record.read_bytes())["scenario_lock"]["digest"]
    (folder / "koppeling.toml").write_text(
        '[releases]\ncurrent = "Profit 8"\n[review]\nfolder = "registrations"\n'
        f'signers = "allowed_signers"\n[review.lists]\ntiny = "{digest}"\n'
    )
    (folder / "registrations").mkdir()
    path = registered(folder / "registrations")
    koppeling("evidence", "keygen", "--out", "afas.key", "--decisions", cwd=folder)
    lines = (
        (partner / "evidence.key.allowed_signers").read_text(),
        (folder / "afas.key.allowed_signers").read_text(),
    )
    (folder / "allowed_signers").write_text("".join(lines))
    by = ("--by", "M. de Wit", "--key", "afas.key", "--out", "site")
    early = koppeling("evidence", "certificate", path, *by, cwd=folder)
    assert (early.code, "no certificate" in early.err) == (10, True), early.all
    assert not (folder / "site").exists()
    taken = koppeling("intake", pack_of(partner), cwd=folder)
    assert taken.code == 0, taken.all
    ran = koppeling("evidence", "certificate", path, *by, cwd=folder)
    assert ran.code == 0, ran.all
    return folder


def statement_of(folder: Path) -> Path:
    (statement,) = (folder / "site").glob("*.certificate.intoto.json")
    return statement


def test_a_certificate_is_verified_with_its_page_and_badge(issued):
    ran = koppeling("evidence", "verify", statement_of(issued), cwd=issued)

    assert ran.code == 0, ran.all
    for said in (".certificate.html", ".certificate.svg", "last day:", "there is no list"):
        assert said in ran.out


def test_a_certificate_whose_page_was_edited_is_refused(issued, tmp_path):
    copy = tmp_path / "site"
    shutil.copytree(issued / "site", copy)
    (page,) = copy.glob("*.html")
    page.write_text(page.read_text(encoding="utf-8").replace("Profit 8", "Profit 9"))

    ran = koppeling("evidence", "verify", statement_of(tmp_path), cwd=issued)

    assert (ran.code, "changed: " in ran.out) == (15, True)


def test_what_is_revoked_is_refused_by_the_signed_list(issued, partner, tmp_path):
    statement = statement_of(issued)
    payload = base64.b64decode(json.loads(statement.read_bytes())["payload"])
    properties = json.loads(payload)["predicate"]["properties"]
    number = next(each[-16:].lower() for each in properties if "CERTIFICATE" in each)
    why = ("--by", "M. de Wit", "--reason", "Ingetrokken door de partner", "--key", "afas.key")
    made = tmp_path / "revocations.dsse.json"

    other = koppeling("evidence", "revoke", "0" * 16, *why, "--list", made, cwd=issued)
    before = koppeling("evidence", "verify", statement, "--revoked", made, cwd=issued)
    ours = koppeling("evidence", "revoke", number, *why, "--list", made, cwd=issued)
    again = koppeling("evidence", "revoke", number, *why, "--list", made, cwd=issued)
    after = koppeling("evidence", "verify", statement, "--revoked", made, cwd=issued)

    assert (other.code, ours.code, again.code) == (0, 0, 4), ours.all
    assert (before.code, "not revoked, by list 1 of" in before.out) == (0, True), before.all
    assert (after.code, "Ingetrokken door de partner" in after.out) == (15, True)
    key = "SHA256:" + (partner / "evidence.key.pub").read_text().split()[0]
    pack = koppeling("evidence", "verify", pack_of(partner), "--json", cwd=issued).json()[0]
    koppeling("evidence", "revoke", pack["signer"], *why, "--list", made, cwd=issued)
    revoked = koppeling("evidence", "verify", pack_of(partner), "--revoked", made, cwd=issued)
    assert (revoked.code, "the key is revoked" in revoked.out) == (15, True)
    bad = koppeling("evidence", "revoke", key, *why, "--list", made, cwd=issued)
    assert bad.code == 4
    assert "without effect here until `revoked` under [review]" in ours.out


def test_the_list_that_the_settings_name_is_the_one_that_is_added_to(issued, tmp_path):
    folder = tmp_path / "afas"
    folder.mkdir()
    for name in ("allowed_signers", "afas.key"):
        shutil.copy(issued / name, folder)
    (folder / "koppeling.toml").write_text('[review]\nrevoked = "list.json"\n')
    why = ("--by", "M. de Wit", "--reason", "x", "--key", "afas.key")

    ran = koppeling("evidence", "revoke", "0" * 16, *why, cwd=folder)

    assert ran.code == 0, ran.all
    assert (folder / "list.json").is_file()
    assert "without effect" not in ran.out


@pytest.mark.parametrize("change", ["edited", "partner", "text"])
def test_a_list_that_afas_did_not_sign_is_no_list_and_is_not_written_over(
    change, issued, partner, tmp_path
):
    made = tmp_path / "revocations.dsse.json"
    key = partner / "evidence.key" if change == "partner" else "afas.key"
    why = ("--by", "M. de Wit", "--reason", "x")
    first = koppeling(
        "evidence", "revoke", "0" * 16, *why, "--key", key, "--list", made, cwd=issued
    )
    assert first.code == 0, first.all
    if change == "edited":
        envelope = json.loads(made.read_bytes())
        payload = base64.b64decode(envelope["payload"]).replace(b"000", b"111")
        envelope["payload"] = base64.b64encode(payload).decode()
        made.write_text(json.dumps(envelope))
    if change == "text":
        made.write_text('{"payloadType": 5}')
    content = made.read_bytes()

    read = koppeling("evidence", "verify", pack_of(partner), "--revoked", made, cwd=issued)
    more = koppeling(
        "evidence", "revoke", "1" * 16, *why, "--key", "afas.key", "--list", made, cwd=issued
    )

    assert (read.code, more.code) == (10, 15), read.all + more.all
    assert made.read_bytes() == content
