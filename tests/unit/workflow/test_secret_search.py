"""What is found costs who brought it, and nobody else."""

from dataclasses import replace

import pytest

from koppeling_harness.document import dump_json
from koppeling_harness.errors import ExitCode
from koppeling_harness.model.secret import Secret
from koppeling_harness.report.junit import render_junit
from koppeling_harness.report.run_text import run_lines
from koppeling_harness.rules.run_groups import summarised
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.workflow.run.conclude import write_searched
from koppeling_harness.workflow.run.report_files import ReportFiles
from koppeling_harness.workflow.run.verdicts import run_exit_code
from koppeling_harness.workflow.run.write_run import Told, write_report
from koppeling_harness.workflow.secret_search import (
    SecretSearch,
    cleaned_run,
    without_secrets,
)
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


def over_two_members(**more):
    """A record whose integration says something secret only with two texts side by side."""
    said = a_finding(message=DATA[:20], hint="x", text=None, advice=None)
    more_said = replace(said, message=f"{DATA[20:40]}", hint=DATA[40:])
    return a_run(
        an_integration(a_result(), id="sound"),
        an_integration(a_failure(findings=(said, more_said)), id="leaky", **more),
        an_integration(a_failure(), id="other"),
    )


class FindsInFiles(Redactor):
    """Finds what stands in a file as it is written, and in none of its texts alone."""

    def __init__(self, where: str) -> None:
        super().__init__(b"key")
        self.where = where

    def find_secrets(self, data: bytes) -> tuple[str, ...]:
        return ("token",) if self.where in data.decode() else super().find_secrets(data)


@pytest.mark.parametrize(
    ("where", "name"),
    [('"message": "949C', "run.json"), ("949C1A9CFFEF4D73A2D2</failure>", "junit.xml")],
)
def test_what_only_a_file_shows_costs_its_integration_the_texts_and_the_recordings(
    tmp_path, where, name
):
    record = over_two_members()
    made = render_junit(record).decode() if name == "junit.xml" else dump_json(record, indent=1)
    where = made[made.index(DATA[:20]) - 9 :][:36] if name == "junit.xml" else where
    folder = tmp_path / record.run_id
    for each in ("sound", "leaky"):
        (folder / "traffic" / each).mkdir(parents=True)
        (folder / "traffic" / each / "x.har").write_text("{}")

    kept, is_there = write_searched(record, tmp_path, files=ReportFiles(FindsInFiles(where)))

    assert is_there
    assert {each.name for each in folder.glob("*.*")} == {"run.json", "ctrf.json", "junit.xml"}
    assert kept.integrations[0] is record.integrations[0]
    assert kept.integrations[2] is record.integrations[2]
    assert [each.secrets_found != () for each in kept.integrations] == [False, True, False]
    assert kept.integrations[1].results[0].scenario == record.integrations[1].results[0].scenario
    assert kept.integrations[1].results[0].outcome is record.integrations[1].results[0].outcome
    assert DATA[:20] not in "".join(each.read_text("utf-8") for each in folder.glob("*.*"))
    assert [each.name for each in (folder / "traffic").iterdir()] == ["sound"]
    assert run_exit_code(kept) is ExitCode.SECRET_FOUND


@pytest.mark.parametrize("name", ["index.html", "summary.md", "integration-leaky.html"])
def test_a_file_about_all_is_written_without_the_texts_of_one(tmp_path, name):
    record = over_two_members()
    files = ReportFiles(FindsInFiles(DATA[:20]))
    write_report([record], tmp_path, files=files, told=Told())
    text = (tmp_path / record.run_id / name).read_text("utf-8")

    assert "leaky" in text
    assert ("sound" in text) == (name != "integration-leaky.html")
    assert DATA[:20] not in text
    told = [each for each in files.unwritten if name in each.message]
    assert [each.code for each in told] == [ExitCode.SECRET_FOUND]
    assert "without the texts of leaky" in told[0].message


def test_what_stands_over_the_border_of_two_costs_one_of_them(tmp_path):
    record = a_run(
        an_integration(a_failure(findings=(a_finding(hint=DATA[:20]),)), id="one"),
        an_integration(a_failure(findings=(a_finding(hint=DATA[20:]),)), id="two"),
    )

    class Both(Redactor):
        def find_secrets(self, data):
            text = data.decode()
            return ("token",) if DATA[:20] in text and DATA[20:] in text else ()

    kept, is_there = write_searched(record, tmp_path, files=ReportFiles(Both(b"key")))

    assert is_there
    assert [each.secrets_found != () for each in kept.integrations].count(True) == 1


def test_a_piece_that_was_searched_before_is_searched_again_once_another_secret_is_known():
    redactor = a_redactor()
    other = "another secret, as long as those"
    piece = "woord " * 100 + other
    redactor.find_secrets_in(piece)

    assert b"".join(SecretSearch(redactor).through("a", ["[", piece, "]"])) == f"[{piece}]".encode()
    redactor.add_secret(Secret(other), kind="secret")
    assert b"".join(SecretSearch(redactor).through("a", ["[", piece, "]"])) == b""
