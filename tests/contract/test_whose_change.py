"""ERP1 moves from Profit 7 to 8 and 9 under the same integrations: whose change broke what.

Real runs of real processes. What changes in Profit is planted as a switch of the emulated release;
what changes in an integration as an edit of a copy of it.
"""

import json
import shutil
from pathlib import Path

import jsonschema
import pytest

from support.cli import koppeling
from support.planted import planted
from support.tiny import scenario, tiny_plugin

pytestmark = [pytest.mark.slow, pytest.mark.unmeasured]

# Reads projects; `RELIES` also needs a header that is planted away in the new release.
READS = """
import http.client, json
from urllib.parse import urlsplit
token = base64.b64encode(context.token.encode()).decode()
headers = {"Authorization": "AfasToken " + token, "IntegrationId": context.integration_id}
base = urlsplit(context.base_url)
connection = http.client.HTTPConnection(base.hostname, base.port, timeout=10)
path = base.path + "/connectors/Tiny_Projects?orderbyfieldids=ProjectId"
connection.request("GET", path, headers=headers)
answer = connection.getresponse()
rows = json.load(answer)["rows"]
connection.close()
"""
RELIES = READS + 'assert answer.headers["X-Trace-Identifier"], "no trace identifier"\n'
DONE = 'return OperationResult(output={"count": len(rows)})'
WRONG = 'return OperationResult(output={"count": 0})'

WAS_AND_IS = {
    "unchanged": (RELIES + DONE, RELIES + DONE),
    "renewed": (RELIES + DONE, RELIES + "renewed = True\n" + DONE),
    "spoiled": (READS + DONE, READS + WRONG),
    "twice": (RELIES + DONE, RELIES + WRONG),
}
"""Integration: what it did when it was certified, and what it does now."""

CHANGED = ("renewed", "spoiled", "twice")

SETTINGS = """
[releases]
previous = "Profit 7"
current = "Profit 8"
accept = "Profit 9"
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """Return a project in which every integration was certified on Profit 7, and then changed."""
    folder = tmp_path_factory.mktemp("update")
    (folder / "koppeling.toml").write_text(SETTINGS, encoding="utf-8")
    for name, (was, now) in WAS_AND_IS.items():
        tiny_plugin(folder / "certified" / name, body=was, name=name)
        present = tiny_plugin(folder / "plugins" / name, body=now, name=name)
        if was != now:
            manifest = present / "koppeling.yaml"
            text = manifest.read_text(encoding="utf-8").replace('"1.0.0"', '"1.1.0"')
            manifest.write_text(text, encoding="utf-8")
    given = "given: [{get: Tiny_Projects, take: 1}]\n"
    scenario(folder / "scenarios", expect="{output: {count: {$min: 1}}}", extra=given)
    first = koppeling("run", "--release", "Profit 7", "--plugin", "certified", cwd=folder)
    assert first.code == 0, first.all
    for name in ("again", "elsewhere"):
        shutil.copytree(folder / "reports", folder / name)
    _move_to_a_real_environment(folder / "elsewhere")
    return folder


def _move_to_a_real_environment(reports: Path) -> None:
    """Let the run be of a real environment, whose old release is nowhere to be had any more."""
    (file,) = reports.glob("*/run.json")
    record = json.loads(file.read_text(encoding="utf-8"))
    record["erp"] |= {"kind": "environment", "environment": "T12345AA", "version": "7.7.9"}
    file.write_text(json.dumps(record), encoding="utf-8")


@pytest.fixture(scope="module")
def rechecked(project) -> dict:
    """Return the recheck after the update, with the certified versions at hand."""
    changed = {
        "Profit 8": {"trace_identifier": "absent"},
        "Profit 9": {"classic_token": "refused"},
    }
    arguments = ("recheck", *CHANGED, "--json", "--certified", "certified")
    ran = planted(changed, *arguments, cwd=project)
    assert ran.code == 1, ran.all
    return ran.json()


def only(record: dict, release: str, integration: str) -> dict:
    """Return what a recheck says of the one scenario of an integration on a release."""
    (found,) = [each for each in record["releases"] if each["release"] == release]
    (each,) = [each for each in found["integrations"] if each["id"] == integration]
    (result,) = each["scenarios"]
    return result


def whose(record: dict, release: str, integration: str) -> str | None:
    result = only(record, release, integration)
    return result["attribution"] and result["attribution"]["whose"]


@pytest.mark.parametrize(
    ("integration", "answer"),
    [
        ("renewed", "profit"),
        ("spoiled", "integration"),
        ("twice", "both"),
    ],
)
def test_on_the_new_release_each_planted_change_is_told_as_what_it_is(
    rechecked, integration, answer
):
    assert whose(rechecked, "Profit 8", integration) == answer


@pytest.mark.parametrize(
    ("integration", "answer"), [("renewed", "profit"), ("spoiled", "both"), ("twice", "both")]
)
def test_a_release_that_takes_classic_tokens_no_more_is_a_change_of_profit(
    rechecked, integration, answer
):
    result = only(rechecked, "Profit 9", integration)

    assert (result["outcome"], result["cause"]) == ("failed", "integration")
    assert result["attribution"]["whose"] == answer


def test_on_the_old_release_only_what_changed_in_an_integration_is_newly_failing(rechecked):
    moved = {name: only(rechecked, "Profit 7", name)["movement"] for name in CHANGED}

    failing = {name for name, each in moved.items() if each == "newly_failing"}
    assert failing == {"spoiled", "twice"}
    assert whose(rechecked, "Profit 7", "spoiled") == "integration"


def test_every_cell_says_what_it_is_based_on(rechecked):
    table = only(rechecked, "Profit 8", "renewed")["table"]
    cells = {
        name: (table[name]["outcome"], table[name]["basis"])
        for name in ("certified_old", "certified_new", "present_old", "present_new")
    }

    assert cells == {
        "certified_old": ("passed", "live"),
        "certified_new": ("failed", "live"),
        "present_old": ("passed", "live"),
        "present_new": ("failed", "live"),
    }
    assert (table["certified_version"], table["present_version"]) == ("1.0.0", "1.1.0")
    assert (table["old_release"], table["new_release"]) == (
        "Profit 7 (7.7.10)",
        "Profit 8 (8.0.12)",
    )


def test_the_recheck_fits_its_schema(rechecked, project):
    schema = koppeling("schema", "recheck", cwd=project).json()

    jsonschema.validate(rechecked, schema, format_checker=jsonschema.FormatChecker())


def test_without_the_certified_version_what_is_missing_is_told(project):
    changed = {"Profit 9": {"trace_identifier": "absent"}}
    arguments = ("--json", "--release", "Profit 9", "--reports", "again")
    ran = planted(changed, "recheck", "unchanged", "renewed", *arguments, cwd=project)
    record = ran.json()

    assert ran.code == 16, ran.err  # Accept is advisory
    assert whose(record, "Profit 9", "unchanged") == "profit"
    answer = only(record, "Profit 9", "renewed")["attribution"]
    assert answer["whose"] == "cannot_tell"
    assert any("--certified" in each["en"] for each in answer["missing"])


def test_where_the_old_release_is_gone_the_recording_of_the_certified_run_answers(project):
    changed = {"Profit 8": {"trace_identifier": "absent"}}
    where = ("--json", "--release", "Profit 8", "--reports", "elsewhere")
    arguments = ("renewed", "twice", *where, "--certified", "certified")
    record = planted(changed, "recheck", *arguments, cwd=project).json()
    cells = {
        name: only(record, "Profit 8", name)["table"]["present_old"]
        for name in ("renewed", "twice")
    }

    assert {name: (each["outcome"], each["basis"]) for name, each in cells.items()} == {
        "renewed": ("passed", "recording"),
        "twice": ("failed", "recording"),
    }
    assert whose(record, "Profit 8", "renewed") == "profit"
    assert whose(record, "Profit 8", "twice") == "both"


def test_where_the_certified_version_is_gone_equal_answers_let_it_pass(project):
    where = ("--json", "--release", "Profit 8", "--reports", "again")
    record = koppeling("recheck", "spoiled", *where, cwd=project).json()
    cell = only(record, "Profit 8", "spoiled")["table"]["certified_new"]

    assert (cell["outcome"], cell["basis"]) == ("passed", "recording")
    assert whose(record, "Profit 8", "spoiled") == "integration"


BROKEN = {"Profit 8": {"trace_identifier": "absent"}}
TOLD = {"unchanged": "profit", "renewed": "profit", "spoiled": "integration", "twice": "both"}


@pytest.mark.long
@pytest.mark.parametrize(
    "between",
    [
        [("run", "--release", "Profit 8")],
        [("run",), ("run",)],
        [("recheck",), ("recheck", "--certified", "certified")],
    ],
    ids=["a nightly run", "runs on every release", "rechecks"],
)
def test_whatever_ran_in_between_the_answer_is_the_same(project, tmp_path, between):
    shutil.copytree(project, tmp_path / "project", ignore=shutil.ignore_patterns("reports"))
    folder = tmp_path / "project"
    shutil.move(folder / "again", folder / "reports")
    for arguments in between:
        planted(BROKEN, *arguments, cwd=folder)
    asked = ("recheck", "--json", "--release", "Profit 8", "--certified", "certified")
    record = planted(BROKEN, *asked, cwd=folder).json()
    again = planted(BROKEN, *asked, cwd=folder).json()

    assert {name: whose(record, "Profit 8", name) for name in TOLD} == TOLD
    assert {name: whose(again, "Profit 8", name) for name in TOLD} == TOLD
    cited = {only(again, "Profit 8", name)["attribution"]["given_in"] for name in TOLD}
    assert cited <= {each.name for each in (folder / "reports").glob("recheck-*")}


FLEET = 76
"""So many integrations, a quarter of each kind."""


@pytest.mark.long
@pytest.mark.timeout(3000)
def test_a_fleet_is_attributed_whole_whatever_ran_in_between(tmp_path):
    kinds = [list(WAS_AND_IS)[number % len(WAS_AND_IS)] for number in range(FLEET)]
    told = {f"{kind}-{number}": TOLD[kind] for number, kind in enumerate(kinds)}
    (tmp_path / "koppeling.toml").write_text(SETTINGS, encoding="utf-8")
    given = "given: [{get: Tiny_Projects, take: 1}]\n"
    scenario(tmp_path / "scenarios", expect="{output: {count: {$min: 1}}}", extra=given)
    for name in told:
        was, now = WAS_AND_IS[name.partition("-")[0]]
        tiny_plugin(tmp_path / "certified" / name, body=was, name=name)
        tiny_plugin(tmp_path / "plugins" / name, body=now, name=name)
    first = planted({}, "run", "--release", "Profit 7", "--plugin", "certified", cwd=tmp_path)
    assert first.code == 0, first.all

    asked = ("recheck", "--json", "--release", "Profit 8", "--certified", "certified")
    for between in (
        ("run", "--release", "Profit 8"),
        ("recheck", "--release", "Profit 8"),
        ("run",),
        ("records", "prune", "--keep", "1"),
        asked,
        ("records", "prune", "--keep", "1"),
    ):
        ran = planted(BROKEN, *between, cwd=tmp_path)
        assert ran.code in {0, 1}, ran.all
    record = planted(BROKEN, *asked, cwd=tmp_path).json()

    assert {name: whose(record, "Profit 8", name) for name in told} == told
