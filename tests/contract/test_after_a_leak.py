"""Something secret in what is to be written: told where, paid for by its integration alone."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support.cli import koppeling, unmeasured
from support.leaks import IN_A_TITLE, TITLE
from support.spellings import SPELLINGS, b64
from support.tiny import scenario, tiny_plugin

pytestmark = pytest.mark.unmeasured

PIECES = {TITLE[at : at + 12] for at in range(len(TITLE) - 11)}
PIECES |= {each.lower() for each in PIECES} | {b64(IN_A_TITLE)[at : at + 20] for at in (30, 80)}
SPELLED = ("plain", "json", "url", "base64", "base64 of UTF-16", "hex", "decimal entities")
ANY = ("--release", "Profit 8", "--scenarios", "scenarios")
HOLDS = """
    with open({calls!r}, "a") as file:
        file.write(call.input["scenario"] + "\\n")
    while call.input["scenario"] == "tiny.z" and os.path.exists({hold!r}):
        time.sleep(0.02)
    globals()["call"](context, "/connectors/Tiny_Projects?orderbyfieldids=ProjectId&take=1")
    return OperationResult()
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    for name in ("KOPPELING_CACHE", "KOPPELING_STATE", "TMPDIR"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(name, str(tmp_path / name))
    body = HOLDS.format(calls=str(tmp_path / "calls"), hold=str(tmp_path / "hold"))
    for name in ("fair", "titles"):
        tiny_plugin(tmp_path / "plugins" / name, body=body, name=name)
    for number, name in enumerate(SPELLED):
        path = scenario(tmp_path / "plugins" / "titles" / "scenarios", name=f"own.at-{number}")
        title = json.dumps({"nl": "Sleutel", "en": SPELLINGS[name](IN_A_TITLE)})
        text = path.read_text().replace("{nl: Lezen lukt, en: Reading works}", title)
        path.write_text(text)
    manifest = tmp_path / "plugins" / "titles" / "koppeling.yaml"
    title = json.dumps(f"Lek {IN_A_TITLE}")
    manifest.write_text(
        manifest.read_text()
        .replace("Voorbeeld B.V.", f"{title}")
        .replace("en: Tiny", f"en: {title}")
    )
    for name in ("tiny.a", "tiny.z"):
        scenario(tmp_path / "scenarios", name=name)
    return tmp_path


def told(record):
    return {each["id"]: each.get("secrets_found", []) for each in record["integrations"]}


def nothing_is_left(folder, *said):
    own = folder / "plugins"
    # by os.walk: what is swept away after a kill may go while it is looked for
    found = [Path(place, name) for place, _, names in os.walk(folder) for name in names]
    files = [each for each in found if each.is_file() and own not in each.parents]
    texts = {str(each): each.read_bytes().decode(errors="replace") for each in files}
    texts |= {f"output {at}": text for at, text in enumerate(said)}
    assert [name for name, text in texts.items() if any(each in text for each in PIECES)] == []


def test_a_leak_is_told_with_its_place_and_costs_one_integration_its_files(project):
    ran = koppeling("run", *ANY, cwd=project)
    [run] = project.glob("reports/*/run.json")
    record = json.loads(run.read_text(encoding="utf-8"))

    assert ran.code == 14, ran.all
    assert told(record)["fair"] == []
    assert {each["kind"] for each in told(record)["titles"]} == {"token"}
    assert "titles 1.0.0 on Profit 8" in ran.out
    assert "SECRET-FOUND: token in results" in ran.out
    assert sorted(each.name for each in run.parent.glob("traffic/*")) == ["fair"]
    outcomes = {
        each["id"]: {one["outcome"] for one in each["results"]} for each in record["integrations"]
    }
    assert outcomes == {"fair": {"passed"}, "titles": {"passed"}}
    assert len(record["integrations"][1]["results"]) == 2 + len(SPELLED)
    assert not list(run.parent.glob("results.jsonl"))
    nothing_is_left(project, ran.all)


def test_nothing_of_it_stays_where_a_run_was_broken_off_and_it_is_told_when_it_goes_on(project):
    (project / "hold").touch()
    process = subprocess.Popen(
        [sys.executable, "-m", "koppeling_harness", "run", *ANY],
        cwd=project,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=unmeasured(),
    )
    calls = project / "calls"
    for _ in range(3000):
        if (
            calls.exists()
            and calls.read_text().count("own.") == len(SPELLED)
            and "tiny.z" in calls.read_text()
        ):
            break
        time.sleep(0.01)
    process.kill()
    process.wait()
    nothing_is_left(project)
    (project / "hold").unlink()
    [journal] = project.glob("reports/*/results.jsonl")

    ran = koppeling("run", "--resume", journal.parent.name, cwd=project)

    record = json.loads((journal.parent / "run.json").read_text(encoding="utf-8"))
    assert ran.code == 14, ran.all
    assert told(record)["fair"] == []
    assert told(record)["titles"]
    assert len(record["integrations"][1]["results"]) == 2 + len(SPELLED)
    nothing_is_left(project, ran.all)


def test_it_is_told_of_the_whole_when_shards_are_merged_and_stands_in_no_report(project):
    shards = [
        koppeling("run", *ANY, "--shard", f"{at}/2", "--reports", f"part-{at}", cwd=project)
        for at in (1, 2)
    ]
    merged = koppeling("merge", "part-1", "part-2", "--reports", "merged", cwd=project)
    text = koppeling("registration", "new", "plugins/titles", cwd=project)
    report = koppeling("report", "--runs", "merged", "--out", "site", cwd=project)
    [run] = project.glob("merged/*/run.json")
    record = json.loads(run.read_text(encoding="utf-8"))

    assert 14 in {each.code for each in shards}
    assert (merged.code, report.code) == (14, 14), merged.all + report.all
    assert told(record)["fair"] == []
    assert told(record)["titles"]
    assert sorted(each.name for each in run.parent.glob("traffic/*")) == ["fair"]
    nothing_is_left(project, *(each.all for each in (*shards, merged, text, report)))


IN_LINES = """
    for text in (base64.b64encode(context.token.encode()).decode(), context.token[33:97]):
        for width in (8, 12, 16, 20):
            for at in range(0, len(text), width):
                print(f"2026-11-30 08:15:0{at % 7} INFO {text[at:at + width]}")
    with open({known!r}, "a") as file:
        file.write(context.token[33:97] + "\\n")
    globals()["call"](context, "/connectors/Tiny_Projects?orderbyfieldids=ProjectId&take=1")
    return OperationResult(ok=False, error="x")
"""


def test_a_token_in_the_lines_of_a_log_costs_nobody_anything(tmp_path):
    known = tmp_path / "known"
    tiny_plugin(tmp_path / "plugins" / "fair", name="fair")
    body = IN_LINES.replace("{known!r}", repr(str(known)))
    tiny_plugin(tmp_path / "plugins" / "leaky", body=body, name="leaky")
    scenario(tmp_path / "scenarios", name="tiny.a")

    ran = koppeling("run", *ANY, cwd=tmp_path)

    [run] = tmp_path.glob("reports/*/run.json")
    record = json.loads(run.read_text(encoding="utf-8"))
    files = [each for each in run.parent.rglob("*") if each.is_file()]
    said = [ran.all, *(each.read_bytes().decode() for each in files)]
    assert ran.code == 1, ran.all
    assert {each["id"]: each["verdict"]["outcome"] for each in record["integrations"]} == {
        "fair": "passed",
        "leaky": "failed",
    }
    assert told(record) == {"fair": [], "leaky": []}
    assert sorted(each.name for each in run.parent.glob("traffic/*")) == ["fair", "leaky"]
    [token] = set(known.read_text().split())
    pieces = [token[at : at + 8] for at in range(0, 64, 8)]
    pieces += [b64(token)[at : at + 12] for at in range(0, 72, 12)]
    assert [each for each in pieces if any(each in text for text in said)] == []
    assert "LOG-SECRET" in ran.out
