"""Very many scenarios in flight: each sees only its own environment."""

from pathlib import Path

import pytest

from support.cli import koppeling_process
from support.tiny import tiny_plugin

COUNT = 1000

# Every scenario writes the same key with another description: if two ever shared an environment,
# an insert would be refused or a read would see the other's description.
SCENARIO = """
scenario: isolated-{number:04}
title: {{nl: Eigen omgeving {number}, en: Own environment {number}}}
level: required
proves: [isolation]
when:
  - insert: PtProject
    fields: {{PrId: "GELIJK", PrGp: INT, Ds: "van {number}"}}
    save: {{project: body.results.PtProject.PrId}}
  - get: Tiny_Projects
    where: {{ProjectId: "${{project}}"}}
    expect: {{count: 1, rows: [{{ProjectId: GELIJK, Description: "van {number}"}}]}}
  - update: PtProject
    fields: {{PrId: "${{project}}", Ds: "nog van {number}"}}
  - get: Tiny_Projects
    where: {{ProjectId: "${{project}}"}}
    expect: {{count: 1, rows: [{{Description: "nog van {number}"}}]}}
  - delete: PtProject
    keys: {{PrId: "${{project}}"}}
then:
  - get: Tiny_Projects
    where: {{ProjectId: "${{project}}"}}
    expect: {{count: 0}}
"""


@pytest.mark.long
def test_a_thousand_scenarios_in_flight_each_have_an_environment_of_their_own(tmp_path: Path):
    plugin = tiny_plugin(tmp_path / "tiny")
    folder = tmp_path / "scenarios"
    folder.mkdir()
    for number in range(COUNT):
        text = SCENARIO.format(number=number)
        (folder / f"isolated-{number:04}.scenario.yaml").write_text(text, encoding="utf-8")

    many = ("--plugin", plugin, "--concurrency", "64")
    ran = koppeling_process(
        "run", "--json", "--release", "Profit 8", *many, cwd=tmp_path, timeout_s=300
    )
    (integration,) = ran.json()["integrations"]
    wrong = [each for each in integration["results"] if each["outcome"] != "passed"]

    assert wrong[:1] == []
    assert integration["verdict"]["required"] == {
        "total": COUNT,
        "executed": COUNT,
        "passed": COUNT,
        "proven": 0,  # they make no call
    }
    assert ran.code == 0
