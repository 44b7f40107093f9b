"""What is said of an integration that answers and never calls: once, and it proves nothing."""

import pytest

from support.cli import koppeling
from support.tiny import READ, scenario, tiny_plugin

SILENT = "return OperationResult()"
GENERIC = """
scenario: every.{name}
title: {{nl: Elke bewerking, en: Every operation}}
level: required
proves: [test]
for_each: operations
when:
  - operation: "${{operation.name}}"
"""


@pytest.mark.parametrize(("body", "proves"), [(SILENT, False), (READ, True)])
def test_a_pass_in_which_no_call_was_seen_is_told_to_prove_nothing(tmp_path, body, proves):
    tiny_plugin(tmp_path / "plugins" / "tiny", body=body)
    scenario(tmp_path / "scenarios", expect="{ok: true}")
    ran = koppeling("run", "--release", "Profit 8", cwd=tmp_path)

    assert ran.code == 0
    assert ("of AFAS this proves nothing" in ran.out) is not proves


def test_no_call_is_told_once_of_an_integration_that_never_called(tmp_path):
    tiny_plugin(tmp_path / "plugins" / "tiny", body=SILENT)
    (tmp_path / "scenarios").mkdir()
    for name in ("a", "b", "c"):
        text = GENERIC.format(name=name)
        (tmp_path / "scenarios" / f"{name}.scenario.yaml").write_text(text, encoding="utf-8")
    ran = koppeling("run", "--release", "Profit 8", cwd=tmp_path)

    assert ran.code == 12, ran.all
    assert ran.out.count(": NO-CALL in") == 1
    assert ": NO-CALL in 3 required scenarios" in ran.out
