"""What is secret is written nowhere, wherever it stood and however it was spelled."""

import base64
import json
from dataclasses import replace
from html import escape
from urllib.parse import quote

import pytest

from koppeling_harness.document import dump_json
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.workflow.review.publish import publish
from koppeling_harness.workflow.review.status import StatusRequest
from support.clock import FixedClock
from support.records import LIST, a_failure, a_finding, a_run, an_integration
from support.registrations import REGISTRATION as EXAMPLE
from support.registrations import day

SETTINGS = """[review]
folder = "registrations"
lists = {tests = "%s"}

[releases]
current = "Profit 8 @0@"

[policies.own]
title = {nl = "Eigen @1@", en = "Own"}
source = "ons @2@"
red = {valid_months = 6, follow_up_months = 6}
orange = {valid_months = 12, follow_up_months = 12}
green = {valid_months = 36, follow_up_months = 36}
"""
REGISTRATION = (
    EXAMPLE.replace("voorbeeld", "urenportaal")
    .replace("nl: ", "nl: Uren @3@ ", 1)
    .replace("name: ", "name: Het @4@ ", 1)
    + """signals:
  - {date: 2026-10-01, kind: non_payment, text: "open @5@"}
planned_assessments:
  - {date: 2026-12-20, assessor: "Defion @6@"}
"""
)
DECISIONS = """schema: koppeling/decisions@1
of: urenportaal
assignee: "M. de Wit @7@"
decisions:
  - {date: 2026-11-02, by: "J. @8@", decision: annual_review, reason: "gesprek @9@"}
waivers:
  - {id: W1, scenario: hours.push, releases: [Profit 8], reason: "wordt hersteld @10@",
     owner: "Bouw @11@", approved_by: "A. @12@", until: 2026-12-01, approved: 2026-10-01}
plans:
  - {for: W1, owner: "Bouw @28@", steps: ["herstellen @29@"], due: 2026-12-10}
course:
  - {signal: 2026-10-01, date: 2026-10-05, step: received, by: "A. @30@", text: "binnen @31@"}
letters:
  - {date: 2026-11-03, kind: follow-up, by: "M. @13@"}
"""
ERRATA = """schema: koppeling/errata@1
errata:
  - {id: E1, scenario: hours.push, versions: ["0.0.1"], reason: "te streng @14@", by: "M. @15@",
     until: 2026-12-31}
"""
PARTNER = """schema: koppeling/partner@1
subscription: "12345"
name: "Het @16@"
contacts: [{name: "A. @17@", role: "Partner @18@"}]
conduct: {version: "2025 @19@", agreed: 2025-02-01}
invoices: [{number: "F1 @25@", open_since: 2026-10-01}]
talks:
  - date: 2026-03-02
    by: "M. @26@"
    agreed: [{what: "Bijwerken @27@", who: partner, due: 2026-12-01}]
"""


def plain(token):
    return token


def in_base64(token):
    return base64.b64encode(token.encode()).decode()


def in_json(token):
    return json.dumps(token)[1:-1].replace("<", "\\u003c").replace(">", "\\u003e")


SPELLINGS = (
    plain,
    in_base64,
    *(pytest.param(each, marks=pytest.mark.long) for each in (escape, quote, in_json)),
)


def token(number):
    data = "".join(f"{(number * 7 + at * 37) % 256:02X}" for at in range(32))
    return f"<token><version>1</version><data>{data}</data></token>"


def planted(text, spell):
    """Return a text with a token of its own at each mark."""
    for number in reversed(range(40)):
        if f"@{number}@" in text:
            spelled = spell(token(number)).replace("\\", "\\\\").replace('"', '\\"')
            text = text.replace(f"@{number}@", spelled)
    return text


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def publish_all(folder):
    request = StatusRequest(
        paths=(folder / "registrations",),
        runs=folder / "runs",
        folder=folder,
        as_of=day("2026-11-23"),
        policy="own",
    )
    return publish(request, folder / "site", clock=FixedClock("2026-11-23T11:00:00Z"))


@pytest.mark.parametrize("spell", SPELLINGS)
def test_a_token_is_in_no_output_wherever_it_stood(tmp_path, spell):
    write(tmp_path / "koppeling.toml", planted(SETTINGS % LIST, spell))
    write(tmp_path / "registrations" / "errata.yaml", planted(ERRATA, spell))
    write(tmp_path / "registrations" / "a.yaml", planted(REGISTRATION, spell))
    write(tmp_path / "registrations" / "a.decisions.yaml", planted(DECISIONS, spell))
    write(tmp_path / "registrations" / "12345.partner.yaml", planted(PARTNER, spell))
    said = a_finding(
        message=spell(token(20)),
        hint=spell(token(21)),
        text=None,
        advice=None,
        curl=spell(token(22)),
    )
    failed = a_failure(findings=(said,), log=spell(token(23)))
    record = a_run(an_integration(replace(failed, operation=None)))
    write(tmp_path / "runs" / record.run_id / "run.json", dump_json(record))
    told = {
        "status": "attention",
        "security": {"colour": None},
        "actions": [{"key": "x", "what": {"nl": spell(token(24)), "en": "x"}, "due": None}],
    }
    kept = tmp_path / "registrations" / "history" / "urenportaal"
    write(kept / "2026-11-09.json", json.dumps(told))
    write(kept / "2026-11-16.json", json.dumps({**told, "actions": []}))

    done = publish_all(tmp_path)
    files = [each for each in (tmp_path / "site").rglob("*") if each.is_file()]
    search = Redactor(b"another key")
    secret = [token(number).partition("<data>")[2].partition("<")[0] for number in range(40)]
    named = [each.name for each in files if search.find_secrets(each.read_bytes())]
    bare = [each.name for each in files if any(one in each.read_text("utf-8") for one in secret)]

    assert {each.suffix for each in files} >= {".html", ".csv", ".ics", ".json", ".md", ".svg"}
    assert (named, bare) == ([], [])
    assert len(done.leaks) > 10
