"""What a status knows of the evidence of the records that it rests on."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from koppeling_harness.config.settings import Settings
from koppeling_harness.errors import ConfigurationError, DocumentError
from koppeling_harness.evidence.revoked import read_revoked
from koppeling_harness.model.evidence import Evidence
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.rules.standing import as_recorded, standings
from koppeling_harness.store.runs import find_runs
from koppeling_harness.workflow.evidence.standing import with_evidence
from support.evidence import NOW, a_key, a_run_folder, a_signed_record, a_signed_run, line
from support.records import BOOK, LIST

KEY = a_key()


@pytest.fixture
def settings(tmp_path) -> Settings:
    file = tmp_path / "allowed_signers"
    file.write_text(line(KEY) + "\n")
    return Settings(lists={"tests": LIST}, signers=file)


def evidence_of(reports: Path, settings: Settings):
    found = find_runs(reports, now=NOW.moment, book=BOOK)
    (run,) = with_evidence(found, settings, now=NOW.moment).runs
    return run.result


def standing_of(result):
    found = standings([result], who=None, held_until=as_recorded, as_of=date(2026, 11, 24))
    return found[result.release]


def test_a_signed_record_is_verified_and_stands(tmp_path, settings):
    a_signed_run(tmp_path / "reports", KEY)

    result = evidence_of(tmp_path / "reports", settings)

    assert (result.evidence.state, result.evidence.counts) == (Evidence.VERIFIED, True)
    assert standing_of(result).outcome is Outcome.PASSED


def test_an_unsigned_record_counts_until_verified_is_required(tmp_path, settings):
    a_run_folder(tmp_path / "reports")

    free = evidence_of(tmp_path / "reports", settings)
    strict = evidence_of(tmp_path / "reports", replace(settings, requires_evidence=True))

    assert (free.evidence.state, standing_of(free).outcome) == (
        Evidence.UNSIGNED,
        Outcome.PASSED,
    )
    standing = standing_of(strict)
    assert standing.governing is None
    assert [each.en for each in standing.beside[0].lesser] == ["unsigned"]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("edited", "changed: run.json"),
        ("other key", "is not in"),
        ("ended", "the key counted until"),
        ("another's", "not that of 12345_678900"),
    ],
)
def test_a_record_whose_evidence_does_not_hold_never_counts(name, why, tmp_path, settings):
    folder = a_signed_run(tmp_path / "reports", a_key() if name == "other key" else KEY)
    if name == "edited":
        text = (folder / "run.json").read_text()
        (folder / "run.json").write_text(text.replace('"3.2.0"', '"3.3.0"'))
    if name == "ended":
        settings.signers.write_text(line(KEY, before="2026-11-01") + "\n")
    if name == "another's":
        settings.signers.write_text(line(KEY, "99999_1") + "\n")

    result = evidence_of(tmp_path / "reports", settings)

    assert (result.evidence.state, result.evidence.counts) == (Evidence.REFUSED, False)
    assert why in result.evidence.name.en
    standing = standing_of(result)
    assert (standing.governing, standing.outcome) == (None, Outcome.NOT_RUN)


def test_a_revoked_key_takes_what_it_signed_with_it(tmp_path, settings):
    a_signed_run(tmp_path / "reports", KEY)
    revoked = tmp_path / "revoked"
    revoked.write_text(f"# stolen\n{KEY.public.fingerprint}\n")

    result = evidence_of(tmp_path / "reports", replace(settings, revoked=revoked))

    assert result.evidence.state is Evidence.REFUSED
    assert "revoked" in result.evidence.name.en


def test_of_two_copies_the_verified_one_speaks(tmp_path, settings):
    a_run_folder(tmp_path / "reports" / "a-by-hand")
    a_signed_run(tmp_path / "reports" / "received", KEY)

    assert evidence_of(tmp_path / "reports", settings).evidence.state is Evidence.VERIFIED


def test_where_no_keys_are_registered_nothing_is_said(tmp_path):
    a_signed_run(tmp_path / "reports", KEY)

    assert evidence_of(tmp_path / "reports", Settings(lists={"tests": LIST})).evidence is None


def test_required_evidence_without_keys_counts_for_nothing(tmp_path):
    a_signed_run(tmp_path / "reports", KEY)
    settings = Settings(lists={"tests": LIST}, requires_evidence=True)

    result = evidence_of(tmp_path / "reports", settings)

    assert not result.evidence.counts
    assert "no keys are registered here" in result.evidence.name.en


def test_every_wrong_line_of_the_registered_keys_is_told_at_once(tmp_path, settings):
    settings.signers.write_text(f"nobody\n{line(KEY)}\n12345_1 valid-after=never ssh-ed25519 x\n")
    a_signed_run(tmp_path / "reports", KEY)

    with pytest.raises(DocumentError) as found:
        evidence_of(tmp_path / "reports", settings)

    assert [each.where.line for each in found.value.problems] == [1, 3]


def test_a_mark_of_windows_before_the_registered_keys_hides_none(tmp_path, settings):
    settings.signers.write_text(f"\ufeff{line(KEY)}\r\n", encoding="utf-8", newline="")
    a_signed_run(tmp_path / "reports", KEY)

    assert evidence_of(tmp_path / "reports", settings).evidence.state is Evidence.VERIFIED


@pytest.mark.parametrize("sign", ["\u2028", "\x85", "\x0b", "\x1e"])
def test_no_key_hides_behind_what_only_looks_like_the_end_of_a_line(sign, tmp_path, settings):
    """A line that a partner sent, pasted as it came; OpenSSH reads one line too."""
    hidden = f"{line(a_key(), '99999_1')} kantoor{sign}{line(KEY)}"
    settings.signers.write_text(hidden + "\n", encoding="utf-8", newline="")
    a_signed_run(tmp_path / "reports", KEY)

    result = evidence_of(tmp_path / "reports", settings)

    assert result.evidence.state is Evidence.REFUSED


def test_a_record_under_another_name_is_unsigned(tmp_path, settings):
    folder = a_signed_run(tmp_path / "reports", KEY)
    (folder / "run.json").rename(folder / "old.json")

    assert evidence_of(tmp_path / "reports", settings).evidence.state is Evidence.UNSIGNED


def test_the_run_is_the_one_of_the_record(tmp_path, settings):
    folder = a_signed_run(tmp_path / "reports", KEY)
    other = a_signed_record(run_id="20261122T083015Z-aaaaaa")
    (folder / "run.json").write_bytes(
        (a_run_folder(tmp_path / "x", other) / "run.json").read_bytes()
    )

    assert evidence_of(tmp_path / "reports", settings).evidence.state is Evidence.REFUSED


def test_a_list_of_revoked_keys_that_was_cut_off_to_nothing_gives_no_key_back():
    with pytest.raises(ConfigurationError, match="is empty"):
        read_revoked(b"", name="revoked.krl")
    assert not read_revoked(b"# nobody yet\n", name="revoked.krl")(a_key().public)
