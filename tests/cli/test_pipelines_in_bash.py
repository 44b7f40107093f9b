"""Every step of the pipelines in bash: nights as they go, and each exit code as it is."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from koppeling_harness.model.run import RunRecord
from koppeling_harness.workflow.authoring.pipelines import FILES, pipeline_files
from support.pipelines import Machine, as_notes, prepared, steps, without_bash
from support.records import STARTED_AT, a_failure, a_result, a_run, an_integration, stored
from support.tiny import scenario, tiny_plugin

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(without_bash(), reason="there is no bash"),
]
MARK = "<!-- koppeling -->"


def text(kind: str, project: Path = Path("nowhere")) -> str:
    return pipeline_files(kind, project)[FILES[kind]].decode()


def a_project(folder: Path, *, lacking: bool = False) -> Path:
    tiny_plugin(folder / "plugins" / "tiny")
    if lacking:
        other = tiny_plugin(folder / "plugins" / "other", name="other")
        path = other / "koppeling.yaml"
        needs = "{kind: python, requires: [{program: geen-programma}]}"
        path.write_text(path.read_text().replace("{kind: python}", needs))
    for number in range(6):
        scenario(folder / "scenarios", name=f"read-{number}")
    return folder


def of_the_night(number: int) -> RunRecord:
    """Return the run of a night: the first one passed, and no other did."""
    moment = STARTED_AT - timedelta(200 - number)
    result = a_failure("read") if number else a_result("read")
    name = f"{moment:%Y%m%dT%H%M%SZ}-{number:06x}"
    return a_run(an_integration(result), run_id=name, started_at=moment, finished_at=moment)


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    project = a_project(tmp_path_factory.mktemp("good"))
    return project, prepared(tmp_path_factory.mktemp("of-good"), project)


@pytest.fixture(scope="module")
def lacking(tmp_path_factory):
    project = a_project(tmp_path_factory.mktemp("lacking"), lacking=True)
    return project, prepared(tmp_path_factory.mktemp("of-lacking"), project)


@pytest.mark.parametrize("kind", FILES)
def test_a_first_night_a_second_one_and_one_with_a_dead_shard(kind, good, tmp_path):
    project, shards = good
    # people call folders so; on Kubernetes the volume is always at the same place
    odd = "machine" if kind == "kubernetes" else "mijn map é 'x' \"y\" $HOME"
    machine = Machine(tmp_path / odd, shards)
    whole = text(kind, project)
    codes, summaries = [], []
    for dead in (0, 0, 2):
        code, where = machine.night(kind, whole, project, dead=dead)
        codes.append(code)
        summaries.append((where / "summary.md").read_text(encoding="utf-8"))
        runs = list((where / "report").glob("2*/run.json"))
        assert len(runs) == 2, "one for each release of the settings, and none of another night"
    kept = machine.folder / ("records/reports" if kind == "kubernetes" else "kept")

    assert codes == [0, 0, 12]
    assert all("**1 integration on Profit 7, 8: " in each for each in summaries)
    assert "1 passed" in summaries[0]
    # the same shards merge into the same run; with one of them dead it is another
    assert len(list(kept.glob("2*/run.json"))) == 4
    assert "pip -m pip install" in "".join(machine.calls) or kind == "kubernetes"


def test_the_hundredth_night_keeps_what_something_follows_from(good, tmp_path):
    project, shards = good
    (tmp_path / "job").mkdir()
    shutil.copytree(shards, tmp_path / "job" / "shards")
    kept = tmp_path / "job" / "reports"
    for number in range(100):
        stored(kept, of_the_night(number))
    machine = Machine(tmp_path / "machine", shards)

    assert machine.job("github", text("github", project), "verdict", tmp_path / "job") == 0
    left = [each.name for each in kept.iterdir() if (each / "run.json").is_file()]
    assert len(left) == 31 + 2  # 30 nights, the only one that passed, and both of this night


@pytest.mark.parametrize("kind", FILES)
def test_where_no_shard_left_anything_it_is_12_with_a_summary(kind, good, tmp_path):
    project, _ = good
    (tmp_path / "none").mkdir()
    for number in (1, 2, 3):
        (tmp_path / "none" / f"{number}.code").write_text("137")
    machine = Machine(tmp_path / "machine", tmp_path / "none")
    code, where = machine.night(kind, text(kind, project), project)

    assert code == 12
    assert "No verdict: exit code 12." in (where / "summary.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", FILES)
def test_a_missing_runtime_is_12_and_named(kind, lacking, tmp_path):
    project, shards = lacking
    machine = Machine(tmp_path / "machine", shards)
    machine.variables["APT_CODE"] = "100"
    code, where = machine.night(kind, text(kind, project), project)

    assert code == 12
    assert "geen-programma" in (where / "summary.md").read_text(encoding="utf-8")
    if kind != "kubernetes":  # there the image has it
        assert "apt-get update -q" in machine.calls


@pytest.mark.parametrize("code", [0, 1, 3, 10, 11, 12])
@pytest.mark.parametrize("kind", FILES)
def test_each_exit_code_of_the_program_is_that_of_the_step_and_of_the_job(kind, code, tmp_path):
    machine = Machine(tmp_path / "machine", tmp_path)
    machine.variables["KOPPELING_CODE"] = str(code)
    (tmp_path / "job").mkdir()
    whole = text(kind)
    certified = machine.job(
        kind, whole, "certify", tmp_path / "job", SHARD="1", JOB_COMPLETION_INDEX="0"
    )

    assert certified == code
    assert machine.job(kind, whole, "verdict", tmp_path / "job") == code
    assert (tmp_path / "job" / "summary.md").is_file()
    if kind == "github":
        assert (machine.folder / "step-summary").read_text() == (
            tmp_path / "job" / "summary.md"
        ).read_text()


@pytest.mark.parametrize("kind", ["github", "gitlab", "azure"])
def test_what_cannot_be_installed_is_11_and_never_a_verdict(kind, tmp_path):
    machine = Machine(tmp_path / "machine", tmp_path)
    machine.variables["PIP_CODE"] = "1"
    (tmp_path / "job").mkdir()

    for job in ("certify", "verdict"):
        assert machine.job(kind, text(kind), job, tmp_path / "job", SHARD="1") == 11


def commented(kind: str, folder: Path, *, there: bool) -> list[str]:
    """Return how a comment is put: what the stand-ins were asked, but for questions."""
    machine = Machine(folder / "machine", folder)
    ours = f"{MARK}\nof the night before"
    (folder / "summary.md").write_text("of this night")
    machine.variables |= {
        "OURS": "42\\n43\\n" if there else "",
        "GITHUB_REPOSITORY": "a/b",
        "PULL_REQUEST": "5",
        "CI_API_V4_URL": "https://x.example/api",
        "CI_PROJECT_ID": "3",
        "CI_MERGE_REQUEST_IID": "5",
        "COMMENT_TOKEN": "t",
        "SYSTEM_ACCESSTOKEN": "t",
        "SYSTEM_COLLECTIONURI": "https://x.example/",
    }
    notes = as_notes("a word of somebody", f"quoted: {MARK}", *([ours] if there else []))
    thread = '{"value": [{"id": 1, "comments": [{"content": "x"}]}%s]}'
    mine = f', {{"id": 9, "comments": [{{"content": "{MARK} y"}}]}}' if there else ""
    machine.variables["COMMENTS"] = notes if kind == "gitlab" else thread % mine
    name = {"github": "Comment the summary", "gitlab": "after", "azure": "Comment the summary"}
    step = [each for each in steps(kind, text(kind), "verdict") if each.name == name[kind]][-1]
    ran = machine.run(step.script, folder)

    assert ran.returncode == 0, ran.stderr
    assert (folder / "comment.md").read_text() == f"{MARK}\nof this night"
    return [each for each in machine.calls if "--method" in each or "--request" in each]


@pytest.mark.parametrize(
    ("kind", "first", "again"),
    [
        ("github", "POST repos/a/b/issues/5/comments", "PATCH repos/a/b/issues/comments/42"),
        ("gitlab", "POST", "PUT"),
        ("azure", "POST", "PATCH"),
    ],
)
def test_there_is_one_comment_of_our_own_edited_in_place(kind, first, again, tmp_path):
    (tmp_path / "first").mkdir()
    (tmp_path / "again").mkdir()
    (made,) = commented(kind, tmp_path / "first", there=False)
    (edited,) = commented(kind, tmp_path / "again", there=True)

    assert first in made
    assert again in edited
    if kind == "gitlab":
        assert made.endswith("/merge_requests/5/notes")
        assert edited.endswith("/merge_requests/5/notes/3")
    if kind == "azure":
        assert "/threads/9/comments/1?" in edited
