import os
import sys

import pytest

from koppeling_harness.config import registration_edit as edits
from koppeling_harness.config.manifest import load_manifest
from koppeling_harness.config.registration import load_registration
from koppeling_harness.config.registration_edit import new_registration
from koppeling_harness.errors import ConfigurationError, DocumentError
from support.plugins import a_plugin
from support.registrations import REGISTRATION, a_decision, an_assessment, day


def add_assessment(path, assessment):
    return edits.add_assessment(path, lambda _: assessment, objections=no_objection).after


def add_decision(path, decision):
    return edits.add_decision(path, decision, objections=no_objection).after


def no_objection(_registration):
    return ()


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "registration.yaml"
    file.write_text(REGISTRATION, encoding="utf-8")
    return file


def test_an_assessment_is_added_and_comments_stay(path):
    now = add_assessment(path, an_assessment("rood", "2026-05-14", name="Q2"))

    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[:9] == REGISTRATION.splitlines()[:9]
    assert lines[9] == (
        "  - {id: Q2, kind: quickscan, assessor: Computest, report_date: 2026-05-14, colour: rood}"
    )
    assert load_registration(path) == now


def test_a_decision_is_added(path):
    decision = a_decision("give_notice", "2026-11-02")

    assert add_decision(path, decision).decisions == (decision,)
    assert load_registration(path).decisions == (decision,)


@pytest.mark.parametrize(
    "decision",
    [
        a_decision("accept_evidence", "2026-11-02", assessment="P9", colour="groen"),
        a_decision("end_by_partner", "2026-11-02"),
    ],
)
def test_what_would_be_invalid_is_refused_and_the_file_is_left_as_it_was(path, decision):
    with pytest.raises(DocumentError, match="with the addition"):
        add_decision(path, decision)

    assert path.read_text(encoding="utf-8") == REGISTRATION
    assert [each for each in path.parent.iterdir() if not each.name.endswith(".lock")] == [path]


def test_a_second_assessment_of_one_id_is_refused(path):
    with pytest.raises(DocumentError, match="Q1 stands twice"):
        add_assessment(path, an_assessment("rood", "2026-05-14"))

    assert path.read_text(encoding="utf-8") == REGISTRATION


def test_a_file_with_problems_is_not_edited(path):
    path.write_text(REGISTRATION.replace("groen", "paars"), encoding="utf-8")

    with pytest.raises(DocumentError, match="paars"):
        add_decision(path, a_decision("give_notice", "2026-11-02"))


def test_an_addition_that_would_change_its_neighbour_is_refused_with_the_line_to_add(path):
    text = REGISTRATION.replace(
        "decisions: []\n",
        "decisions:\n  - date: 2026-01-05\n    by: A. Reviewer\n    decision: annual_review\n"
        "    reason: |+\n      goed\n\n\nsignals: []\n",
    )
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigurationError) as caught:
        add_decision(path, a_decision("give_notice", "2026-11-02"))

    assert "without touching what stands around it" in caught.value.message
    assert "- {date: 2026-11-02, by: " in caught.value.hint
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_the_file_keeps_its_permissions(path):
    path.chmod(0o640)

    add_decision(path, a_decision("give_notice", "2026-11-02"))

    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_to_is_a_message(path):
    path.parent.chmod(0o500)
    try:
        with pytest.raises(ConfigurationError, match="expected to write it"):
            add_decision(path, a_decision("give_notice", "2026-11-02"))
    finally:
        path.parent.chmod(0o700)


def test_a_new_registration_says_what_the_manifest_says(tmp_path):
    folder = a_plugin(tmp_path / "voorbeeld")
    manifest = load_manifest(folder / "koppeling.yaml")
    path = folder / "registration.yaml"

    made = new_registration(path, manifest, started=day("2026-11-24"))

    assert load_registration(path) == made
    assert (made.registration, made.partner) == (manifest.id, manifest.partner)
    assert made.onboarding.started == day("2026-11-24")


def test_a_new_registration_can_be_added_to(tmp_path):
    folder = a_plugin(tmp_path / "voorbeeld")
    path = folder / "registration.yaml"
    new_registration(path, load_manifest(folder / "koppeling.yaml"), started=day("2026-11-24"))

    now = add_assessment(path, an_assessment("rood", "2026-05-14"))

    assert len(now.assessments) == 1
    assert "# the colour only, never the report" in path.read_text(encoding="utf-8")


def test_a_registration_that_exists_is_never_overwritten(tmp_path):
    folder = a_plugin(tmp_path / "voorbeeld")
    path = folder / "registration.yaml"
    path.write_text("mine", encoding="utf-8")

    with pytest.raises(ConfigurationError, match="expected no file yet"):
        new_registration(path, load_manifest(folder / "koppeling.yaml"), started=day("2026-11-24"))

    assert path.read_text(encoding="utf-8") == "mine"
