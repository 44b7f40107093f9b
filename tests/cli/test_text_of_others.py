"""Text of others in every command: shown, obeyed by nothing, and no token in it is told."""

import json
import re

import pytest

from koppeling_harness.document import dump_json
from koppeling_harness.errors import ExitCode
from support.cli import koppeling
from support.hostile import LINE, SPOKEN, hostile_run
from support.tiny import READ, tiny_plugin

DATA = "0F1E2D3C4B5A69788796A5B4C3D2E1F00F1E2D3C4B5A69788796A5B4C3D2E1F0"
SAID = f"{SPOKEN}<token><version>1</version><data>{DATA}</data></token>"
TEXT = {"nl": SAID, "en": SAID}
OBEYED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")

PIECES = {DATA[at : at + 8] for at in range(len(DATA) - 7)}
KNOWN = {*ExitCode} - {ExitCode.HARNESS_ERROR}

MANIFEST = {
    "id": "tiny",
    "title": TEXT,
    "partner": {"name": SAID, "subscription": "12345"},
    "version": SAID,
    "integration_id": "12345_1",
    "releases": ["Profit 8", SAID],
    "runtime": {"kind": "python"},
    "get_connectors": [
        {"id": "Tiny_Projects", "copy_of": "Profit_Projects", "fields": ["ProjectId"]}
    ],
    "privacy_fields": [{"connector": "Tiny_Projects", "field": "ProjectId", "reason": TEXT}],
    "state": [SAID, "*.db"],
    "operations": [
        {
            "name": "read",
            "title": TEXT,
            "reads": ["Tiny_Projects"],
            "example": {SAID: [SAID]},
        }
    ],
}
SCENARIO = {
    "scenario": "read",
    "title": TEXT,
    "level": "required",
    "proves": [SAID],
    "when": [{"operation": "read", "expect": {"output": {"said": SAID[:40], "count": 1}}}],
}
REGISTRATION = {
    "registration": "tiny",
    "title": TEXT,
    "partner": {"name": SAID, "subscription": "12345"},
    "integration": "tiny",
    "integration_id": "12345_1",
    "onboarding": {"started": "2026-01-01"},
    "agreement": {"started": "2026-01-01"},
    "contacts": 2,
    "assessments": [
        {
            "id": "Q1",
            "kind": "quickscan",
            "assessor": "Computest",
            "report_date": "2026-05-05",
            "colour": "groen",
        }
    ],
    "signals": [{"date": "2026-06-01", "kind": "other", "text": SAID}],
    "waivers": [
        {
            "id": "W1",
            "scenario": "read",
            "releases": ["Profit 8"],
            "reason": SAID,
            "owner": SAID,
            "approved_by": SAID,
            "until": "2026-12-31",
        }
    ],
}
WRONG = {SAID: SAID, "id": SAID, "operations": [{SAID: 1}]}
TABLE = f"""| Description | Connector | Operation |
| --- | --- | --- |
| removed the request property '{SAID!r}' | PtProject | POST |
| {SAID!r} | {SAID!r} | POST |
"""


def a_snapshot(length):
    field = {"id": SAID, "fieldId": SAID, "dataType": "string", "label": SAID, "length": length}
    get = {SAID: {"fields": [field], "name": SAID, "description": SAID}}
    return {"version": SAID, "get": get, "update": {}}


COMMANDS = {
    "plugins list": ("plugins", "list"),
    "plugins list --json": ("plugins", "list", "--json"),
    "plugins check": ("plugins", "check"),
    "scenarios list": ("scenarios", "list", "scenarios"),
    "scenarios list --json": ("scenarios", "list", "--json", "scenarios"),
    "scenarios check": ("scenarios", "check", "scenarios"),
    "scenarios check, wrong": ("scenarios", "check", "wrong"),
    "run": ("run", "--scenarios", "scenarios"),
    "run --json": ("run", "--scenarios", "scenarios", "--json"),
    "run -k": ("run", "--scenarios", "scenarios", "-k", SAID),
    "status": ("status", "registrations"),
    "status --json": ("status", "registrations", "--json"),
    "report": ("report", "registrations", "--out", "site"),
    "report, English": ("report", "registrations", "--out", "site-en", "--lang", "en"),
    "registration check": ("registration", "check", "registrations/tiny.yaml"),
    "registration check, wrong": ("registration", "check", "registrations/wrong.yaml"),
    "registration new": ("registration", "new", "plugins/tiny"),
    "records check": ("records", "check", "reports"),
    "records check --json": ("records", "check", "reports", "--json"),
    "records check, wrong": ("records", "check", "wrong/run.json"),
    "doctor": ("doctor",),
    "doctor --json": ("doctor", "--json"),
    "doctor, unknown": ("doctor", SAID),
    "explain": ("explain", SAID),
    "explain --lang": ("explain", "--lang", SAID),
    "schema": ("schema", SAID),
    "no such command": (SAID,),
    "no such option": ("run", f"--{SAID}"),
    "no such file": ("status", SAID.replace("\0", "")),
    "config": ("config", "show"),
    "updates diff": ("updates", "diff", "7.json", "8.json"),
    "updates diff --json": ("updates", "diff", "7.json", "8.json", "--json"),
    "updates diff, SARIF": ("updates", "diff", "7.json", "8.json", "--format", "sarif"),
    "updates diff, HTML": ("updates", "diff", "7.json", "8.json", "--format", "html"),
    "updates diff --out": (
        *("updates", "diff", "7.json", "8.json"),
        *("--format", "sarif", "--out", "changes.sarif"),
    ),
    "updates import-changes": ("updates", "import-changes", "news.md"),
    "updates import-changes, SARIF": ("updates", "import-changes", "news.md", "--format", "sarif"),
    "updates impact": ("updates", "impact", "7.json", "8.json", "--html", "impact.html"),
    "updates impact --json": ("updates", "impact", "--changes", "news.md", "--json"),
    "updates check": ("updates", "check", SAID),
    "can-release": ("can-release", "tiny", SAID, "--to", "Profit 8"),
    "can-release --json": ("can-release", "tiny", SAID, "--to", "Profit 8", "--json"),
    "recheck": ("recheck", "tiny", "--scenarios", "scenarios", "--release", "Profit 8"),
    "merge": ("merge", "reports", "--reports", "merged"),
    "decide": ("decide", "registrations/tiny.yaml", "give_notice", "--by", SAID, "--reason", SAID),
    "erp1 import": ("erp1", "import", "7.json", "8.json"),
    "erp1 openapi": ("erp1", "openapi", "--import", "7.json"),
    "new scenario": ("new", "scenario", SAID, "--plugin", "plugins/tiny"),
    "sweep": ("sweep", SAID),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder = tmp_path_factory.mktemp("others")
    body = "print('said', context.release.label)\n" + READ.replace(
        'output={"count"', f'error={SAID!r}, output={{{SAID!r}: 1, "said": {SAID!r}, "count"'
    )
    tiny_plugin(folder / "plugins" / "tiny", body=body)
    tiny_plugin(folder / "plugins" / "wrong")
    files = {
        "plugins/tiny/koppeling.yaml": MANIFEST,
        "plugins/wrong/koppeling.yaml": WRONG,
        "scenarios/read.scenario.yaml": SCENARIO,
        "wrong/wrong.scenario.yaml": {**SCENARIO, SAID: SAID},
        "wrong/run.json": {"schema": SAID, SAID: SAID},
        "registrations/tiny.yaml": REGISTRATION,
        "registrations/wrong.yaml": {**REGISTRATION, SAID: SAID, "contacts": SAID},
        "7.json": a_snapshot(40),
        "8.json": a_snapshot(80),
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
    (folder / "news.md").write_text(TABLE, encoding="utf-8")
    (folder / "reports" / "hostile").mkdir(parents=True)
    (folder / "reports" / "hostile" / "run.json").write_text(dump_json(hostile_run()))
    return folder


@pytest.mark.parametrize("command", COMMANDS)
def test_what_a_command_says_is_shown_and_obeyed_by_nothing(project, command):
    before = _files(project)
    ran = koppeling(*COMMANDS[command], cwd=project)
    written = {name: text for name, text in _files(project).items() if before.get(name) != text}

    assert ran.code in KNOWN
    assert_harmless(ran.all)
    for name, text in {"output": ran.all, **written}.items():
        assert not any(each in text for each in PIECES), name
        if name.endswith((".md", ".csv", ".ics")):
            assert_harmless(text, is_a_log=name.endswith(".md"))


def test_a_token_in_a_title_is_replaced_and_told_where_it_stood(project):
    ran = koppeling("status", "registrations/tiny.yaml", cwd=project)

    assert "registrations/tiny.yaml: found a token in registration.title.nl" in ran.err
    assert re.search(r"=1\+1\[token:[0-9a-f]{8}\]", ran.out)


def _files(folder):
    return {
        each.relative_to(folder).as_posix(): each.read_bytes().decode(errors="replace")
        for each in folder.rglob("*")
        if each.is_file() and not {"plugins", "registrations"} & {*each.relative_to(folder).parts}
    }


def assert_harmless(text, *, is_a_log=True):
    assert not OBEYED.search(text.replace("\r\n", "\n"))
    if not is_a_log:
        return
    assert not re.search(r"##\w*\[", text)
    for line in re.split(r"[\r\n\u2028]", text):
        assert not line.startswith(LINE) or text.startswith("<!DOCTYPE")
        assert not line.lstrip().startswith("::")
