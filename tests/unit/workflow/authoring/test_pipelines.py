"""The pipelines fit what each CI system publishes of its format, and hang together."""

import subprocess
import sys

import pytest

from koppeling_harness.document import read_yaml
from koppeling_harness.errors import UsageError
from koppeling_harness.workflow.authoring.pipelines import FILES, SHARDS, pipeline_files

SCHEMAS = {
    "github": "vendor.github-workflows",
    "gitlab": "vendor.gitlab-ci",
    "azure": "vendor.azure-pipelines",
}


def text(kind: str) -> str:
    ((name, content),) = pipeline_files(kind).items()
    assert name == FILES[kind]
    return content.decode()


@pytest.mark.slow
@pytest.mark.parametrize("kind", FILES)
def test_a_pipeline_fits_the_schema_that_its_system_publishes(kind, tmp_path):
    pytest.importorskip("check_jsonschema", reason="needs check-jsonschema, which has the schemas")
    path = tmp_path / "pipeline.yml"
    path.write_text(text(kind), encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", SCHEMAS[kind]]
    # Azure's schema has patterns that are no JavaScript with the flag u
    options = ["--data-transform", "gitlab-ci"] if kind == "gitlab" else []
    options += ["--regex-variant", "nonunicode", str(path)]
    ran = subprocess.run(
        [*command, *options], capture_output=True, text=True, check=False, timeout=60
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("kind", FILES)
def test_a_pipeline_shards_merges_uploads_and_comments(kind):
    whole = text(kind)

    assert "{{" not in whole.replace("${{", "")
    for part in ("--shard", "koppeling merge", "summary.md", "junit", "koppeling-harness=="):
        assert part in whole.lower()
    assert '"7"' in whole
    assert '"8"' in whole


def test_there_are_as_many_jobs_as_shards():
    github = read_yaml(text("github"), name="github").data
    gitlab = read_yaml(text("gitlab"), name="gitlab").data
    azure = read_yaml(text("azure"), name="azure").data
    wanted = [str(each) for each in range(1, SHARDS + 1)]

    matrix = github["jobs"]["certify"]["strategy"]["matrix"]
    assert [str(each) for each in matrix["shard"]] == wanted
    assert gitlab["certify"]["parallel"]["matrix"][0]["SHARD"] == wanted
    jobs = azure["jobs"][0]["strategy"]["matrix"].values()
    assert [each["SHARD"] for each in jobs if each["RELEASE"] == "8"] == wanted
    assert {github["env"]["SHARDS"], int(gitlab["variables"]["SHARDS"])} == {SHARDS}


@pytest.mark.parametrize("kind", ["github", "azure"])
def test_a_pipeline_runs_on_a_schedule_and_before_a_release(kind):
    whole = text(kind)

    assert "cron:" in whole
    assert "v*" in whole


def test_another_system_is_a_usage_error():
    with pytest.raises(UsageError, match="github, gitlab, azure"):
        pipeline_files("jenkins")
