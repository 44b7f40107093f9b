import dataclasses
import re

import pytest

from koppeling_harness.document import dump_json
from koppeling_harness.model.run import ExchangeRecord
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.report import result_forms
from koppeling_harness.report.ctrf import ctrf_test
from koppeling_harness.report.junit import JunitDialect, junit_case
from koppeling_harness.report.result_forms import ResultForms, record_pieces
from koppeling_harness.report.run_page import passed_row, render_run_page, run_page_pieces
from support.records import a_result, a_run, an_integration, every_outcome

FILES = ("run.json", "ctrf.json", "junit.xml", "index.html")


def made_of(record):
    forms = ResultForms()
    for each in record.integrations:
        for result in each.results:
            forms.make(each.id, "Profit 8", result)
    return forms


@pytest.mark.parametrize("make", [True, False])
def test_each_file_gets_its_own_form_whether_it_was_made_before_or_not(make):
    forms, result = ResultForms(), a_result("first.passed")
    if make:
        forms.make("acme", "Profit 8", result)

    assert forms.of("run.json")("acme", "Profit 8", result) == dump_json(result)
    assert forms.of("ctrf.json")("acme", "Profit 8", result) == ctrf_test(
        "acme", "Profit 8", result
    )
    assert forms.of("junit.xml")("acme", "Profit 8", result) == junit_case(
        "acme", "Profit 8", result, dialect=JunitDialect.STRICT
    )
    assert forms.of("index.html")("acme", "Profit 8", result) == passed_row(
        "acme", "Profit 8", result
    )
    assert all("first.passed" in forms.of(name)("acme", "Profit 8", result) for name in FILES)


@pytest.mark.parametrize("name", FILES)
def test_what_was_made_is_not_made_again(name):
    forms, result = ResultForms(), a_result()
    forms.make("acme", "Profit 8", result)

    assert forms.of(name)("acme", "Profit 8", result) is forms.of(name)("acme", "Profit 8", result)


@pytest.mark.parametrize("name", ["run.json", "ctrf.json", "junit.xml"])
def test_a_result_that_was_changed_afterwards_is_shown_as_it_is_now(name):
    forms, result = ResultForms(), a_result(outcome=Outcome.FAILED)
    forms.make("acme", "Profit 8", result)

    waived = dataclasses.replace(result, waiver="W-2026-11")

    assert "W-2026-11" in forms.of(name)("acme", "Profit 8", waived)
    assert "W-2026-11" not in forms.of(name)("acme", "Profit 8", result)


def test_no_more_are_held_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(result_forms, "_ROOM", 1)
    forms, first, second = ResultForms(), a_result("first.passed"), a_result("second.passed")
    forms.make("acme", "Profit 8", first)
    forms.make("acme", "Profit 8", second)
    line_of = forms.of("run.json")

    assert line_of("acme", "Profit 8", first) is line_of("acme", "Profit 8", first)
    assert line_of("acme", "Profit 8", second) is not line_of("acme", "Profit 8", second)
    assert line_of("acme", "Profit 8", second) == dump_json(second)


def test_the_record_made_of_lines_is_the_record():
    record = every_outcome()

    pieces = record_pieces(record, made_of(record).of("run.json"))

    assert "".join(pieces) == dump_json(record, indent=1)


EXCHANGE = ExchangeRecord(number=1, method="GET", path="/version", status=200, duration_s=0.01)


@pytest.mark.parametrize("exchanges", [(), (EXCHANGE,)], ids=["silent", "spoke"])
@pytest.mark.parametrize("kept", [(), ("traffic/acme/first.passed.har",)], ids=["none", "kept"])
@pytest.mark.parametrize("make", [True, False])
def test_a_row_links_what_went_over_the_wire_where_it_is_kept(exchanges, kept, make):
    record = a_run(an_integration(a_result("first.passed", exchanges=exchanges), id="acme"))
    row_of = (made_of(record) if make else ResultForms()).of("index.html")

    page = "".join(run_page_pieces([record], recordings={record.run_id: kept}, row_of=row_of))

    assert re.findall('href="([^"]+)" download', page) == list(kept)
    assert page == render_run_page(record, recordings=kept)
