"""`koppeling run` from end to end, with a tiny integration, and with everything that goes wrong."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import jsonschema
import pytest

from koppeling_harness.clock import SystemClock, today
from support.cli import Ran, koppeling, koppeling_process
from support.tiny import scenario, tiny_plugin


def run(project: Path, *arguments: str | Path) -> Ran:
    return koppeling("run", "--json", "--release", "Profit 8", *arguments, cwd=project)


def only(ran: Ran) -> dict:
    (integration,) = ran.json()["integrations"]
    return integration


def test_a_clean_integration_passes_and_its_record_fits_the_schema(project):
    ran = run(project)
    record = ran.json()
    schema = koppeling("schema", "run", cwd=project).json()

    assert ran.code == 0, ran.all
    jsonschema.validate(record, schema, format_checker=jsonschema.FormatChecker())
    assert only(ran)["verdict"] == {
        "outcome": "passed",
        "required": {"total": 1, "executed": 1, "passed": 1, "proven": 1},
        "waived": 0,
    }
    assert record["erp"]["label"] == "Profit 8"
    assert [each["status"] for each in only(ran)["results"][0]["exchanges"]] == [200]


def test_the_reports_of_a_run_stand_in_its_folder(project):
    record = run(project).json()
    latest = json.loads((project / "reports" / "latest.json").read_text(encoding="utf-8"))
    folder = project / "reports" / record["run_id"]

    assert latest["run_id"] == record["run_id"]
    assert {each.name for each in folder.iterdir()} == {
        "run.json",
        "junit.xml",
        "ctrf.json",
        "summary.md",
        "index.html",
        "traffic",
    }
    assert json.loads((folder / "run.json").read_text(encoding="utf-8")) == record


def test_what_went_over_the_wire_is_kept_as_har_and_linked_from_the_page(project):
    record = run(project).json()
    folder = project / "reports" / record["run_id"]
    (har,) = folder.glob("traffic/*/*.har")
    log = json.loads(har.read_text(encoding="utf-8"))["log"]

    assert har.relative_to(folder).as_posix() == "traffic/tiny/read.har"
    assert [entry["response"]["status"] for entry in log["entries"]] == [200]
    assert [told["operation"] for told in log["_triggers"]] == ["read"]
    assert 'href="traffic/tiny/read.har"' in (folder / "index.html").read_text("utf-8")


def test_no_traffic_keeps_nothing_of_it(project):
    record = run(project, "--no-traffic").json()
    folder = project / "reports" / record["run_id"]

    assert not (folder / "traffic").exists()
    assert "HAR" not in (folder / "index.html").read_text("utf-8")


def test_a_seed_that_is_given_is_the_seed_of_the_run(project):
    assert run(project, "--seed", "42").json()["seed"] == 42


def test_without_json_a_person_reads_a_verdict_and_where_the_report_is(project):
    ran = koppeling_process("run", cwd=project)

    assert ran.out.startswith("1 integration on Profit 7, 8: 1 passed\n")
    assert "tiny 1.0.0 on Profit 8: passed - 1 of 1 required scenarios" in ran.out
    [_, told] = ran.out.split("tiny 1.0.0 on Profit 7: passed - 1 of 1 required scenarios")
    assert "The manifest does not name this release of Profit." in told
    assert ran.out.count("does not name this release") == 1
    assert "index.html" in ran.out
    assert "certifying: 2 of 2 scenarios" in ran.err


def test_what_a_failed_step_was_to_save_does_not_hide_the_failure(project):
    extra = """
then:
  - get: Profit_Projects
    expect: {count: -1}
    save: {project: rows.0.ProjectId}
  - get: Profit_Projects
    where: {ProjectId: "${project}"}
"""
    scenario(project / "scenarios", extra=extra)
    ran = run(project)
    (result,) = only(ran)["results"]

    assert (ran.code, result["outcome"], result["cause"]) == (1, "failed", "integration")
    assert [each["code"] for each in result["findings"]] == ["EXPECTATION"]
    assert [each["outcome"] for each in result["steps"]] == ["passed", "failed", "inconclusive"]


def test_a_failed_expectation_is_exit_1_and_names_place_expected_and_found(project):
    scenario(project / "scenarios", expect="{output: {count: -1}}")
    ran = run(project)
    (finding,) = only(ran)["results"][0]["findings"]

    assert ran.code == 1
    assert finding["code"] == "EXPECTATION"
    assert finding["where"].startswith("scenarios/read.scenario.yaml:7:")
    assert finding["differences"][0]["path"] == "output.count"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("raise ValueError('boem')", "PLUGIN-RAISED"),
        ("os._exit(3)", "PLUGIN-CRASHED"),
        ("os.kill(os.getpid(), 9)", "PLUGIN-CRASHED"),
        ("return 'rubbish'", "PLUGIN-NO-ANSWER"),
        ("time.sleep(600)", "PLUGIN-HUNG"),
    ],
)
def test_what_a_plugin_does_wrong_is_a_failed_integration_with_its_cause(tmp_path, body, code):
    tiny_plugin(tmp_path / "plugins" / "tiny", body=body)
    path = scenario(tmp_path / "scenarios")
    path.write_text(path.read_text(encoding="utf-8") + "    timeout_s: 2\n", encoding="utf-8")
    ran = run(tmp_path)
    result = only(ran)["results"][0]

    assert (ran.code, result["outcome"], result["cause"]) == (1, "failed", "integration")
    assert [each["code"] for each in result["findings"]] == [code]
    assert "Traceback" not in ran.err


def test_rubbish_on_standard_output_does_not_disturb(tmp_path):
    body = 'print("{\\"jsonrpc\\": rubbish")\nreturn OperationResult()'
    tiny_plugin(tmp_path / "plugins" / "tiny", body=body)
    scenario(tmp_path / "scenarios")

    assert run(tmp_path).code == 0


def test_a_broken_plugin_is_set_aside_and_the_run_goes_on(project):
    broken = tiny_plugin(project / "plugins" / "broken", name="broken")
    (broken / "koppeling.yaml").write_text("id: Broken\nversion: 1.10\n", encoding="utf-8")
    ran = run(project)
    by_id = {each["id"]: each for each in ran.json()["integrations"]}

    assert ran.code == 12
    assert by_id["tiny"]["verdict"]["outcome"] == "passed"
    assert by_id["broken"]["verdict"]["outcome"] == "not_run"
    assert 'Quote it: "1.10"' in by_id["broken"]["problem"]


def test_naming_a_broken_plugin_is_a_configuration_error(project):
    broken = tiny_plugin(project / "plugins" / "broken", name="broken")
    (broken / "koppeling_plugin.py").unlink()
    ran = run(project, "broken")

    assert ran.code == 10
    assert "koppeling_plugin.py" in ran.err
    assert "Traceback" not in ran.err


def needs_a_program_that_is_not_there(project):
    folder = tiny_plugin(project / "plugins" / "wonder", name="wonder")
    manifest = folder / "koppeling.yaml"
    runtime = "runtime: {kind: stdio, command: [no-such-program]}"
    text = manifest.read_text(encoding="utf-8").replace("runtime: {kind: python}", runtime)
    manifest.write_text(text, encoding="utf-8")
    return folder


def test_without_its_program_an_integration_is_set_aside_and_not_everything_was_executed(project):
    needs_a_program_that_is_not_there(project)
    ran = run(project)
    by_id = {each["id"]: each for each in ran.json()["integrations"]}

    assert ran.code == 12
    assert by_id["tiny"]["verdict"]["outcome"] == "passed"
    assert by_id["wonder"]["problem_kind"] == "missing_runtime"
    assert "needs `no-such-program`" in by_id["wonder"]["problem"]
    assert by_id["wonder"]["problem_advice"]["nl"] == "Installeer no-such-program."


def test_what_is_known_to_be_missing_leaves_the_exit_code_to_the_others(project):
    """By option, and by the very line that the message gives."""
    needs_a_program_that_is_not_there(project)
    (aside,) = [each for each in run(project).json()["integrations"] if each["problem"]]
    line = aside["problem"].rpartition("[run]: ")[2]

    assert run(project, "--allow-missing", "another").code == 12
    assert run(project, "--allow-missing", "no-such-program").code == 0
    (project / "koppeling.toml").write_text(f"[run]\n{line}\n", encoding="utf-8")
    assert run(project).code == 0


@pytest.mark.parametrize("arguments", [["wonder"], ["--plugin", "plugins/wonder"]])
def test_naming_an_integration_without_its_program_is_exit_10(project, arguments):
    needs_a_program_that_is_not_there(project)
    ran = run(project, *arguments)

    assert ran.code == 10
    assert "needs `no-such-program`, which is not found on PATH" in ran.err
    assert "Install no-such-program." in ran.err


def test_when_no_integration_has_its_program_there_is_no_verdict(project):
    needs_a_program_that_is_not_there(project)
    (project / "plugins" / "tiny" / "koppeling.yaml").unlink()
    (project / "plugins" / "tiny" / "koppeling_plugin.py").unlink()

    assert run(project).code == 10


def test_a_malformed_scenario_is_exit_10_with_every_problem(project):
    scenario(project / "scenarios", name="worse", extra="levle: 3\nwhen: []\n")
    ran = run(project)

    assert ran.code == 10
    assert "worse.scenario.yaml" in ran.err
    assert "Traceback" not in ran.err
    assert not (project / "reports").exists()


def test_an_unknown_operation_is_a_configuration_matter_and_not_a_failure(project):
    path = scenario(project / "scenarios")
    path.write_text(path.read_text(encoding="utf-8").replace("operation: read", "operation: raed"))
    ran = run(project)
    result = only(ran)["results"][0]

    assert ran.code == 10
    assert (result["outcome"], result["cause"]) == ("inconclusive", "configuration")


def test_deselecting_a_required_scenario_is_exit_12(project):
    scenario(project / "scenarios", name="other")
    ran = run(project, "-k", "other")

    assert ran.code == 12
    assert only(ran)["verdict"]["required"] == {"total": 2, "executed": 1, "passed": 1, "proven": 1}


def test_no_integration_is_exit_5_with_what_to_do(tmp_path):
    scenario(tmp_path / "scenarios")
    ran = koppeling("run", cwd=tmp_path)

    assert ran.code == 5
    assert "hint:" in ran.err


def test_a_keyword_that_matches_nothing_is_exit_5_and_leaves_no_record(project):
    scenario(project / "scenarios")
    ran = run(project, "-k", "nothinglikeit")

    assert ran.code == 5
    assert "matches none of 1 scenarios" in ran.err
    assert not list(project.glob("reports/2*/run.json"))


def test_an_own_list_is_named_with_the_digest_that_settings_take(project):
    scenario(project / "scenarios")
    text = koppeling("run", "--release", "Profit 8", cwd=project).out
    record = json.loads(next(project.glob("reports/2*/run.json")).read_text("utf-8"))
    digest = record["scenario_lock"]["digest"]
    settings = f'[review]\nlists = {{ours = "{digest}"}}\n'
    (project / "koppeling.toml").write_text(settings, encoding="utf-8")

    assert record["integrations"][0]["scope"] == {"whole": False, "because": ["own_list"]}
    assert f"own list {digest}" in text
    assert f"own list {digest}" not in koppeling("run", cwd=project).out
    asked = koppeling("can-release", "tiny", "1.0.0", "--to", "Profit 8", cwd=project)
    assert asked.code == 0, asked.out
    (project / "koppeling.toml").unlink()
    assert koppeling("can-release", "tiny", "1.0.0", "--to", "Profit 8", cwd=project).code == 11


def test_a_reports_folder_that_cannot_be_written_is_exit_10(project):
    (project / "file").write_text("", encoding="utf-8")
    ran = run(project, "--reports", "file/below")

    assert ran.code == 10
    assert "--reports" in ran.err
    assert "certifying" not in ran.err  # it is said before anything runs
    assert "Traceback" not in ran.err


def test_the_packs_of_the_wheel_are_used_where_there_are_no_scenarios(tmp_path):
    plugin = tiny_plugin(tmp_path / "tiny")
    ran = run(tmp_path, "--plugin", plugin)

    assert only(ran)["verdict"]["required"]["total"] > 3


def test_the_token_stands_in_no_file_even_when_the_integration_prints_it(tmp_path):
    body = (
        "print(context.token); print(base64.b64encode(context.token.encode()))\n"
        "raise ValueError(context.token)"
    )
    tiny_plugin(tmp_path / "plugins" / "tiny", body=body)
    scenario(tmp_path / "scenarios")
    ran = run(tmp_path)
    files = [each for each in (tmp_path / "reports").rglob("*") if each.is_file()]

    assert ran.code == 1
    assert "[token:" in ran.out
    assert len(files) == 6
    for text in [ran.all, *(each.read_text(encoding="utf-8") for each in files)]:
        assert "<data>" not in text
        assert "PHRva2VuPjx2ZXJzaW9uPj" not in text  # base64 of how a token begins


def test_the_token_stands_in_no_file_when_an_integration_in_another_language_tells_it(tmp_path):
    folder = tiny_plugin(tmp_path / "plugins" / "tiny")
    (folder / "tell.py").write_text(
        """
import json, sys
for line in sys.stdin:
    call = json.loads(line)
    answer = {"result": {"version": 1, "hooks": ["trigger"]}}
    if call["method"] == "trigger":
        token = call["params"]["call"]["context"]["token"]
        print(token, file=sys.stderr, flush=True)
        log = {"jsonrpc": "2.0", "method": "log", "params": {"level": "info", "message": token}}
        print(json.dumps(log))
        answer = {"error": {"code": 1, "message": token, "data": {"hint": token}}}
    print(json.dumps({"jsonrpc": "2.0", "id": call.get("id"), **answer}), flush=True)
""",
        encoding="utf-8",
    )
    manifest = folder / "koppeling.yaml"
    runtime = f"runtime: {{kind: stdio, command: ['{sys.executable}', '{{folder}}/tell.py']}}"
    text = manifest.read_text(encoding="utf-8").replace("runtime: {kind: python}", runtime)
    manifest.write_text(text, encoding="utf-8")
    scenario(tmp_path / "scenarios")
    ran = run(tmp_path)
    files = [each for each in (tmp_path / "reports").rglob("*") if each.is_file()]

    assert ran.code == 1
    assert ran.out.count("[token:") >= 4
    for text in [ran.all, *(each.read_text(encoding="utf-8") for each in files)]:
        assert "<data>" not in text


def test_personal_data_that_the_integration_says_stands_in_no_file(tmp_path):
    planted = ("jan.de.vries@voorbeeld.example", "111222333", "NL91ABNA0417164300")
    told = " ".join(planted)
    body = f"print({told!r})\nreturn OperationResult(ok=False, error={told!r}, output={told!r})"
    tiny_plugin(tmp_path / "plugins" / "tiny", body=body)
    scenario(tmp_path / "scenarios", expect="{output: iets anders}")
    ran = run(tmp_path)
    files = [each for each in (tmp_path / "reports").rglob("*") if each.is_file()]

    assert ran.code == 1
    assert "[email:" in ran.out
    for text in [ran.all, *(each.read_text(encoding="utf-8") for each in files)]:
        assert [value for value in planted if value in text] == []


def test_of_a_privacy_marked_field_no_value_is_told(tmp_path):
    marked = (
        "privacy_fields:\n"
        "  - {connector: Tiny_Projects, field: Description, reason: {nl: Naam, en: Name}}\n"
    )
    tiny_plugin(tmp_path / "plugins" / "tiny", manifest=marked)
    wanted = "{rows: [{Description: iets anders}]}"
    step = f"then: [{{get: Tiny_Projects, take: 1, order_by: [ProjectId], expect: {wanted}}}]\n"
    scenario(tmp_path / "scenarios", extra=step)
    ran = run(tmp_path)
    (finding,) = only(ran)["results"][0]["findings"]

    assert finding["differences"] == [
        {"path": "rows.0.Description", "expected": '"iets anders"', "actual": "[private]"}
    ]
    assert "Gouden Hoek" not in ran.all


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent as a POSIX signal here")
def test_ctrl_c_ends_everything_with_exit_2(tmp_path):
    marker = tmp_path / "started"
    body = f"open({str(marker)!r}, 'w').write(str(os.getpid()))\ntime.sleep(600)"
    tiny_plugin(tmp_path / "plugins" / "tiny", body=body)
    scenario(tmp_path / "scenarios")
    command = [sys.executable, "-m", "koppeling_harness", "run"]
    process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 30
    while not (marker.exists() and marker.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)

    assert process.returncode == 2, err
    assert "Traceback" not in err
    assert not _is_alive(int(marker.read_text()))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


REGISTRATION = """
registration: tiny
title: {nl: Klein, en: Tiny}
partner: {name: Voorbeeld B.V., subscription: "12345"}
integration: tiny
integration_id: "12345_1"
listing: {partner_site: true, help_center: true}
contacts: 2
active_customers: 6
assessments:
  - {id: Q1, kind: quickscan, assessor: Computest, report_date: 2026-01-14, colour: groen}
"""
WAIVERS = """
waivers:
  - {{id: W1, scenario: read, releases: ["Profit 8"], reason: Wordt hersteld, owner: O. Wner,
      approved_by: R. Viewer, until: {until}}}
"""


def waived(project: Path, until: date, *more: str):
    """Run with a file of AFAS's that waives the scenario until a day."""
    path = project / "tiny.decisions.yaml"
    text = "schema: koppeling/decisions@1\nof: tiny\n" + WAIVERS.format(until=until)
    path.write_text(text, encoding="utf-8")
    return run(project, "--decisions", str(path), *more)


SOON, PAST = today(SystemClock()) + timedelta(days=30), date(2026, 1, 15)


def test_a_waiver_of_afas_covers_a_failure_and_is_counted(project):
    scenario(project / "scenarios", expect="{output: {count: -1}}")
    ran = waived(project, SOON)

    assert ran.code == 0
    assert only(ran)["verdict"] == {
        "outcome": "passed",
        "required": {"total": 1, "executed": 1, "passed": 0, "proven": 0},
        "waived": 1,
    }
    assert only(ran)["results"][0]["outcome"] == "failed"


def test_a_waiver_in_the_partner_s_own_file_covers_nothing(project):
    scenario(project / "scenarios", expect="{output: {count: -1}}")
    own = REGISTRATION + WAIVERS.format(until=SOON)
    (project / "plugins" / "tiny" / "registration.yaml").write_text(own, encoding="utf-8")

    assert run(project).code == 1


def test_a_waiver_for_longer_than_a_year_is_refused(project):
    ran = waived(project, date(2099, 12, 31))

    assert ran.code == 10
    assert "at most 12 months" in ran.err


@pytest.mark.parametrize(
    ("until", "said"), [(PAST, "expired after 2026-01-15"), (SOON, "not needed")]
)
def test_a_waiver_that_nothing_needs_is_a_line_and_no_more(project, until, said):
    ran = waived(project, until)

    assert ran.code == 0
    assert said in only(ran)["waiver_problems"][0]


def test_a_waiver_that_expired_while_its_failure_is_back_is_exit_13(project):
    """Where nothing required fails, which is heavier."""
    path = scenario(project / "scenarios", expect="{output: {count: -1}}")
    scenario(project / "scenarios", name="other")
    text = path.read_text(encoding="utf-8").replace("level: required", "level: recommended")
    path.write_text(text, encoding="utf-8")

    assert waived(project, PAST).code == 13
    assert waived(project, SOON).code == 0


def test_an_expired_waiver_covers_nothing(project):
    scenario(project / "scenarios", expect="{output: {count: -1}}")

    assert waived(project, PAST).code == 1


def test_a_run_ends_with_the_status_of_the_registrations_it_finds(project):
    path = project / "plugins" / "tiny" / "registration.yaml"
    path.write_text(REGISTRATION, encoding="utf-8")
    ran = koppeling("run", "--release", "Profit 8", cwd=project)
    (page,) = (project / "reports").glob("*/index.html")

    assert "tiny: " in ran.out
    assert "valid until 14 January 2029" in ran.out
    assert "2029-01-14" in page.read_text(encoding="utf-8")


def test_a_run_tells_what_it_does_not_heed_in_settings_beside_the_manifest(tmp_path):
    folder = tmp_path / "tiny"
    tiny_plugin(folder)
    scenario(tmp_path / "scenarios")
    (folder / "koppeling.toml").write_text(
        '[programme]\nrecognised_assessors = ["Mijn neef"]\n', encoding="utf-8"
    )
    packs = ("--scenarios", tmp_path / "scenarios")
    ran = koppeling("run", "--plugin", folder, *packs, cwd=folder)

    assert "`programme` is AFAS's to set" in ran.all


def test_an_integration_in_this_folder_that_is_set_aside_is_called_by_its_name(tmp_path):
    here = tmp_path / "hours"
    here.mkdir()
    (here / "koppeling.yaml").write_text("id: Broken\n", encoding="utf-8")
    scenario(tmp_path / "packs")
    ran = koppeling("run", "--plugin", ".", "--scenarios", "../packs", cwd=here)

    assert ran.code == 10
    assert "hours: set aside" in ran.out + ran.err


def test_an_integration_may_be_named_by_its_manifest(project):
    manifest = project / "plugins" / "tiny" / "koppeling.yaml"

    assert run(project, "--plugin", manifest).code == 0
    assert "tiny" in koppeling("plugins", "list", "--plugin", manifest, cwd=project).out


@pytest.mark.skipif(os.name == "nt" or sys.platform == "darwin", reason="names there are text")
def test_a_folder_whose_name_is_no_text_is_set_aside_and_can_be_told(project):
    folder = os.fsencode(project / "plugins") + b"/na\xe9m"
    Path(os.fsdecode(folder)).mkdir()
    (Path(os.fsdecode(folder)) / "koppeling.yaml").write_text("id: x\n", encoding="utf-8")
    ran = koppeling_process("run", "--release", "Profit 8", cwd=project)
    (path,) = project.glob("reports/2*/run.json")
    record = json.loads(path.read_text(encoding="utf-8"))

    assert ran.code == 12, ran.all
    assert "na\\udce9m: set aside" in ran.all
    assert [each["id"] for each in record["integrations"]] == ["tiny", "na\udce9m"]
    assert koppeling_process("records", "check", "reports", cwd=project).code == 0
    assert koppeling_process("status", "--runs", "reports", cwd=project).code == 5
