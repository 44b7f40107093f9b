import csv
import io

from koppeling_harness.model.registration import Agreement
from koppeling_harness.report.status_csv import COLUMNS, render_status_csv
from koppeling_harness.rules.policy import SLA
from koppeling_harness.rules.status import refused
from koppeling_harness.rules.words import said
from support.registrations import a_dossier, a_registration, an_assessment, day


def rows(*dossiers):
    return list(csv.DictReader(io.StringIO(render_status_csv(dossiers), newline="")))


def test_a_line_holds_the_status_in_the_words_of_the_json():
    [row] = rows(a_dossier(a_registration(an_assessment("rood", "2026-08-31"))))

    assert row["status"] == "action_required"
    assert (row["colour"], row["valid_until"]) == ("rood", "2027-02-28")
    assert (row["current_release"], row["current_outcome"]) == ("Profit 8", "passed")
    assert (row["accept_release"], row["contract_end"]) == ("", "")
    assert (row["next_due"], row["next_action"]) == ("2027-02-28", "rescan")


def test_what_has_no_date_is_the_next_action_and_due_on_the_day_itself():
    evidence = an_assessment(None, "2026-10-01", name="P1", kind="pentest")
    agreement = Agreement(started=day("2020-01-01"), annual_review=day("2026-06-29"))

    [row] = rows(a_dossier(a_registration(evidence, agreement=agreement)))

    assert (row["next_due"], row["next_action"]) == ("2026-11-23", "evidence:P1")


def test_every_line_has_every_column_also_without_a_registration():
    status = refused(
        "kapot", as_of=day("2026-11-23"), policy=SLA, problems=[said('fout, "nl"\n', "wrong")]
    )

    [row] = rows(a_dossier(None, status=status))

    assert tuple(row) == COLUMNS
    assert (row["registration"], row["partner"], row["status"]) == ("kapot", "", "input_error")


def test_a_name_that_a_spreadsheet_would_calculate_is_made_harmless():
    registration = a_registration(an_assessment(), title=said("=HYPERLINK(1)", "@SUM(1)"))

    [row] = rows(a_dossier(registration))

    assert (row["title_nl"], row["title_en"]) == ("'=HYPERLINK(1)", "'@SUM(1)")


def test_lines_end_as_rfc_4180_asks():
    assert render_status_csv([]).endswith(
        "accept_evidence,next_who,next_what_nl,next_what_en,assignee\r\n"
    )
