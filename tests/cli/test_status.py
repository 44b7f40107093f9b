from pathlib import Path

import pytest

from support.cli import koppeling
from support.plugins import a_plugin
from support.registrations import REGISTRATION

SAMPLES = Path(__file__).parents[2] / "docs" / "samples"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="docs/samples is not here")


@pytest.fixture
def project(tmp_path):
    (tmp_path / "registration.yaml").write_text(REGISTRATION, encoding="utf-8")
    return tmp_path


@needs_samples
def test_status_prints_json_with_the_promised_members(tmp_path):
    ran = koppeling(
        *("status", SAMPLES / "registrations", "--runs", SAMPLES / "runs"),
        *("--as-of", "2026-11-23", "--json"),
        cwd=tmp_path,
    )

    assert ran.code == 10
    by_id = {each["registration"]: each for each in ran.json()}
    bridge = by_id["webwinkelbrug"]
    assert bridge["schema"] == "koppeling/status@1"
    assert (bridge["as_of"], bridge["policy"]) == ("2026-11-23", "sla")
    assert set(bridge["security"]) == {
        *("colour", "assessment", "report_date", "valid_until", "follow_up_due", "gaps"),
    }
    assert bridge["security"]["gaps"] == [{"from": "2025-09-13", "to": "2026-08-30"}]
    assert bridge["functional"][1] == {
        **bridge["functional"][1],
        "release": "Profit 8",
        "role": "current",
        "outcome": "failed",
        "waived_until": None,
        "run_id": "20261119T080000Z-a13bae",
        "date": "2026-11-19",
        "kind": "emulator",
        "erp_version": "8.0.12",
        "version": "2.3.1",
        "list": {"nl": "lijst van versie 0.1.0", "en": "list of version 0.1.0"},
        "required": 21,
        "not_asked": 0,
    }
    assert bridge["listing"] == {"partner_site": "keep", "help_center": "keep"}
    assert bridge["contract_end"] is None
    assert set(bridge["flags"][0]) >= {"code", "text"}
    assert set(bridge["actions"][0]) >= {"who", "what", "due", "rule"}
    assert by_id["verzuimloket"]["contract_end"] == {"date": "2027-11-22", "kind": "forecast"}


def test_status_takes_a_policy_and_releases_from_the_command_line(project):
    ran = koppeling(
        *("status", ".", "--json", "--policy", "auditor", "--as-of", "2026-11-23"),
        *("--releases", "current=Profit 9"),
        cwd=project,
    )

    [status] = ran.json()
    assert ran.code == 0
    assert (status["policy"], status["functional"][0]["release"]) == ("auditor", "Profit 9")


def test_status_in_dutch(project):
    ran = koppeling("status", ".", "--lang", "nl", "--as-of", "2026-11-23", cwd=project)

    assert "voorbeeld: AANDACHT  Voorbeeld (Voorbeeld B.V.)" in ran.out


@pytest.mark.parametrize(
    ("was", "written", "dutch"),
    [
        ("colour: groen", "colour: green", 'gevonden "green". Bedoelde u `groen`?'),
        ("colour: groen", "kleur: groen", "onbekende sleutel `kleur`. Bedoelde u `colour`?"),
        ("kind: quickscan, ", "", "`assessments.0` mist `kind`"),
        ("2024-05-14", "14-5-2024", "verwacht een datum zoals 2026-11-24"),
        ("2024-05-14", "2062-05-14", "14 mei 2062 ligt na vandaag"),
    ],
)
def test_what_is_wrong_in_a_file_is_told_in_dutch(project, was, written, dutch):
    (project / "registration.yaml").write_text(REGISTRATION.replace(was, written), encoding="utf-8")

    ran = koppeling("status", ".", "--lang", "nl", cwd=project)

    assert (ran.code, dutch in ran.out, "hint:" in ran.out) == (10, True, False)


def test_a_damaged_run_is_told_on_standard_error(project):
    (project / "reports").mkdir()
    (project / "reports" / "run.json").write_text("{", encoding="utf-8")

    ran = koppeling("status", ".", "--json", cwd=project)

    assert "left out: " in ran.err
    assert ran.json()[0]["registration"] == "voorbeeld"


def test_no_registration_is_exit_code_5(tmp_path):
    assert koppeling("status", cwd=tmp_path).code == 5


def test_without_a_path_it_is_about_the_reviewers_folder_of_the_settings(tmp_path):
    (tmp_path / "registrations").mkdir()
    (tmp_path / "registrations" / "kluis.yaml").write_text(REGISTRATION, encoding="utf-8")
    (tmp_path / "koppeling.toml").write_text('[review]\nfolder = "registrations"\n')

    [status] = koppeling("status", "--json", cwd=tmp_path).json()

    assert status["basis"] == "recorded"


def test_a_new_registration_is_made_checked_and_gets_its_first_status(tmp_path):
    a_plugin(tmp_path / "plugins" / "voorbeeld")

    made = koppeling("registration", "new", "plugins/voorbeeld", cwd=tmp_path)
    checked = koppeling("registration", "check", cwd=tmp_path)
    [status] = koppeling("status", "--json", cwd=tmp_path).json()

    assert (made.code, checked.code) == (0, 0)
    assert (status["status"], status["listing"]["partner_site"]) == ("applying", "not_yet")


def test_check_tells_every_problem_of_every_file(tmp_path):
    for name in ("a", "b"):
        broken = REGISTRATION.replace("groen", "paars").replace("listing", "listed")
        (tmp_path / f"{name}.yaml").write_text(broken, encoding="utf-8")

    ran = koppeling("registration", "check", ".", cwd=tmp_path)

    assert ran.code == 10
    assert [ran.err.count(f"{name}.yaml:") for name in ("a", "b")] == [2, 2]


def test_check_refuses_a_report_of_tomorrow(tmp_path):
    text = REGISTRATION.replace("2024-05-14", "2999-05-14")
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")

    ran = koppeling("registration", "check", ".", cwd=tmp_path)

    assert (ran.code, "14 May 2999" in ran.err) == (10, True)


def test_an_assessment_is_added_under_the_next_free_id(project):
    ran = koppeling(
        *("assessment", "add", ".", "--kind", "quickscan", "--assessor", "Defion"),
        *("--report-date", "2026-03-10", "--colour", "oranje"),
        cwd=project,
    )

    assert (ran.code, ran.out) == (0, "added quickscan Q2 to .\n")
    assert "{id: Q2, kind: quickscan, assessor: Defion" in (
        project / "registration.yaml"
    ).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--kind", "quickscan", "--colour", "groen", "--report", "scan.pdf"), 4, "never enters"),
        (("--kind", "pentest", "--colour", "groen"), 4, "when it accepts it"),
        (("--kind", "quickscan", "--colour", "groen", "--id", "Q1"), 10, "Q1 stands twice"),
        (("--kind", "quickscan"), 10, "has no colour"),
        (("--kind", "quickscan", "--colour", "groen", "--id", "Q 2"), 10, "of the form"),
    ],
)
def test_an_assessment_that_is_not_right_leaves_the_file_as_it_was(
    project, arguments, code, message
):
    (project / "scan.pdf").write_bytes(b"%PDF")

    ran = koppeling(
        *("assessment", "add", "registration.yaml", *arguments),
        *("--assessor", "Defion", "--report-date", "2026-03-10"),
        cwd=project,
    )

    assert (ran.code, message in ran.err) == (code, True)
    assert (project / "registration.yaml").read_text(encoding="utf-8") == REGISTRATION


def test_evidence_is_offered_and_accepted_by_a_named_person(project):
    koppeling(
        *("assessment", "add", ".", "--kind", "pentest", "--assessor", "Ander Bureau"),
        *("--report-date", "2026-05-20", "--submitted", "2026-06-01", "--scope", "voorbeeld"),
        cwd=project,
    )
    ran = koppeling(
        *("decide", ".", "accept_evidence", "--by", "A. Reviewer", "--reason", "CCV-keurmerk"),
        *("--date", "2026-06-10", "--assessment", "P1", "--colour", "oranje"),
        cwd=project,
    )

    [status] = koppeling("status", ".", "--json", "--as-of", "2026-11-23", cwd=project).json()
    assert (ran.code, ran.out) == (
        0,
        "recorded accept_evidence of 2026-06-10 by A. Reviewer in registration.yaml\n"
        "status: attention\n",
    )
    assert (status["security"]["assessment"], status["security"]["colour"]) == ("P1", "oranje")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("give_notice", "--reason", "x", "--date", "2999-01-01"), 4, "expected a day up to today"),
        (("end_by_partner", "--reason", "x"), 10, "does not name the last day"),
        (("terminate_immediately", "--reason", " "), 10, "reason"),
        (("give_notice", "--reason", "x" * 501), 10, "at most 500 characters"),
    ],
)
def test_a_decision_that_is_not_right_leaves_the_file_as_it_was(project, arguments, code, message):
    ran = koppeling("decide", ".", *arguments, "--by", "A. Reviewer", cwd=project)

    assert (ran.code, message in ran.err) == (code, True)
    assert (project / "registration.yaml").read_text(encoding="utf-8") == REGISTRATION


def test_a_decision_without_a_name_is_refused(project):
    assert koppeling("decide", ".", "give_notice", "--reason", "x", cwd=project).code == 4
