"""`koppeling recheck` where a release or an environment is not there, and what is left alone."""

import json
import socket
from pathlib import Path

import pytest

from support.cli import Ran, koppeling
from support.tiny import tiny_project

pytestmark = pytest.mark.slow

ONLY_ACCEPT = """
[releases]
accept = "Profit 10"

[environments.nowhere]
url = "http://127.0.0.1:{port}/T12345AA/ProfitRestServices"
release = "Profit 9"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    tiny_project(tmp_path)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    (tmp_path / "koppeling.toml").write_text(ONLY_ACCEPT.format(port=port), encoding="utf-8")
    return tmp_path


def recheck(project: Path, *arguments: str | Path) -> Ran:
    return koppeling("recheck", *arguments, cwd=project)


def test_what_is_not_there_yet_is_not_available_and_never_a_crash(project, monkeypatch):
    token = f"<token><version>1</version><data>{'0A' * 32}</data></token>"
    monkeypatch.setenv("KOPPELING_TOKEN_NOWHERE", token)
    ran = recheck(project, "--json", "--env", "nowhere")
    notes = {each["release"]: each["note"] for each in ran.json()["releases"]}

    assert ran.code == 11, ran.err
    assert notes["Profit 10"]["nl"].startswith("niet beschikbaar: ERP1 kent Profit 10 nog niet")
    assert notes["Profit 9"]["en"].startswith("not available: ")
    assert notes[""]["en"] == "not available: the settings name no release"
    assert token not in ran.all


def test_what_an_update_does_not_touch_is_left_alone(project):
    impact = project / "impact.json"
    touched = [{"integration": "tiny", "class": "none", "changes": []}]
    impact.write_text(json.dumps(touched), encoding="utf-8")
    ran = recheck(project, "--impact", impact)

    assert (ran.code, ran.out.splitlines()[0]) == (0, "tiny: nothing to do")
    assert not (project / "reports" / "latest.json").exists()
