import dataclasses
import json

import pytest

from koppeling_harness.document import dump_json
from koppeling_harness.errors import ExitCode, SecretFoundError
from koppeling_harness.model.result_id import page_name
from koppeling_harness.model.secret import Secret
from koppeling_harness.model.shape import Text
from koppeling_harness.report.ctrf import render_ctrf
from koppeling_harness.report.junit import render_junit
from koppeling_harness.report.run_page import render_run_page
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.workflow.run.report_files import ReportFiles
from koppeling_harness.workflow.run.write_run import (
    Told,
    write_latest,
    write_record,
    write_report,
)
from support.failing import broken
from support.pages import render_run_index
from support.records import every_outcome

TOKEN = Secret("<token><version>1</version><data>0123456789ABCDEF0123456789ABCDEF</data></token>")


def many(record, count):
    """Return a record with so many results that its files are written in several pieces."""
    first, *others = record.integrations
    results = tuple(
        dataclasses.replace(first.results[at % len(first.results)], scenario=f"many.n{at}")
        for at in range(count)
    )
    return dataclasses.replace(
        record, integrations=(dataclasses.replace(first, results=results), *others)
    )


def test_what_is_written_in_pieces_is_what_is_rendered_as_a_whole(tmp_path):
    record = many(every_outcome(), 300)
    files = ReportFiles(Redactor(b"key"))
    folder = tmp_path / record.run_id

    assert write_record(record, tmp_path, files=files)
    assert files.unwritten == []
    assert (folder / "run.json").read_text(encoding="utf-8") == dump_json(record, indent=1)
    assert (folder / "ctrf.json").read_bytes() == render_ctrf(record)
    assert (folder / "junit.xml").read_bytes() == render_junit(record)


def test_there_is_one_file_of_junit(tmp_path):
    record = every_outcome()
    write_record(record, tmp_path, files=ReportFiles(Redactor(b"key")))

    assert [each.name for each in tmp_path.glob("**/*.xml")] == ["junit.xml"]


def test_a_secret_in_the_last_piece_keeps_all_files_from_being_written(tmp_path):
    redactor = Redactor(b"key")
    redactor.add_secret(TOKEN)
    record = many(every_outcome(), 300)
    last = record.integrations[-1]
    told = dataclasses.replace(
        record, integrations=(*record.integrations, dataclasses.replace(last, id=TOKEN.reveal()))
    )

    with pytest.raises(SecretFoundError, match=r"run\.json: found token") as error:
        write_record(told, tmp_path, files=ReportFiles(redactor))

    assert "0123456789ABCDEF" not in error.value.message
    assert not [each for each in tmp_path.rglob("*") if each.is_file()]


def test_a_secret_in_a_page_costs_that_integration_its_texts_and_is_told(tmp_path):
    redactor = Redactor(b"key")
    redactor.add_secret(TOKEN)
    title = Text(nl=TOKEN.reveal(), en="x")
    first, *others = every_outcome().integrations
    told = dataclasses.replace(
        every_outcome(), integrations=(dataclasses.replace(first, title=title), *others)
    )
    files = ReportFiles(redactor)
    write_report([told], tmp_path, files=files, told=Told())
    folder = tmp_path / told.run_id

    assert {each.code for each in files.unwritten} == {ExitCode.SECRET_FOUND}
    assert all("0123456789ABCDEF" not in each.message for each in files.unwritten)
    assert f"integration-{first.id}.html: without the texts of" in files.unwritten[0].message
    for each in (first, *others):
        page = (folder / f"integration-{each.id}.html").read_text("utf-8")
        assert "0123456789ABCDEF" not in page
        assert each.id in page
    assert (folder / "summary.md").is_file()


def test_a_file_that_cannot_be_written_costs_no_other(tmp_path):
    record = every_outcome()
    folder = tmp_path / record.run_id
    (folder / "ctrf.json").mkdir(parents=True)
    (folder / "index.html").mkdir()
    files = ReportFiles(Redactor(b"key"))

    assert write_record(record, tmp_path, files=files)
    write_report([record], tmp_path, files=files, told=Told())
    write_latest([record], tmp_path, files=files)

    assert [each.code for each in files.unwritten] == [ExitCode.CONFIGURATION] * 2
    assert [name for name in ("ctrf.json", "index.html") if name in str(files.unwritten)] == [
        "ctrf.json",
        "index.html",
    ]
    there = {each.name for each in tmp_path.rglob("*") if each.is_file()}
    assert {"run.json", "junit.xml", "summary.md", "latest.json"} <= there


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("report.junit", "junit.xml"),
        ("report.ctrf", "ctrf.json"),
        ("report.run_index", "index.html"),
        ("report.run_markdown", "summary.md"),
    ],
)
def test_a_report_that_breaks_costs_no_other_and_says_nothing_of_what_it_held(tmp_path, part, name):
    record = every_outcome()
    files = ReportFiles(Redactor(b"key"))
    with broken(part):
        write_record(record, tmp_path, files=files)
        write_report([record], tmp_path, files=files, told=Told())

    [told] = files.unwritten
    assert told.code is ExitCode.HARNESS_ERROR
    assert f"{name}: not written: the harness failed, with ZeroDivisionError in" in told.message
    assert "division" not in told.message


def test_the_page_in_pieces_is_the_page(tmp_path):
    whole = many(every_outcome(), 300)
    record = dataclasses.replace(whole, integrations=whole.integrations[:1])

    page = write_report([record], tmp_path, files=ReportFiles(Redactor(b"key")), told=Told())

    assert page.read_text(encoding="utf-8") == render_run_page(record)


def test_of_several_integrations_each_has_a_page_and_one_leads_there(tmp_path):
    record = every_outcome()
    page = write_report([record], tmp_path, files=ReportFiles(Redactor(b"key")), told=Told())
    text = page.read_text(encoding="utf-8")

    assert text == render_run_index(record)
    for each in record.integrations:
        name = f"integration-{each.id}.html"
        assert (page.parent / name).is_file()
        assert f'href="{name}"' in text


@pytest.mark.parametrize("name", ["con", "aux.x", "x" * 300])
def test_the_page_of_an_integration_has_a_name_that_every_file_system_takes(name):
    made = page_name(name)

    assert made.startswith("integration-")
    assert len(made) < 130


def test_the_last_run_is_the_one_on_the_current_release(tmp_path):
    record = every_outcome()
    older = dataclasses.replace(
        record, run_id="20261123T083015Z-000000", erp=dataclasses.replace(record.erp, label="P 7")
    )
    write_latest([older, record], tmp_path, files=ReportFiles(Redactor(b"key")))
    latest = json.loads((tmp_path / "latest.json").read_text(encoding="utf-8"))

    page = f"{record.run_id}/index.html"
    assert (latest["run_id"], latest["report"]) == (record.run_id, page)
    assert latest["runs"] == [
        {
            "release": each.erp.label,
            "run_id": each.run_id,
            "run": f"{each.run_id}/run.json",
            "report": page,
        }
        for each in (older, record)
    ]
