"""An integration is not told which scenario it is in; whoever reads its log is."""

import json
import re

from support.cli import koppeling
from support.tiny import tiny_plugin

TELLS = """
print("in", context.scenario)
globals()["call"](context, "/connectors/Tiny_Projects?orderbyfieldids=ProjectId&take=1")
return OperationResult(output=context.scenario)
"""
SCENARIO = """
scenario: own.tells
title: {nl: Vertelt, en: Tells}
level: required
proves: [own]
when:
  - operation: read
    expect: {output: own.tells}
"""


def told(folder, seed):
    ran = koppeling("run", "--release", "Profit 8", "--seed", seed, "--json", cwd=folder)
    results = {each["scenario"]: each for each in ran.json()["integrations"][0]["results"]}
    (difference,) = results["own.tells"]["findings"][0]["differences"]
    return difference["actual"], results["own.tells"]["log"]


def test_the_name_follows_from_the_seed_and_tells_nothing(tmp_path):
    tiny_plugin(tmp_path / "plugins" / "tiny", body=TELLS)
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "own.scenario.yaml").write_text(SCENARIO, encoding="utf-8")
    (first, log), (again, _), (other, _) = (told(tmp_path, seed) for seed in ("1", "1", "2"))

    assert re.fullmatch(r'"run-[0-9a-f]{12}"( \(string\))?', first)
    assert (first == again, first == other) == (True, False)
    assert log.splitlines() == ["in own.tells"]
    assert json.loads(first.partition(" (")[0]) not in log
