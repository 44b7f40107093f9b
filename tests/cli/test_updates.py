"""`koppeling updates` and `koppeling can-release` from outside."""

import json
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from koppeling_harness.model.verdict import Cause, Outcome
from support import cli
from support.plugins import a_plugin
from support.records import (
    LIST,
    STARTED_AT,
    a_failure,
    a_finding,
    a_result,
    a_run,
    an_integration,
    run_id_of,
    stored,
)
from support.updates import a_field

TABLE = """\
| Description | Connector | Operation |
| --- | --- | --- |
| removed the request property 'PtRealization/Element/Fields/Qu' | PtRealization | [POST](x#post) |
| removed the request property 'PtRealization/Element/Fields/Other' | PtRealization | POST |
| nobody knows | PtRealization | POST |
"""


def a_snapshot(path, length, version):
    fields = [{**a_field("Name", length=length)}]
    raw = {"version": version, "get": {"Profit_Employees_basic": {"fields": fields}}, "update": {}}
    path.write_text(json.dumps(raw))
    return path


@pytest.fixture
def koppeling(tmp_path):
    """Run a command line in the test's folder."""
    return partial(cli.koppeling, cwd=tmp_path)


@pytest.fixture
def project(tmp_path):
    """A project with one integration, two snapshots and a change table."""
    a_plugin(tmp_path / "plugins" / "voorbeeld")
    a_snapshot(tmp_path / "7.json", 40, "7.7.10")
    a_snapshot(tmp_path / "8.json", 80, "8.0.12")
    (tmp_path / "news.md").write_text(TABLE)
    return tmp_path


def test_two_snapshots_are_compared_as_text_and_as_json(koppeling, project):
    text = koppeling("updates", "diff", "7.json", "8.json")
    data = koppeling("updates", "diff", "7.json", "8.json", "--json").json()

    assert text.code == 0, text.all
    assert "possibly breaking: Name longer 40 -> 80" in text.out
    assert (data["schema"], data["from"]["version"], data["to"]["version"]) == (
        "koppeling/changes@1",
        "7.7.10",
        "8.0.12",
    )
    (change,) = data["changes"]
    assert (change["connector"], change["path"], change["breaking"]) == (
        "Profit_Employees_basic",
        "Name",
        "possibly_breaking",
    )


def test_openapi_files_are_compared_one_by_one_or_a_folder_of_them(koppeling, project):
    for folder, paths in (("old", {}), ("new", {"/connectors/KnX": {"post": {}}})):
        (project / folder).mkdir()
        document = {"openapi": "3", "info": {}, "paths": paths, "components": {}}
        (project / folder / "api.json").write_text(json.dumps(document))

    for names in (("old", "new"), ("old/api.json", "new/api.json")):
        assert "compatible: connector added" in koppeling("updates", "diff", *names).out


def test_changes_are_written_as_a_page_and_as_sarif(koppeling, project):
    for form, begins in (("html", "<!DOCTYPE html>"), ("sarif", '{\n "$schema"')):
        out = f"changes.{form}"
        arguments = ("updates", "diff", "7.json", "8.json", "--format", form, "--out", out)
        ran = koppeling(*arguments)

        assert (ran.code, ran.out) == (0, f"wrote {out}\n")
        assert (project / out).read_text(encoding="utf-8").startswith(begins)


def test_a_change_table_is_imported_with_what_was_not_understood(koppeling, project):
    ran = koppeling("updates", "import-changes", "news.md", "--lang", "nl")

    assert ran.code == 11
    assert ran.out.startswith("3 rijen: 2 begrepen als 2 wijzigingen, 1 niet begrepen.")
    assert "niet begrepen: news.md:5: | nobody knows |" in ran.out


def test_impact_lists_what_touches_each_integration(koppeling, project):
    table = koppeling("updates", "impact", "--changes", "news.md", "--json").json()
    snapshots = koppeling("updates", "impact", "7.json", "8.json", "--json").json()

    assert table == [
        {
            "integration": "voorbeeld",
            "class": "required",
            "changes": [
                {
                    "connector": "PtRealization",
                    "path": "Qu",
                    "kind": "field_removed",
                    "breaking": "breaking",
                    "declared": True,
                    "observed": False,
                    "before": "",
                    "after": "",
                },
                {
                    "connector": "PtRealization",
                    "path": "",
                    "kind": "not_understood",
                    "breaking": "possibly_breaking",
                    "declared": True,
                    "observed": False,
                    "before": "",
                    "after": "nobody knows",
                },
            ],
            "recorded": False,
            "partner": "Voorbeeld BV",
            "contact": "",
        }
    ]
    assert [(each["class"], len(each["changes"])) for each in snapshots] == [("advised", 1)]


def test_a_table_of_which_a_row_is_not_understood_is_never_nothing_to_do(koppeling, project):
    (project / "odd.tsv").write_text(
        "section\tdescription\tconnector\toperations\n"
        "breaking\tthe meaning of PtRealization/Qu turned into minutes\tPtRealization\tPOST\n"
    )
    read = koppeling("updates", "import-changes", "odd.tsv")
    ran = koppeling("updates", "impact", "--changes", "odd.tsv")
    turned = koppeling("updates", "impact", "--changes", "odd.tsv", "--by", "change", "--json")

    assert (read.code, ran.code, turned.code) == (11, 11, 11)
    assert "No differences" not in read.out
    assert "voorbeeld: re-run advised (no recorded run)\n  possibly breaking: PtRealizat" in ran.out
    assert "1 of 1 rows were not understood: odd.tsv:2" in ran.err
    assert [each["integrations"][0]["partner"] for each in turned.json()] == ["Voorbeeld BV"]


def test_imported_changes_can_be_kept_and_shown_with_their_impact_on_a_page(koppeling, project):
    kept = ("updates", "import-changes", "news.md", "--json", "--out", "changes.json")
    assert koppeling(*kept).code == 11
    ran = koppeling("updates", "impact", "--changes", "changes.json", "--html", "page.html")

    assert "voorbeeld: re-run required (no recorded run)" in ran.out
    assert "breaking: PtRealization.Qu field removed (declared)" in ran.out
    assert "opnieuw draaien verplicht" in (project / "page.html").read_text(encoding="utf-8")


def test_what_a_recorded_run_showed_is_told(koppeling, project):
    body = json.dumps({"PtRealization": {"Element": {"Fields": {"Other": "1"}}}})
    entry = {
        "startedDateTime": "2026-11-20T08:00:00+00:00",
        "time": 1.0,
        "request": {
            "method": "POST",
            "url": "http://127.0.0.1/T1/ProfitRestServices/connectors/PtRealization",
            "headers": [],
            "bodySize": len(body),
            "postData": {"mimeType": "application/json", "text": body},
        },
        "response": {"status": 201, "headers": [], "content": {}, "bodySize": 0},
        "connection": "1",
        "_number": 1,
        "_sender": "integration",
        "_turn": 1,
        "_fault": None,
    }
    log = {"entries": [entry], "_faultsFired": [], "_redacted": {}}
    folder = project / "reports" / "20261120T080000Z-aa" / "traffic" / "voorbeeld"
    folder.mkdir(parents=True)
    (folder / "push.har").write_text(json.dumps({"log": log}))
    (folder / "torn.har").write_text("{")
    ran = koppeling("updates", "impact", "--changes", "news.md", "--json")
    (found,) = ran.json()

    assert found["recorded"]
    assert {each["path"]: (each["declared"], each["observed"]) for each in found["changes"]} == {
        "Qu": (True, False),
        "Other": (False, True),
        "": (True, True),
    }
    assert "torn.har" in ran.err


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("diff", "7.json", "absent.json"), 10, "absent.json: cannot be read"),
        (("diff", "7.json", "news.md"), 10, "expected JSON"),
        (("diff", "list.json", "7.json"), 10, "found no JSON object"),
        (("diff", "7.json", "plugins"), 10, "found no .json file"),
        (("diff", "7.json"), 4, "Missing argument 'NEW'"),
        (("import-changes", "7.json"), 10, "7.json"),
        (("impact", "7.json"), 4, "expected OLD and NEW"),
        (("impact", "7.json", "8.json", "--plugin", "reports"), 5, "found no integration"),
        (("check",), 10, "no environment is configured"),
        (("check", "--env", "demo"), 10, "no environment 'demo'"),
    ],
)
def test_what_cannot_be_done_is_told_with_its_exit_code(koppeling, project, arguments, code, says):
    (project / "reports").mkdir()
    (project / "list.json").write_text("[]")
    ran = koppeling("updates", *arguments)

    assert (ran.code, says in ran.err, "Traceback" in ran.err) == (code, True, False), ran.all


def a_verdict(tmp_path, number, *results, label="Profit 8", version="8.0.12"):
    """Store a whole and sound record on a list that the settings let count; return its id."""
    (tmp_path / "koppeling.toml").write_text(f'[review]\nlists = {{tests = "{LIST}"}}\n')
    began = STARTED_AT + timedelta(number)
    run = a_run(
        an_integration(*results, version="2.4.0"),
        run_id=run_id_of(number),
        started_at=began,
        finished_at=began + timedelta(seconds=4.5),
    )
    run = replace(run, erp=replace(run.erp, label=label, version=version))
    stored(tmp_path / "reports", run)
    return run.run_id


UNREACHABLE = a_failure(
    outcome=Outcome.INCONCLUSIVE,
    cause=Cause.ENVIRONMENT,
    findings=(a_finding("ERP-UNAVAILABLE", text=None, advice=None, differences=()),),
)


@pytest.mark.parametrize(
    ("result", "code", "answer"),
    [
        (a_result("hours.push"), 0, "yes"),
        (a_failure(), 1, "no"),
        (UNREACHABLE, 11, "unknown"),
    ],
)
def test_can_release_answers_with_the_rows_it_used(koppeling, tmp_path, result, code, answer):
    run_id = a_verdict(tmp_path, 0, a_result(), result)
    a_verdict(tmp_path, 1, a_result(), label="Profit 9", version="9.0.2")
    ask = ("can-release", "urenportaal", "2.4.0", "--to", "Profit 8")
    data = koppeling(*ask, "--json")
    text = koppeling(*ask)

    assert (data.code, text.code, data.json()["answer"]) == (code, code, answer), text.all
    assert [each["run_id"] for each in data.json()["rows"]] == [run_id]
    assert text.out.startswith(f"urenportaal 2.4.0 -> Profit 8: {answer}\n")


def test_can_release_does_not_know_what_was_never_run(koppeling, tmp_path):
    a_verdict(tmp_path, 0, a_result())
    for version, release in (("9.9", "Profit 8"), ("2.4.0", "Profit 9")):
        ran = koppeling("can-release", "urenportaal", version, "--to", release)

        assert ran.code == 11
        assert f"No verdict of urenportaal {version} on {release} is stored" in ran.out
