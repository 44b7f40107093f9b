import json
from datetime import timedelta
from pathlib import Path

import pytest

from koppeling_harness.document import dump_json
from koppeling_harness.errors import ConfigurationError, ExitCode, NothingToRunError
from koppeling_harness.model.run import Scope
from koppeling_harness.report.texts import Language
from koppeling_harness.workflow.review.publish import exit_code, publish
from koppeling_harness.workflow.review.status import StatusRequest
from support.clock import FixedClock
from support.pages import text_of
from support.records import (
    LIST,
    STARTED_AT,
    a_failure,
    a_result,
    a_run,
    an_integration,
    run_id_of,
)
from support.registrations import REGISTRATION as EXAMPLE
from support.registrations import day

REGISTRATION = EXAMPLE.replace("voorbeeld", "urenportaal")
FULL_REPORT = "BEVINDING-7: SQL-injectie in het inlogscherm van de partner"


LISTS = f'[review]\nlists = {{tests = "{LIST}"}}\n'


NOW = FixedClock("2026-11-23T11:00:00Z")


def published(folder: Path, **more):
    request = StatusRequest(
        paths=(folder / "registrations",),
        runs=folder / "runs",
        folder=folder,
        as_of=day("2026-11-23"),
    )
    return publish(request, folder / "site", clock=NOW, **more)


def site(folder: Path) -> dict[str, str]:
    return {
        each.relative_to(folder / "site").as_posix(): each.read_text(encoding="utf-8")
        for each in (folder / "site").rglob("*")
        if each.is_file()
    }


def write_run(folder: Path, record) -> None:
    path = folder / "runs" / record.run_id / "run.json"
    path.parent.mkdir(parents=True)
    path.write_text(dump_json(record), encoding="utf-8")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "registrations").mkdir()
    (tmp_path / "registrations" / "a.yaml").write_text(REGISTRATION, encoding="utf-8")
    (tmp_path / "koppeling.toml").write_text(LISTS, encoding="utf-8")
    return tmp_path


def test_the_site_holds_an_overview_a_dossier_and_what_goes_beside_them(folder):
    written = published(folder)

    assert set(site(folder)) == {
        "index.html",
        "dossiers/urenportaal.html",
        "partners/12345.html",
        "reviews/12345.html",
        "badges/urenportaal.nl.svg",
        "badges/urenportaal.en.svg",
        "status.json",
        "status.csv",
        "status-excel.csv",
        "worklist.csv",
        "worklist-excel.csv",
        "deadlines.ics",
        "summary.md",
    }
    assert written.files[-1] == "index.html"
    assert exit_code(written) is ExitCode.PASSED
    assert json.loads(site(folder)["status.json"])[0]["registration"] == "urenportaal"
    assert 'href="dossiers/urenportaal.html"' in site(folder)["index.html"]


def test_a_dossier_shows_the_run_that_counts_per_release_whole(folder):
    write_run(
        folder,
        a_run(
            an_integration(a_result("old.one")),
            run_id=run_id_of(-1),
            started_at=STARTED_AT - timedelta(1),
        ),
    )
    newer = a_run(an_integration(a_failure()))
    write_run(folder, newer)
    part = an_integration(a_result("part.one"), scope=Scope(whole=False, because=("keyword",)))
    later = STARTED_AT.replace(minute=40)
    write_run(folder, a_run(part, run_id=run_id_of(1), started_at=later, finished_at=later))
    published(folder)
    shown = text_of(site(folder)["dossiers/urenportaal.html"])

    assert "rows.0.Qu 8.0 7.5" in shown
    assert f"run {a_run().run_id}" in shown
    assert "old" not in shown.split("Scenariogroepen")[1].split("Besluiten")[0]


def test_what_changed_since_the_verdict_before_is_told(folder):
    write_run(
        folder,
        a_run(
            an_integration(a_result("hours.push", operation="push-hours")),
            run_id=run_id_of(-31),
            started_at=STARTED_AT.replace(month=10, day=23),
        ),
    )
    write_run(folder, a_run(an_integration(a_failure())))
    published(folder)

    assert "Profit 8: now fails too: hours.push[push-hours]." in text_of(
        site(folder)["dossiers/urenportaal.html"]
    )


def test_a_record_that_lacks_a_member_counts_as_none_and_is_told(folder):
    write_run(folder, a_run(an_integration(a_result())))
    path = folder / "runs" / a_run().run_id / "run.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    del record["harness"]
    path.write_text(json.dumps(record), encoding="utf-8")
    written = published(folder)

    assert any("lacks 'harness'" in problem for problem in written.problems)
    assert "Er is nog geen testrun" in text_of(site(folder)["dossiers/urenportaal.html"])


def test_a_registration_with_problems_gets_a_page_and_an_exit_code(folder):
    (folder / "registrations" / "kapot.yaml").write_text("registration: 7\n", encoding="utf-8")
    written = published(folder)

    assert exit_code(written) is ExitCode.CONFIGURATION
    assert any("kapot.yaml" in problem for problem in written.problems)
    assert "kapot.yaml" in site(folder)["dossiers/kapot.html"]


def test_a_file_about_a_partner_with_problems_is_told_and_counts_as_none(folder):
    (folder / "koppeling.toml").write_text('[review]\nfolder = "registrations"\n', encoding="utf-8")
    file = folder / "registrations" / "12345.partner.yaml"
    file.write_text('schema: koppeling/partner@1\nsubscription: "12345"\n', encoding="utf-8")
    done = published(folder)

    assert exit_code(done) is ExitCode.CONFIGURATION
    assert any("12345.partner.yaml" in each and "`name`" in each for each in done.problems)
    page = text_of(site(folder)["partners/12345.html"])
    assert "AFAS heeft van deze partner niets vastgelegd" in page


def test_files_with_the_same_name_get_pages_of_their_own(folder):
    for name in ("een", "twee"):
        path = folder / "registrations" / name / "kapot.yaml"
        path.parent.mkdir()
        path.write_text("registration: 7\n", encoding="utf-8")
    published(folder)

    assert {"dossiers/kapot.html", "dossiers/kapot-2.html"} <= set(site(folder))


def test_a_name_that_is_no_file_name_everywhere_is_made_safe(folder):
    path = folder / "registrations" / "zo & <zo>..yaml"
    path.write_text("registration: 7\n", encoding="utf-8")
    published(folder)

    assert "dossiers/zo-zo.html" in set(site(folder))


def test_no_output_ever_holds_more_than_the_colour(folder):
    registration = folder / "registrations" / "a.yaml"
    with_report = REGISTRATION.replace(
        "assessments:", f"report: '{FULL_REPORT}'\nassessments:"
    ).replace("colour: groen", f"colour: groen, findings: '{FULL_REPORT}'")
    assert with_report.count(FULL_REPORT) == 2
    (folder / "registrations" / "b.yaml").write_text(with_report, encoding="utf-8")
    (folder / "registrations" / "rapport.txt").write_text(FULL_REPORT, encoding="utf-8")
    registration.write_text(f"# {FULL_REPORT}\n{REGISTRATION}", encoding="utf-8")
    written = published(folder)

    assert exit_code(written) is ExitCode.CONFIGURATION
    assert [name for name, content in site(folder).items() if "SQL-injectie" in content] == []
    assert not any("SQL-injectie" in problem for problem in written.problems)


def test_the_pages_open_in_the_language_that_was_asked_for(folder):
    published(folder, language=Language.EN)

    assert '<html lang="en"' in site(folder)["index.html"]


def test_nothing_to_judge_is_an_error_and_writes_nothing(tmp_path):
    (tmp_path / "registrations").mkdir()

    with pytest.raises(NothingToRunError):
        published(tmp_path)
    assert not (tmp_path / "site").exists()


def test_a_folder_that_cannot_be_written_is_told(folder):
    (folder / "site").write_text("a file", encoding="utf-8")

    with pytest.raises(ConfigurationError, match="cannot be written"):
        published(folder)


def test_a_token_in_a_registration_is_written_nowhere_and_told(tmp_path):
    data = "949C1A9CFFEF4D73A2D2BEFA1E1F6B5C0011223344556677889900AABBCCDDEE"
    folder = tmp_path / "registrations"
    folder.mkdir()
    leaky = REGISTRATION.replace(
        "nl: ", f"nl: <token><version>1</version><data>{data}</data></token> ", 1
    )
    (folder / "leaky.yaml").write_text(leaky, encoding="utf-8")
    done = published(tmp_path)

    assert exit_code(done) is ExitCode.SECRET_FOUND
    assert not any(data in content for content in site(tmp_path).values())
    assert "index.html" in site(tmp_path)
    (told,) = [each for each in done.problems if "token" in each]
    assert "leaky.yaml" in told
    assert data not in told
