"""`koppeling run --isolated` and `--in-process`: where hooks in Python run."""

import pytest

from support.cli import koppeling, koppeling_process
from support.tiny import scenario, tiny_plugin
from support.wheels import a_wheel

INSIDE = """
return OperationResult(output={"inside": "koppeling_harness.workflow.run.certify" in sys.modules})
"""


@pytest.mark.slow
@pytest.mark.long
def test_isolated_integrations_whose_requirements_conflict_pass_in_one_run(tmp_path, monkeypatch):
    monkeypatch.setenv("KOPPELING_CACHE", str(tmp_path / "cache"))
    for version in ("1.0", "2.0"):
        a_wheel(tmp_path / "wheels", "gereedschap", version)
    for name, version in (("oud", "1.0"), ("nieuw", "2.0")):
        body = f"""
        import gereedschap
        return OperationResult(ok=gereedschap.VERSION == "{version}")
        """
        folder = tiny_plugin(tmp_path / "plugins" / name, name=name, body=body)
        requirements = f"--no-index\n--find-links {tmp_path / 'wheels'}\ngereedschap=={version}\n"
        (folder / "requirements.txt").write_text(requirements, encoding="utf-8")
    scenario(tmp_path / "scenarios")

    ran = koppeling_process("run", "--isolated", cwd=tmp_path)

    assert ran.code == 0, ran.all
    assert len(list((tmp_path / "cache" / "environments").glob("*/koppeling-complete"))) == 2


def test_an_environment_that_cannot_be_made_is_exit_10_when_named(tmp_path, monkeypatch):
    monkeypatch.setenv("KOPPELING_CACHE", str(tmp_path / "cache"))
    folder = tiny_plugin(tmp_path / "plugins" / "tiny")
    (folder / "requirements.txt").write_text("httpx\n", encoding="utf-8")
    scenario(tmp_path / "scenarios")

    ran = koppeling("run", "--isolated", "tiny", cwd=tmp_path)

    assert ran.code == 10
    assert "requirements.txt:1: `httpx` is not pinned" in ran.err


@pytest.mark.parametrize("option", [[], ["--in-process"]])
def test_hooks_run_in_the_harness_s_own_process_only_when_asked(tmp_path, option):
    tiny_plugin(tmp_path / "plugins" / "tiny", body=INSIDE)
    scenario(tmp_path / "scenarios", expect=f"{{output: {{inside: {str(bool(option)).lower()}}}}}")

    ran = koppeling_process("run", *option, cwd=tmp_path)

    assert ran.code == 0, ran.all


def test_in_one_process_there_is_room_for_one_integration(tmp_path):
    for name in ("een", "twee"):
        tiny_plugin(tmp_path / "plugins" / name, name=name)
    scenario(tmp_path / "scenarios")

    ran = koppeling("run", "--in-process", cwd=tmp_path)

    assert ran.code == 4
    assert "--in-process is for a debugger: it takes one integration, in Python" in ran.err
