from pathlib import Path

import pytest

from koppeling_harness.errors import ExitCode, NothingToRunError, UsageError
from koppeling_harness.model.policy import ReleaseRoles
from koppeling_harness.workflow.review.status import (
    StatusRequest,
    as_text,
    exit_code,
    judge_registrations,
    parse_releases,
)
from support.clock import FixedClock
from support.registrations import REGISTRATION, day

SAMPLES = Path(__file__).parents[4] / "docs" / "samples"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="docs/samples is not here")


NOW = FixedClock("2026-11-22T23:30:00Z")


def judged(*paths, **more):
    request = StatusRequest(
        paths=paths, **{"runs": Path("no-runs"), "folder": Path("nowhere"), **more}
    )
    return judge_registrations(request, clock=NOW)


def statuses(found):
    return {each.status.registration: str(each.status.status) for each in found.dossiers}


@needs_samples
def test_the_samples_cover_every_status_on_their_day():
    found = judged(SAMPLES / "registrations", runs=SAMPLES / "runs", as_of=day("2026-11-23"))

    assert statuses(found) == {
        "roosterwijs": "in_order",
        "kassakoppel": "attention",
        "declaratievlot": "attention",
        "webwinkelbrug": "action_required",
        "verzuimloket": "not_certified",
        "contractkluis": "review_needed",
        "mobielwerkbon": "applying",
        "facturatiehub": "notice_running",
        "leasedesk": "terminated",
        "planbordplus": "input_error",
    }
    assert found.damaged == ()


@needs_samples
def test_a_dossier_holds_its_runs_newest_first_up_to_the_day():
    found = judged(
        SAMPLES / "registrations" / "roosterwijs.yaml",
        runs=SAMPLES / "runs",
        as_of=day("2026-10-01"),
    )

    [dossier] = found.dossiers
    assert [each.date for each in dossier.runs] == [
        day("2026-09-15"),
        day("2026-09-14"),
        day("2026-05-18"),
    ]


def a_file(folder, text, name):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_today_is_today_in_amsterdam(tmp_path):
    a_file(tmp_path, REGISTRATION, "a.yaml")

    assert judged(tmp_path).as_of == day("2026-11-23")


def test_one_broken_file_is_an_input_error_and_hides_no_other(tmp_path):
    a_file(tmp_path, REGISTRATION, "a.yaml")
    broken = a_file(
        tmp_path, REGISTRATION.replace("voorbeeld", "tweede").replace("groen", "paars"), "b.yaml"
    )

    found = judged(tmp_path)

    assert statuses(found) == {"voorbeeld": "attention", "tweede": "input_error"}
    assert found.dossiers[1].problem.en.startswith(f"{broken}:9:")
    assert exit_code(found.dossiers) is ExitCode.CONFIGURATION
    assert f"tweede: INPUT ERROR\n    {broken}:9:" in as_text(found, lang="en")


def test_two_files_of_one_registration_are_not_both_believed(tmp_path):
    first = a_file(tmp_path, REGISTRATION, "a.yaml")
    a_file(tmp_path, REGISTRATION, "b.yaml")

    found = judged(tmp_path)

    assert [each.status.status for each in found.dossiers] == ["attention", "input_error"]
    assert f"stands in {first} already" in found.dossiers[1].problem.en


def test_releases_policy_and_window_come_from_the_settings(tmp_path):
    a_file(tmp_path, REGISTRATION, "a.yaml")
    a_file(
        tmp_path,
        'policy = "auditor"\nwarning_days = 400\n[releases]\ncurrent = "Profit 9"\n',
        "koppeling.toml",
    )

    found = judged(tmp_path, folder=tmp_path)

    [dossier] = found.dossiers
    assert (found.policy.name, dossier.status.policy) == ("auditor", "auditor")
    assert [each.release for each in dossier.status.functional] == ["Profit 9"]
    assert "ENDS-SOON" in {each.code for each in dossier.status.flags}


def test_what_is_asked_goes_before_the_settings(tmp_path):
    a_file(tmp_path, REGISTRATION, "a.yaml")
    a_file(tmp_path, 'policy = "auditor"\n', "koppeling.toml")

    found = judged(tmp_path, folder=tmp_path, policy="sla", releases="accept=Profit 10")

    assert (found.policy.name, found.releases) == ("sla", ReleaseRoles(accept="Profit 10"))


def test_releases_are_read_by_role():
    assert parse_releases("previous=Profit 8, current=Profit 9,accept=") == ReleaseRoles(
        previous="Profit 8", current="Profit 9"
    )


@pytest.mark.parametrize("text", ["Profit 8", "next=Profit 9", "current=a,current=b", ""])
def test_releases_that_cannot_be_understood_are_told(text):
    with pytest.raises(UsageError, match="expected previous=, current= or accept="):
        parse_releases(text)


def test_no_registration_is_told():
    with pytest.raises(NothingToRunError):
        judged(Path("nowhere"))


@needs_samples
@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "nl",
            [
                "Peildatum 23 november 2026, termijnen volgens de contractpagina (SLA) (sla)",
                "ACTIE VEREIST",
                "waarom",
                "geldig t/m",
            ],
        ),
        (
            "en",
            [
                "As of 23 November 2026, terms of the contract page (SLA) (sla)",
                "ACTION REQUIRED",
                "why",
                "valid until",
            ],
        ),
    ],
)
def test_the_text_speaks_both_languages_and_names_the_policy(lang, words):
    found = judged(SAMPLES / "registrations", runs=SAMPLES / "runs", as_of=day("2026-11-23"))

    text = as_text(found, lang=lang)

    assert [word for word in words if word not in text] == []


@needs_samples
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("roosterwijs", ExitCode.PASSED),
        ("kassakoppel", ExitCode.PASSED),
        ("mobielwerkbon", ExitCode.PASSED),
        ("webwinkelbrug", ExitCode.NOT_PASSED),
        ("verzuimloket", ExitCode.NOT_PASSED),
        ("contractkluis", ExitCode.NOT_PASSED),
        ("facturatiehub", ExitCode.NOT_PASSED),
        ("leasedesk", ExitCode.NOT_PASSED),
        ("planbordplus", ExitCode.CONFIGURATION),
    ],
)
def test_the_exit_code_says_whether_something_has_to_be_done(name, expected):
    found = judged(
        SAMPLES / "registrations" / f"{name}.yaml",
        runs=SAMPLES / "runs",
        as_of=day("2026-11-23"),
    )

    assert exit_code(found.dossiers) is expected
