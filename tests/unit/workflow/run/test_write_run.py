import dataclasses

import pytest

from koppeling_harness.document import dump_json
from koppeling_harness.errors import SecretFoundError
from koppeling_harness.model.secret import Secret
from koppeling_harness.report.ctrf import render_ctrf
from koppeling_harness.report.junit import JunitDialect, render_junit
from koppeling_harness.report.run_page import render_run_page
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.workflow.run.write_run import write_record, write_report
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

    folder = write_record(record, tmp_path, redactor=Redactor(b"key"))

    assert (folder / "run.json").read_text(encoding="utf-8") == dump_json(record, indent=1)
    assert (folder / "ctrf.json").read_bytes() == render_ctrf(record)
    for name, dialect in (("junit", JunitDialect.STRICT), ("junit-pytest", JunitDialect.PYTEST)):
        assert (folder / f"{name}.xml").read_bytes() == render_junit(record, dialect)


def test_a_secret_in_the_last_piece_keeps_all_files_from_being_written(tmp_path):
    redactor = Redactor(b"key")
    redactor.add_secret(TOKEN)
    record = many(every_outcome(), 300)
    last = record.integrations[-1]
    told = dataclasses.replace(
        record, integrations=(*record.integrations, dataclasses.replace(last, id=TOKEN.reveal()))
    )

    with pytest.raises(SecretFoundError, match=r"run\.json: found token") as error:
        write_record(told, tmp_path, redactor=redactor)

    assert "junit.xml: found token" in error.value.message
    assert "0123456789ABCDEF" not in error.value.message
    assert not [each for each in tmp_path.rglob("*") if each.is_file()]


def test_a_secret_in_the_page_keeps_the_run_from_being_the_latest(tmp_path):
    redactor = Redactor(b"key")
    redactor.add_secret(TOKEN)
    record = every_outcome()
    told = dataclasses.replace(
        record, erp=dataclasses.replace(record.erp, label=f"Profit {TOKEN.reveal()}")
    )

    with pytest.raises(SecretFoundError, match=r"index\.html: found token"):
        write_report([told], tmp_path, redactor=redactor, dossiers=())

    assert not [each for each in tmp_path.rglob("*") if each.is_file()]


def test_the_page_in_pieces_is_the_page(tmp_path):
    record = many(every_outcome(), 300)

    write_report([record], tmp_path, redactor=Redactor(b"key"), dossiers=())

    page = (tmp_path / record.run_id / "index.html").read_text(encoding="utf-8")
    assert page == render_run_page(record)
    assert (tmp_path / "latest.json").is_file()
