"""A setting holds for every command and output that it is about, and folders are found alike."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from koppeling_harness.workflow.authoring.pipelines import FILES
from support.cli import koppeling
from support.serving import served
from support.tiny import tiny_project

SAMPLES = Path(__file__).parents[2] / "docs" / "samples"


def with_settings(folder, text):
    (folder / "koppeling.toml").write_text(text)
    return folder


def releases_of_run(ran):
    return [each["erp"]["label"] for each in ran.json()["records"]]


def test_a_run_without_a_release_is_on_those_of_the_settings(project):
    assert releases_of_run(koppeling("run", "--json", cwd=project)) == ["Profit 7", "Profit 8"]

    with_settings(project, '[releases]\ncurrent = "Profit 9"\n')
    assert releases_of_run(koppeling("run", "--json", cwd=project)) == ["Profit 9"]
    asked = koppeling("run", "--json", "--release", "Profit 7", cwd=project)
    assert asked.json()["erp"]["label"] == "Profit 7"


def test_erp1_without_a_release_imitates_the_current_one_of_the_settings(tmp_path, monkeypatch):
    with_settings(tmp_path, '[releases]\ncurrent = "Profit 9"\n')
    monkeypatch.chdir(tmp_path)
    with served("--rows", "5") as erp1:
        assert erp1.line["release"] == "Profit 9"


@pytest.mark.parametrize("kind", ["github", "gitlab", "azure"])
def test_a_pipeline_runs_every_release_of_the_settings(tmp_path, kind):
    roles = '[releases]\nprevious = "Profit 8"\ncurrent = "Profit 9"\naccept = "Profit 7"\n'
    with_settings(tiny_project(tmp_path), roles)
    assert koppeling("init", "ci", kind, cwd=tmp_path).code == 0

    written = (tmp_path / FILES[kind]).read_text(encoding="utf-8")
    (line,) = re.findall(r"^ *koppeling (run .*)$", written, re.MULTILINE)
    words = line.replace("$SHARDS", "1").replace("$SHARD", "1")
    ran = koppeling(*shlex.split(words), "--json", cwd=tmp_path)
    assert releases_of_run(ran) == ["Profit 7", "Profit 8", "Profit 9"]


@pytest.mark.parametrize("typed", ["Profit8", "8", "profit 8", "PROFIT-8", "Proft 8"])
def test_a_release_that_is_nearly_one_is_asked_after(project, typed):
    shutil.copy(Path(__file__).parents[2] / "scenarios" / "scenarios.lock", project / "x.lock")
    for command in (("run", "--release", typed), ("erp1", "serve", "--release", typed)):
        ran = koppeling(*command, cwd=project)

        assert ran.code == 10, ran.all
        assert "Did you mean 'Profit 8'?" in ran.err


def test_a_release_that_is_far_from_any_is_not_guessed(project):
    assert "Did you mean" not in koppeling("run", "--release", "Profit 80", cwd=project).all
    assert "Did you mean" not in koppeling("run", "--release", "AFAS", cwd=project).all


def lapses_soon(folder, days):
    """Return what the dossier and the summary of one registration say with that warning."""
    shutil.copytree(SAMPLES / "registrations", folder / "registrations")
    shutil.copytree(SAMPLES / "runs", folder / "runs")
    with_settings(folder, f"warning_days = {days}\n")
    one = "registrations/kassakoppel.yaml"
    for day in ("2026-09-14", "2026-11-23"):
        status = koppeling("status", one, "--runs", "runs", "--as-of", day, "--json", cwd=folder)
        yield "ENDS-SOON" in status.out or "VALIDITY-ENDS-SOON" in status.out
    options = ("--runs", "runs", "--as-of", "2026-11-23", "--out", "site")
    koppeling("report", one, *options, cwd=folder)
    yield "Nieuw: De geldigheid eindigt binnenkort" in dossier(folder)
    yield f"binnen {days} dagen" in (folder / "site" / "summary.md").read_text()


def dossier(folder):
    text = (folder / "site" / "dossiers" / "kassakoppel.html").read_text(encoding="utf-8")
    return " ".join(text.split())


def test_a_dossier_judges_both_days_that_it_compares_by_the_same_settings(tmp_path):
    *_, is_new, told = lapses_soon(tmp_path, 200)

    assert not is_new
    assert told


def test_in_the_folder_of_an_integration_every_command_finds_it(project):
    own = project / "plugins" / "tiny"
    shutil.copytree(project / "scenarios", own / "scenarios")
    assert koppeling("registration", "new", ".", cwd=own).code == 0

    assert koppeling("registration", "check", cwd=own).code == 0
    status = koppeling("status", "--json", cwd=own)
    assert [each["registration"] for each in status.json()] == ["tiny"]
    assert koppeling("report", cwd=own).code == 0
    assert "tiny 1.0.0" in koppeling("plugins", "list", cwd=own).out
    checked = koppeling("plugins", "check", cwd=own)
    assert (checked.code, "tiny: in order" in checked.out) == (0, True), checked.all


def test_a_run_from_a_subfolder_is_one_of_its_project(project):
    for below in ("plugins", "scenarios", "docs/deep"):
        folder = project / below
        folder.mkdir(parents=True, exist_ok=True)
        ran = koppeling("run", "--json", "--release", "Profit 8", cwd=folder)

        assert ran.code == 0, ran.all
        assert [each["id"] for each in ran.json()["integrations"]] == ["tiny"]
        assert not (folder / "reports").exists()
    assert len([each for each in (project / "reports").iterdir() if each.is_dir()]) == 3

    inside = project / "plugins" / "tiny" / "src"
    inside.mkdir()
    asked = koppeling(
        "run", "--json", "--scenarios", "../../../scenarios", "--reports", "out", cwd=inside
    )
    assert asked.code == 0, asked.all
    assert (inside / "out").is_dir()


def test_a_run_where_there_is_no_project_says_so(tmp_path):
    assert koppeling("run", cwd=tmp_path).code == 5
