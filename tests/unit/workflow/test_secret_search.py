"""What is found costs who brought it, and nobody else."""

from dataclasses import replace

from koppeling_harness.document import dump_json
from koppeling_harness.errors import ExitCode
from koppeling_harness.model.secret import Secret
from koppeling_harness.report.run_text import run_lines
from koppeling_harness.rules.run_groups import summarised
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.workflow.run.conclude import write_searched
from koppeling_harness.workflow.run.report_files import ReportFiles
from koppeling_harness.workflow.run.verdicts import run_exit_code
from koppeling_harness.workflow.secret_search import cleaned_run, without_secrets
from support.records import a_failure, a_finding, a_result, a_run, an_integration

DATA = "949C1A9CFFEF4D73A2D2BEFA1E1F6B5C0011223344556677889900AABBCCDDEE"
TOKEN = Secret(f"<token><version>1</version><data>{DATA}</data></token>")


def a_redactor() -> Redactor:
    made = Redactor(b"key")
    made.add_secret(TOKEN)
    return made


def leaking():
    said = a_finding(message=f"refused {DATA}", text=None)
    return a_run(
        an_integration(a_failure(findings=(said,)), id="leaky"),
        an_integration(a_result(), id="sound"),
    )


def test_a_secret_of_one_integration_leaves_the_others_the_very_same():
    record = leaking()
    clean = cleaned_run(record, a_redactor())

    assert DATA not in dump_json(clean)
    assert clean.integrations[1] is record.integrations[1]
    leaky = clean.integrations[0]
    assert [each.outcome for each in leaky.results] == [
        each.outcome for each in record.integrations[0].results
    ]
    (found,) = leaky.secrets_found
    assert (found.place, found.kind) == ("results.0.findings.0.message", "token")


def test_the_record_is_written_without_it_and_says_so(tmp_path):
    record, is_there = write_searched(leaking(), tmp_path, files=ReportFiles(a_redactor()))
    files = [path for path in (tmp_path / record.run_id).rglob("*") if path.is_file()]
    lines = "\n".join(run_lines(summarised([record])))

    assert is_there
    assert len(files) == 3
    assert not any(DATA in path.read_text("utf-8") for path in files)
    assert run_exit_code(record) is ExitCode.SECRET_FOUND
    assert "SECRET-FOUND: token in results.0.findings.0.message" in lines
    assert lines.count("SECRET-FOUND") == 1


def test_what_is_split_over_two_texts_is_removed():
    said = a_finding(message=DATA[:31].lower(), hint="x", text=None, advice=None)
    other = replace(said, message=f"{DATA[6:]}")
    clean, places = without_secrets(
        (an_integration(a_failure(findings=(said, other))),), a_redactor()
    )

    assert places
    assert a_redactor().find_secrets(dump_json(clean[0]).encode()) == ()


def test_a_record_with_nothing_secret_in_it_is_the_very_same(tmp_path):
    record = a_run(an_integration(a_result()))

    assert write_searched(record, tmp_path, files=ReportFiles(a_redactor()))[0] is record
