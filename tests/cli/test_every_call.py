"""An integration without rows: it calls files, images, reports, metainfo and the version."""

import pytest

from support.cli import koppeling
from support.tiny import MANIFEST, PLUGIN

OPERATIONS = """
operations:
  - name: download
    title: {nl: Downloaden, en: Download}
    calls: CALLS
    given:
      - get: Profit_Subject_Attachments
        take: 1
        save: {subject: rows.0.subject_id, file: rows.0.file_id, name: rows.0.file_name}
    example:
      paths:
        - "/profitversion"
        - "/metainfo"
        - "/fileconnector/${file}/${name}"
        - "/subjectconnector/${subject}/${file}"
        - "/imageconnector/${file}?format=1"
        - "/reportconnector/1"
"""
ALL = "[metainfo, profitversion, file, image, report, subject]"

BODY = """
    try:
        for path in call.input["paths"]:
            answer = globals()["call"](context, path)
            if path[1:] not in ("profitversion", "metainfo") and not answer["filedata"]:
                return OperationResult(ok=False, error="leeg bestand")
    except Exception:
        return OperationResult(ok=False, error="AFAS gaf het bestand niet")
    return OperationResult(output=call.input["paths"])
"""
OWN = """
scenario: tiny.all
title: {nl: Alles komt, en: All of it comes}
level: required
proves: [test]
for_each: operations
when:
  - operation: ${operation.name}
    input: ${operation.example}
then:
  - exchanges: {kind: fetches}
    expect: {count: 6, items: {$each: {status: 200}}}
"""


def project(tmp_path, calls: str, given: str = OPERATIONS, own: str = OWN):
    folder = tmp_path / "plugins" / "tiny"
    folder.mkdir(parents=True)
    manifest = MANIFEST.format(id="tiny").partition("get_connectors:")[0]
    text = manifest + given.replace("CALLS", calls)
    (folder / "koppeling.yaml").write_text(text, encoding="utf-8")
    (folder / "koppeling_plugin.py").write_text(PLUGIN.replace("    BODY\n", BODY), "utf-8")
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "all.scenario.yaml").write_text(own, encoding="utf-8")
    return tmp_path


def test_every_kind_of_call_is_declared_served_and_seen(tmp_path):
    ran = koppeling("run", cwd=project(tmp_path, ALL))

    assert ran.code == 0, ran.all
    assert "1 of 1 required" in ran.out
    assert "no rows" not in ran.out


def test_a_call_of_files_that_is_not_declared_fails_and_says_where_to_put_it(tmp_path):
    ran = koppeling(
        "run", cwd=project(tmp_path, "[metainfo, profitversion, report, image, subject]")
    )

    assert ran.code == 1, ran.all
    assert "UNDECLARED-CONNECTOR" in ran.out
    assert "the manifest names no file under calls" in ran.out


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("subject: rows.0.subject_id", "item: rows.0.subject_id", "there is no `subject`"),
        ("get: Profit_Subject_Attachments", "get: Profit_Bijlagen", "Profit_Bijlagen"),
    ],
)
def test_an_example_that_cannot_be_completed_is_configuration(tmp_path, old, new, said):
    assert old in OPERATIONS
    folder = project(tmp_path, ALL, OPERATIONS.replace(old, new))
    ran = koppeling("run", "--release", "Profit 8", "--json", cwd=folder)
    ((result,),) = [each["results"] for each in ran.json()["integrations"]]
    (finding,) = result["findings"]

    assert ran.code == 10, ran.all
    assert result["cause"] == "configuration"
    assert "koppeling.yaml:15:" in finding["where"]
    assert said in finding["message"]
