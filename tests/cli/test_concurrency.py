"""However many scenarios are in flight, and in whatever order, the same becomes of each."""

import json

import pytest

from support.cli import koppeling_process
from support.tiny import READ, tiny_plugin

HEAD = """
scenario: {id}
title: {{nl: a, en: b}}
level: required
proves: [order]
values: {{mark: "${{unique(8)}}"}}
"""
READS = HEAD + "when:\n  - operation: read\n    expect: {{output: {{count: {count}}}}}\n"
SHOWS_ITS_VALUE = HEAD + (
    "when:\n"
    "  - insert: PtProject\n"
    '    fields: {{PrId: "${{values.mark}}", PrGp: INT, Ds: "${{values.mark}}"}}\n'
    "  - operation: read\n"
    "then:\n"
    "  - get: Tiny_Projects\n"
    '    where: {{ProjectId: "${{values.mark}}"}}\n'
    "    expect: {{count: 1, rows: [{{Description: another}}]}}\n"
)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("concurrency")
    packs = folder / "scenarios"
    packs.mkdir()
    for number in range(6):
        name = f"order.reads-{number}"
        count = -1 if number == 4 else 3
        write(packs, name, READS.format(id=name, count=count))
        write(packs, f"order.shows-{number}", SHOWS_ITS_VALUE.format(id=f"order.shows-{number}"))
    for name in ("one", "two", "three"):
        tiny_plugin(folder / "plugins" / name, name=name, body=READ)
    return folder


def write(folder, name, text):
    (folder / f"{name}.scenario.yaml").write_text(text, encoding="utf-8")


def what_became(project, concurrency, *more):
    """Return every result of a run, without its times and addresses."""
    asked = ("--json", "--seed", "7", "--concurrency", concurrency, "--release", "Profit 8")
    ran = koppeling_process("run", *asked, *more, cwd=project)
    assert ran.code == 1, ran.all
    return [
        {
            "integration": each["id"],
            "verdict": each["verdict"],
            "results": [
                {
                    "scenario": result["scenario"],
                    "outcome": result["outcome"],
                    "cause": result["cause"],
                    "findings": [(found["code"], found["message"]) for found in result["findings"]],
                    "steps": [(step["name"], step["outcome"]) for step in result["steps"]],
                    "exchanges": [
                        (one["method"], one["status"], one["path"].partition("/connectors")[2])
                        for one in result["exchanges"]
                    ],
                }
                for result in each["results"]
            ],
        }
        for each in json.loads(ran.out)["integrations"]
    ]


@pytest.mark.long
def test_the_same_becomes_of_every_scenario_at_any_concurrency(project):
    alone = what_became(project, "1")

    messages = [
        message
        for each in alone
        for result in each["results"]
        for _, message in result["findings"]
        if result["scenario"].startswith("order.shows")
    ]
    assert len(set(messages)) == len(messages) == 18  # each shows a value of its own
    assert what_became(project, "8") == alone
    assert what_became(project, "32") == alone


def test_the_same_becomes_of_every_scenario_in_one_process_and_in_several(project):
    alone = what_became(project, "8", "--processes", "1")

    assert what_became(project, "8", "--processes", "2") == alone
    assert what_became(project, "8", "--processes", "3") == alone


def test_what_went_over_the_wire_in_several_processes_is_written_too(project, tmp_path):
    ran = koppeling_process(
        *("run", "--json", "--release", "Profit 8", "--processes", "3"),
        *("--reports", tmp_path),
        cwd=project,
    )

    record = json.loads(ran.out)
    written = {each.relative_to(tmp_path / record["run_id"]) for each in tmp_path.glob("**/*.har")}
    assert len(written) == sum(len(each["results"]) for each in record["integrations"]) == 36
    assert {each["id"] for each in record["pace"]["integrations"]} == {"one", "two", "three"}


def test_a_run_says_where_its_time_went(project):
    ran = koppeling_process(
        *("run", "--json", "--verbose", "--release", "Profit 8", "--concurrency", "2"), cwd=project
    )

    pace = json.loads(ran.out)["pace"]
    assert pace["lanes"] == 2
    assert pace["reached_s"] > 0
    assert {each["id"] for each in pace["integrations"]} == {"one", "two", "three"}
    for each in pace["integrations"]:
        assert each["processes"] >= 1
        assert each["starting_s"] > 0
        assert 0 < each["working_s"] <= 2 * pace["reached_s"]
        assert f"  {each['id']}: working {each['working_s']:.1f} s, waiting for" in ran.err
    assert f"time: {pace['reached_s']:.1f} s in 2 lanes; earlier runs let expect" in ran.err
