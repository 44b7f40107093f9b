import shutil
from pathlib import Path

import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.errors import UsageError
from koppeling_harness.scenario.packs import packs_folder
from koppeling_harness.workflow.authoring.init import write_starter
from support.cli import koppeling, koppeling_process
from support.clock import FixedClock

PROGRAMS = {"python": "", "node": "node", "php": "php"}


def passes(where, *options):
    """Run what is in `plugins`; return the ids, when all passed without a finding."""
    ran = koppeling_process(
        "run",
        "--release",
        "Profit 8",
        "--concurrency",
        "16",
        "--no-traffic",
        "--json",
        *options,
        cwd=where,
    )
    assert ran.code == 0, ran.err
    records = ran.json()["integrations"]
    findings = [
        (each["id"], result["scenario"], finding["code"])
        for each in records
        for result in each["results"]
        for finding in result["findings"]
    ]
    assert findings == []
    return [each["id"] for each in records]


@pytest.mark.slow
def test_every_starter_passes_at_once_without_a_finding(tmp_path):
    runtimes = [name for name, program in PROGRAMS.items() if not program or shutil.which(program)]
    for runtime in runtimes:
        folder = tmp_path / "plugins" / runtime
        write_starter(f"my-{runtime}", runtime=runtime, folder=folder, clock=SystemClock())

    assert passes(tmp_path) == sorted(f"my-{each}" for each in runtimes)


@pytest.mark.slow
def test_a_starter_with_a_classic_token_passes_too_and_says_until_when(tmp_path):
    made = koppeling("init", "old", "--runtime", "python", "--classic", cwd=tmp_path)

    assert made.code == 0, made.err
    assert "oauth" not in (tmp_path / "old" / "koppeling.yaml").read_text("utf-8")
    assert "From 01-05-2027 on" in (tmp_path / "old" / "README.md").read_text("utf-8")
    packs = packs_folder() / "authentication"
    assert passes(tmp_path, "--plugin", "old", "--scenarios", packs) == ["old"]


def test_no_starter_signs_in_by_what_works_no_more(tmp_path):
    clock = FixedClock("2027-09-01T12:00:00+02:00")

    with pytest.raises(UsageError, match="no classic token works any more"):
        write_starter("x", runtime="php", folder=tmp_path / "x", clock=clock, classic=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
def test_the_service_that_is_the_starter_in_node_by_another_door_passes_too(tmp_path):
    made = koppeling("init", "my-http", "--runtime", "http", cwd=tmp_path)
    packs = packs_folder() / "connectors"

    assert made.code == 0, made.err
    assert f"wrote {Path('my-http', 'server.mjs')}" in made.out
    assert f"try it: koppeling run --plugin {Path('my-http')}" in made.out
    assert passes(tmp_path, "--plugin", "my-http", "--scenarios", packs) == ["my-http"]


def test_an_id_without_a_runtime_is_refused_with_the_choices(tmp_path):
    ran = koppeling("init", "x", cwd=tmp_path)

    assert ran.code == 4
    assert "expected --runtime python|node|php|dotnet|http" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_a_pipeline_is_written_and_never_overwritten(tmp_path):
    first = koppeling("init", "ci", "gitlab", cwd=tmp_path)
    second = koppeling("init", "ci", "gitlab", cwd=tmp_path)

    assert first.code == 0
    assert (tmp_path / ".gitlab-ci.yml").is_file()
    assert second.code == 10
    assert ".gitlab-ci.yml: exists already" in second.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("ci",),
        ("ci", "jenkins"),
        ("ci", "github", "--runtime", "php"),
        ("x", "y", "--runtime", "php"),
    ],
)
def test_what_does_not_go_together_is_refused(arguments, tmp_path):
    ran = koppeling("init", *arguments, cwd=tmp_path)

    assert ran.code == 4
    assert list(tmp_path.iterdir()) == []
