"""`koppeling report` from outside."""

import pytest

from support.cli import koppeling
from support.registrations import REGISTRATION


@pytest.fixture
def project(tmp_path):
    (tmp_path / "registration.yaml").write_text(REGISTRATION, encoding="utf-8")
    return tmp_path


def test_the_report_is_written_and_its_place_is_told(project):
    ran = koppeling("report", "registration.yaml", "--as-of", "2026-11-23", cwd=project)

    assert ran.code == 0, ran.all
    assert ran.out.strip().endswith("index.html")
    page = (project / "reports" / "site" / "index.html").read_text(encoding="utf-8")
    assert '<html lang="nl"' in page


def test_json_is_all_that_stands_on_standard_output(project):
    ran = koppeling("report", "registration.yaml", "--json", "--lang", "en", cwd=project)

    assert ran.json()[0]["registration"] == "voorbeeld"


def test_a_registration_with_problems_is_told_and_the_pages_are_written(project):
    (project / "registration.yaml").write_text("registration: 7\n", encoding="utf-8")
    ran = koppeling("report", "registration.yaml", "--out", "site", cwd=project)

    assert ran.code == 10
    assert "registration.yaml" in ran.err
    assert "Traceback" not in ran.all
    assert (project / "site" / "index.html").exists()


def test_no_registration_at_all_is_told(tmp_path):
    ran = koppeling("report", cwd=tmp_path)

    assert ran.code != 0
    assert "Traceback" not in ran.all
