"""An integration against a recording, with what a scenario expects of it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.hosting.replay import Recorded, Replayed, replay_scenario
from koppeling_harness.model.exchange import Exchange, Recording, Sender, TriggerRecord
from koppeling_harness.model.run import ErpInfo, ErpKind
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.plugin.discover import discover
from koppeling_harness.scenario.load import load_scenarios
from koppeling_harness.scenario.plan import plan
from support.tiny import READ, scenario, tiny_project

ERP = ErpInfo(kind=ErpKind.ENVIRONMENT, environment="T12345AA", version="7.7.9", label="Profit 7")
ANSWER = json.dumps({"skip": 0, "take": 100, "rows": [{"ProjectId": "1"}, {"ProjectId": "2"}]})
READING = Exchange(
    number=1,
    sender=Sender.INTEGRATION,
    started_s=0.0,
    duration_s=0.01,
    method="GET",
    path="/connectors/Tiny_Projects",
    query="orderbyfieldids=ProjectId",
    request_headers=(
        ("Authorization", "AfasToken [token:0123abcd]"),
        ("IntegrationId", "12345_1"),
    ),
    request_body=None,
    request_size=0,
    status=200,
    response_headers=(("Content-Type", "application/json; charset=utf-8"),),
    response_body=ANSWER,
    response_size=len(ANSWER),
)
TOLD = TriggerRecord(operation="read", input={}, ok=True)
RECORDING = Recording(exchanges=(READING,), redacted=(("token", 1),), triggers=(TOLD,))


def played(folder: Path, recording: Recording = RECORDING, *, seed: int | None = 1) -> Replayed:
    (integration,) = discover([folder / "tiny"], entry_points=False).integrations
    (planned,) = plan(
        load_scenarios([folder / "scenarios"]), integration.manifest, release="Profit 7"
    )
    recorded = Recorded(recording=recording, erp=ERP, run_id="run-1", seed=seed)
    return replay_scenario(planned, integration, recorded, clock=SystemClock())


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return tiny_project(tmp_path, expect="{output: {count: 2}}", plugin="tiny")


def spoiled(folder: Path, old: str, new: str) -> None:
    path = folder / "tiny" / "koppeling_plugin.py"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_what_sends_the_same_and_says_what_is_expected_passes(project):
    assert played(project).outcome is Outcome.PASSED


def test_another_request_fails_and_shows_in_what_it_differs(project):
    spoiled(project, "orderbyfieldids=ProjectId", "take=10")
    found = played(project)

    assert found.outcome is Outcome.FAILED
    assert {each.path for each in found.differences} == {"query orderbyfieldids", "query take"}


def test_an_answer_that_is_read_otherwise_fails(project):
    spoiled(project, '"count": len(rows)', '"count": 1')
    found = played(project)
    unsure = played(project, replace(RECORDING, redacted=(("email", 1), ("token", 1))))

    assert (found.outcome, found.note.en) == (
        Outcome.FAILED,
        "read: the result is not what is expected",
    )
    assert unsure.outcome is Outcome.INCONCLUSIVE


def test_what_is_not_asked_for_any_more_fails(project):
    spoiled(project, READ.strip().splitlines()[0], "rows = [1, 2]")

    assert "no longer asked for: 1 x GET" in played(project).note.en


@pytest.mark.parametrize(
    ("line", "said"),
    [("raise ValueError('boem')", "boem"), ("return OperationResult(ok=False)", "ok is False")],
)
def test_what_now_breaks_down_fails_unless_it_did_then(project, line, said):
    spoiled(project, "    context = call.context\n", f"    context = call.context\n    {line}\n")
    found = played(project)

    assert found.outcome is Outcome.FAILED
    assert said in found.note.en


@pytest.mark.parametrize(
    ("recording", "said"),
    [
        (replace(RECORDING, triggers=()), "told to do"),
        (replace(RECORDING, triggers=(TOLD, TOLD)), "other operations"),
    ],
)
def test_a_recording_of_something_else_cannot_tell(project, recording, said):
    found = played(project, recording)

    assert found.outcome is Outcome.INCONCLUSIVE
    assert said in found.note.en


def test_what_depends_on_what_erp1_gave_cannot_be_told(project):
    expect = "{output: {count: '${project}'}}"
    given = "given: [{get: Tiny_Projects, take: 1, save: {project: rows.0.ProjectId}}]\n"
    scenario(project / "scenarios", expect=expect, extra=given)

    assert "depends on what ERP1 gave" in played(project).note.en


def test_generated_values_need_the_seed_of_the_run(project):
    values = "values: {name: '${unique(8)}'}\n"
    scenario(project / "scenarios", expect="{output: {count: 2}}", extra=values)

    assert played(project).outcome is Outcome.PASSED
    assert played(project, seed=None).outcome is Outcome.INCONCLUSIVE


def test_who_signs_in_by_oauth_does_so_against_the_recording(project):
    manifest = project / "tiny" / "koppeling.yaml"
    manifest.write_text(manifest.read_text("utf-8") + "oauth: {}\n", "utf-8")
    spoiled(
        project,
        "    headers = {",
        """    from urllib.parse import urlencode
    from urllib.request import urlopen
    form = {"grant_type": "client_credentials", "client_id": context.client_id,
            "client_secret": context.client_secret}
    with urlopen(context.base_url + "/oauth/token", urlencode(form).encode()) as given:
        bearer = "Bearer " + json.load(given)["access_token"]
    headers = {""",
    )
    spoiled(project, '"AfasToken " + token', "bearer")
    given = json.dumps({"access_token": "[token:0000000a]", "expires_in": 3600})
    signing = replace(
        READING,
        method="POST",
        path="/oauth/token",
        query="",
        request_headers=(("Content-Type", "application/x-www-form-urlencoded"),),
        request_body="grant_type=client_credentials&client_id=1f0e7a52&client_secret=[secret:1234abcd]",
        response_body=given,
        response_size=len(given),
    )
    reading = replace(
        READING,
        number=2,
        request_headers=(
            ("Authorization", "Bearer [token:0000000a]"),
            ("IntegrationId", "12345_1"),
        ),
    )
    recording = replace(RECORDING, exchanges=(signing, reading))
    two = replace(recording, exchanges=(signing, replace(reading, customer=2)))

    found = played(project, recording)
    assert (found.outcome, found.differences) == (Outcome.PASSED, ())
    assert "two customers" in played(project, two).note.en
