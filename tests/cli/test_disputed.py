"""A finding that the partner disputes stays a finding; the run and the dossier tell why."""

import json
import re

from support.cli import koppeling
from support.tiny import scenario, tiny_plugin

SUPPLIED = """
rows = globals()["call"](context, "/connectors/Profit_Projects?orderbyfieldids=ProjectId&take=1")
return OperationResult(ok=True, output={})
"""
DISPUTES = """disputed:
  - code: STRUCT-27
    where: Profit_Projects
    reason: {nl: Afgesproken met AFAS <b>in mei</b>, en: Agreed with AFAS <b>in May</b>}
  - code: READ-ALL
    where: Tiny_Projects
    reason: {nl: Zo niet, en: Not so}
"""


def test_a_disputed_finding_fails_all_the_same_and_is_told_as_disputed(tmp_path):
    folder = tiny_plugin(tmp_path / "plugins" / "tiny", body=SUPPLIED, manifest=DISPUTES)
    path = folder / "koppeling.yaml"
    text = path.read_text().replace("  - id: Tiny_Projects\n    copy_of: Profit_Projects\n", "")
    text = text.replace("get_connectors:\n", "get_connectors:\n  - id: Profit_Projects\n")
    path.write_text(text.replace("reads: [Tiny_Projects]", "reads: [Profit_Projects]"))
    scenario(tmp_path / "scenarios")

    ran = koppeling("run", "--release", "Profit 8", cwd=tmp_path)
    assert ran.code == 1
    said = "The partner disputes STRUCT-27 (Profit_Projects; found in 1 results): Agreed with AFAS"
    assert said in ran.out
    assert "READ-ALL (Tiny_Projects; found in 0 results)" in ran.out

    told = koppeling("run", "--release", "Profit 8", "--json", cwd=tmp_path)
    [record] = json.loads(told.out)["integrations"]
    assert [each["results"] for each in record["disputed"]] == [["read"], []]
    assert record["results"][0]["findings"][0]["code"] == "STRUCT-27"

    koppeling("registration", "new", "plugins/tiny", cwd=tmp_path)
    lists = f'[review]\nlists = {{ours = "{re.search("[0-9a-f]{64}", ran.out)[0]}"}}\n'
    (tmp_path / "koppeling.toml").write_text(lists)
    told = koppeling("status", cwd=tmp_path)
    assert "the partner disputes STRUCT-27 (Profit_Projects), found in 1 results" in told.all
    assert "READ-ALL" not in told.all  # of which nothing was found

    koppeling("report", cwd=tmp_path)
    pages = [each.read_text("utf-8") for each in (tmp_path / "reports").rglob("*.html")]
    assert any("Afgesproken met AFAS &lt;b&gt;in mei&lt;/b&gt;" in page for page in pages)
    assert not any("<b>in mei</b>" in page for page in pages)
