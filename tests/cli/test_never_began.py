"""A program that does not start is told once, as configuration, and never as failed scenarios."""

import json
import sys

import pytest

from support.cli import koppeling
from support.registrations import REGISTRATION
from support.tiny import scenario, tiny_plugin

COMMAND = f"runtime: {{kind: command, command: ['{sys.executable}', '{{folder}}/main.py']}}"


def a_tiny(tmp_path, *, hooks=False, code, scenarios=3):
    folder = tiny_plugin(tmp_path / "plugins" / "tiny")
    if hooks:
        path = folder / "koppeling_plugin.py"
        path.write_text(code + path.read_text())
    else:
        (folder / "main.py").write_text(code)
        path = folder / "koppeling.yaml"
        path.write_text(path.read_text().replace("runtime: {kind: python}", COMMAND))
    for number in range(scenarios):
        scenario(tmp_path / "scenarios", name=f"read-{number}")


@pytest.mark.parametrize("hooks", [True, False], ids=["hooks", "command"])
def test_what_cannot_be_loaded_is_told_once(tmp_path, hooks):
    a_tiny(tmp_path, hooks=hooks, code="import er_is_geen_zo_n_module\n")

    ran = koppeling("run", "--release", "Profit 8", "--json", cwd=tmp_path)
    [record] = json.loads(ran.out)["integrations"]

    assert ran.code == 10
    assert (record["problem_kind"], record["results"]) == ("never_began", [])
    assert "it does not start, in none of 3 scenarios: " in record["problem"]
    assert record["problem"].count("No module named 'er_is_geen_zo_n_module'") >= 1
    assert record["declared"] == ["PtProject", "Tiny_Projects"]


def test_a_program_that_crashes_in_one_scenario_is_judged(tmp_path):
    a_tiny(tmp_path, code="raise SystemExit(9)\n", scenarios=1)
    ran = koppeling("run", "--release", "Profit 8", "--json", cwd=tmp_path)
    [record] = json.loads(ran.out)["integrations"]
    assert (ran.code, record["problem"]) == (1, "")
    assert record["results"][0]["findings"][0]["code"] == "PLUGIN-CRASHED"


def test_a_program_that_crashes_after_a_call_is_judged(tmp_path):
    code = (
        "import os, urllib.request\n"
        "urllib.request.urlopen(os.environ['KOPPELING_BASE_URL'] + '/profitversion').read()\n"
        "raise SystemExit(9)\n"
    )
    a_tiny(tmp_path, code=code)
    ran = koppeling("run", "--release", "Profit 8", "--json", cwd=tmp_path)
    [record] = json.loads(ran.out)["integrations"]
    assert (ran.code, record["problem"], len(record["results"])) == (1, "", 3)


@pytest.mark.parametrize("hooks", [True, False], ids=["hooks", "command"])
def test_in_shards_it_is_told_as_in_one_run(tmp_path, hooks):
    a_tiny(tmp_path, hooks=hooks, code="import er_is_geen_zo_n_module\n", scenarios=4)
    for number in (1, 2):
        shard = ("--shard", f"{number}/2", "--reports", f"shards/{number}")
        koppeling("run", "--release", "Profit 8", *shard, cwd=tmp_path)

    whole = koppeling("run", "--release", "Profit 8", "--json", cwd=tmp_path)
    merged = koppeling("merge", "shards", "--json", cwd=tmp_path)
    told = [
        (ran.code, each["problem_kind"], each["results"], each["declared"], each["verdict"])
        for ran in (whole, merged)
        for each in json.loads(ran.out)["integrations"]
    ]

    assert told[0] == told[1]
    assert told[0][:2] == (10, "never_began")


def test_who_was_set_aside_stands_in_the_status_too(tmp_path):
    a_tiny(tmp_path, code="")
    lacking = tiny_plugin(tmp_path / "plugins" / "lacking", name="lacking")
    path = lacking / "koppeling.yaml"
    needs = "{kind: python, requires: [{program: geen-programma}]}"
    path.write_text(path.read_text().replace("{kind: python}", needs))
    text = REGISTRATION.replace("integration: voorbeeld", "integration: lacking")
    assert text != REGISTRATION
    (lacking / "registration.yaml").write_text(text, encoding="utf-8")

    ran = koppeling("run", "--release", "Profit 8", cwd=tmp_path)

    assert "lacking: set aside" in ran.out
    assert "geen-programma" in ran.out
    assert "voorbeeld: " in ran.out.partition("lacking: set aside")[2], "its status"
