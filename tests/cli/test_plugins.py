import sys

import pytest

from support.cli import koppeling
from support.plugins import MANIFEST, READS_VERSION, a_plugin


@pytest.fixture
def plugins(tmp_path):
    a_plugin(tmp_path / "plugins" / "goed", trigger=READS_VERSION)
    a_plugin(tmp_path / "plugins" / "spelfout", "@hookimpl\ndef koppeling_triger(call): pass")
    a_plugin(tmp_path / "plugins" / "kapot", manifest="id: kapot\nversie: 1\n")
    return tmp_path


def test_list_shows_integrations_with_their_operations_and_what_was_set_aside(plugins):
    ran = koppeling("plugins", "list", cwd=plugins)

    assert ran.code == 0
    assert "goed 1.0.0  Example (Voorbeeld BV)" in ran.out
    assert "    push-hours: Book hours" in ran.out
    assert "kapot  set aside: " in ran.err
    assert "unknown key `versie`" in ran.err


def test_list_as_json_prints_the_manifests_and_nothing_else(plugins):
    told = koppeling("plugins", "list", "--json", cwd=plugins).json()

    assert [each["manifest"]["id"] for each in told["integrations"]] == ["goed", "spelfout"]
    assert [each["name"] for each in told["set_aside"]] == ["kapot"]
    assert len(told["integrations"][0]["digest"]) == 64


def test_list_of_another_folder(plugins):
    ran = koppeling("plugins", "list", "--plugins", plugins / "plugins" / "goed", cwd=plugins)

    assert ran.out.startswith("goed ")
    assert "spelfout" not in ran.all


def test_list_where_there_is_nothing_says_so(tmp_path):
    ran = koppeling("plugins", "list", cwd=tmp_path)

    assert (ran.code, ran.out) == (0, "")
    assert "no integrations in plugins" in ran.err


def test_check_names_every_problem_and_exits_10(plugins):
    ran = koppeling("plugins", "check", cwd=plugins)

    assert ran.code == 10
    assert "goed: in order" in ran.out
    assert "spelfout: koppeling_plugin.py" in ran.err
    assert "Did you mean `koppeling_trigger`?" in ran.err
    assert "koppeling.yaml:2:1: unknown key `versie`" in ran.err
    assert "2 of 3 integrations cannot be used: spelfout, kapot" in ran.err
    assert "Traceback" not in ran.all


def test_check_of_one_plugin_that_is_in_order(plugins):
    ran = koppeling("plugins", "check", plugins / "plugins" / "goed", cwd=plugins)

    assert ran.code == 0
    assert ran.out.startswith("goed: in order\n    ok: initialize, offering version 1\n")
    # what a run will not see is told beforehand: it says that it writes, and never does
    assert ran.out.endswith(
        "    ok: operation push-hours with its example; with this example PtRealization "
        "is not written: what is asked of it is NOT-PROVEN in a run\n"
    )
    assert ran.err == ""


def test_check_shows_of_each_check_that_failed_what_was_found_and_what_to_do(tmp_path):
    program = """
import json, sys
for line in sys.stdin:
    call = json.loads(line)
    result = {"version": 1, "hooks": ["trigger"]} if call["method"] == "initialize" else {}
    if "id" in call:
        print(json.dumps({"jsonrpc": "2.0", "id": call["id"], "result": result}), flush=True)
"""
    manifest = MANIFEST.replace(
        "kind: python", f"kind: stdio\n  command: ['{sys.executable}', '{{folder}}/program.py']"
    )
    a_plugin(tmp_path / "praat", manifest=manifest)
    (tmp_path / "praat" / "program.py").write_text(program, encoding="utf-8")

    ran = koppeling("plugins", "check", "praat", cwd=tmp_path)

    assert ran.code == 10
    assert "praat: 4 of 11 checks failed: a method that does not exist, trigger, with" in ran.err
    assert "    FAILED: a method that does not exist\n        found:    {'jsonrpc'" in ran.err
    assert (
        "        expected: error -32601, and that it goes on\n        remedy:   A later" in ran.err
    )
    assert "    ok: shutdown\n" in ran.out


def test_check_sets_aside_what_lacks_its_program_and_says_how_to_install_it(tmp_path):
    manifest = MANIFEST.replace("kind: python", "kind: stdio\n  command: [no-such-program]")
    a_plugin(tmp_path / "wonder", manifest=manifest)

    ran = koppeling("plugins", "check", "wonder", cwd=tmp_path)

    assert ran.code == 10
    assert "wonder: needs `no-such-program`, which is not found on PATH" in ran.err
    assert "hint: Install no-such-program." in ran.err


def test_check_of_a_folder_without_plugins_is_nothing_to_run(tmp_path):
    ran = koppeling("plugins", "check", tmp_path, cwd=tmp_path)

    assert ran.code == 5
    assert "found no integration" in ran.err


def test_check_of_a_folder_that_does_not_exist_exits_10(tmp_path):
    ran = koppeling("plugins", "check", "nergens", cwd=tmp_path)

    assert ran.code == 10
    assert "there is no such folder" in ran.err


@pytest.mark.parametrize(
    ("trigger", "found", "remedy"),
    [
        ("return OperationResult()", "no call at all", "Send every call to the `base_url`"),
        ("return OperationResult(ok=False, error='vol')", "NO-CALL: ", "KOPPELING_BASE_URL"),
        ("raise ValueError('kapot')", "PLUGIN-RAISED: ", ""),
    ],
)
def test_check_tries_every_example_once(tmp_path, trigger, found, remedy):
    a_plugin(tmp_path / "probeer", trigger=trigger)

    ran = koppeling("plugins", "check", "probeer", cwd=tmp_path)

    assert ran.code == 10
    for name in ("sync-employees", "push-hours"):
        assert (
            f"    FAILED: operation {name} with its example\n        found:    {found}" in ran.err
        )
    assert remedy in ran.err


def test_an_operation_that_writes_says_what_the_packs_may_have_it_write(tmp_path):
    a_plugin(tmp_path / "zonder", manifest=MANIFEST.replace("    example:\n      hours: 1\n", ""))

    for command in (("plugins", "check", "zonder"), ("run", "--plugin", "zonder")):
        ran = koppeling(*command, cwd=tmp_path)
        assert ran.code == 10
        assert "koppeling.yaml:32:5: operation `push-hours` writes, and has no `example`" in ran.err
        assert "`example: {}` when it takes none" in ran.err


@pytest.mark.parametrize("where", ["goed", "goed/koppeling.yaml", "goed/scenarios/diep", "."])
def test_a_plugin_is_known_by_its_manifest_and_by_a_folder_below_it(tmp_path, where):
    folder = a_plugin(tmp_path / "goed", trigger=READS_VERSION)
    (folder / "scenarios" / "diep").mkdir(parents=True)

    told = koppeling("plugins", "list", "--plugin", where, "--json", cwd=tmp_path).json()

    assert [each["manifest"]["id"] for each in told["integrations"]] == ["goed"]
    assert told["set_aside"] == []
