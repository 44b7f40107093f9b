"""The pipelines fit what each CI system publishes of its format, and hang together."""

import re
import subprocess
import sys

import pytest

from koppeling_harness.document import read_yaml
from koppeling_harness.errors import UsageError
from koppeling_harness.version import __version__
from koppeling_harness.workflow.authoring.pipelines import (
    DOCKERFILE,
    FILES,
    SHARDS,
    constraints,
    pipeline_files,
)
from support.tiny import tiny_plugin

SCHEMAS = {
    "github": "vendor.github-workflows",
    "gitlab": "vendor.gitlab-ci",
    "azure": "vendor.azure-pipelines",
}


def text(kind: str, *more, **options) -> str:
    return pipeline_files(kind, *more, **options)[FILES[kind]].decode()


def needing(folder, *programs):
    """A project whose integration needs programs."""
    tiny_plugin(folder / "plugins" / "tiny")
    path = folder / "plugins" / "tiny" / "koppeling.yaml"
    requires = ", ".join(f"{{program: {each}}}" for each in programs)
    path.write_text(
        path.read_text().replace("{kind: python}", f"{{kind: python, requires: [{requires}]}}")
    )
    return folder


def test_an_integration_at_the_top_of_its_repository_gets_what_it_needs(tmp_path):
    top = needing(tmp_path, "node") / "plugins" / "tiny"

    assert "command -v node" in text("gitlab", top)


@pytest.mark.slow
@pytest.mark.parametrize("kind", SCHEMAS)
@pytest.mark.parametrize("programs", [(), ("node", "php")])
def test_a_pipeline_fits_the_schema_that_its_system_publishes(kind, programs, tmp_path):
    pytest.importorskip("check_jsonschema", reason="needs check-jsonschema, which has the schemas")
    path = tmp_path / "pipeline.yml"
    path.write_text(text(kind, needing(tmp_path, *programs)), encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", SCHEMAS[kind]]
    # Azure's schema has patterns that are no JavaScript with the flag u
    options = ["--data-transform", "gitlab-ci"] if kind == "gitlab" else []
    options += ["--regex-variant", "nonunicode", str(path)]
    ran = subprocess.run(
        [*command, *options], capture_output=True, text=True, check=False, timeout=60
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_jobs_of_kubernetes_fit_the_schema_that_it_publishes():
    validate = pytest.importorskip("kubernetes_validate", reason="it has the schemas")
    kinds = []
    for each in text("kubernetes").split("\n---\n"):
        document = read_yaml(each, name="kubernetes").data
        validate.validate(document, "1.33", strict=True)  # the first with a limit per index
        kinds.append(document["kind"])

    assert kinds == ["PersistentVolumeClaim", "Job", "Job"]


def test_an_index_is_retried_where_no_verdict_was_reached_and_failed_where_one_was():
    _, shards, verdict = text("kubernetes").split("\n---\n")
    spec = read_yaml(shards, name="x").data["spec"]
    rules = {
        each["action"]: each["onExitCodes"]["values"]
        for each in spec["podFailurePolicy"]["rules"]
        if "onExitCodes" in each
    }

    assert rules == {"FailIndex": [1, 10, 12], "Count": [3, 11, 137]}
    assert (spec["completionMode"], spec["completions"]) == ("Indexed", SHARDS)
    assert read_yaml(verdict, name="x").data["spec"]["backoffLimit"] == 0


@pytest.mark.parametrize("kind", FILES)
def test_a_pipeline_shards_merges_keeps_records_and_leaves_the_releases_to_the_settings(kind):
    whole = text(kind)

    assert "{{" not in whole.replace("${{", "")
    for part in ("--shard", "koppeling merge", "summary.md", "reports/", "koppeling evidence sign"):
        assert part in whole
    assert "--release" not in whole
    assert "cat reports/" not in whole, "what earlier nights left is not of this one"


@pytest.mark.parametrize("kind", ["github", "gitlab", "azure"])
def test_the_program_is_pinned_and_all_that_it_needs(kind):
    whole = text(kind)

    assert f"koppeling-harness=={__version__}" in whole
    assert whole.count("--constraint koppeling-constraints.txt") == 2


def test_the_constraints_are_what_is_installed_here():
    lines = constraints().decode().splitlines()

    assert lines[0].startswith("# What koppeling-harness")
    assert all(re.fullmatch(r"[a-z0-9-]+==\S+", each) for each in lines[1:])
    names = [each.partition("==")[0] for each in lines[1:]]
    assert {"click", "httpx", "h11", "pyyaml", "starlette", "anyio"} <= set(names)
    assert "koppeling-harness" not in names
    assert names == sorted(names)


@pytest.mark.parametrize(
    ("source", "harness", "index"),
    [
        ("wheels/koppeling_harness-1.2-py3-none-any.whl", None, ""),
        ("git+https://git.example/k.git@v1.2", None, ""),
        ("koppeling-harness==1.2", None, ""),
        ("https://index.example/simple", f"koppeling-harness=={__version__}", " --index-url "),
    ],
)
def test_the_program_comes_from_where_one_says(source, harness, index):
    whole = text("github", source=source)
    data = read_yaml(whole, name="x").data

    assert data["env"]["HARNESS"] == (harness or source)
    assert f"--disable-pip-version-check{index}" in whole
    assert (source in whole) is True


@pytest.mark.parametrize(
    "source", ["git+https://git.example/k.git", "a b", "x; rm -rf", "elsewhere", "$(x)", '"']
)
def test_where_it_cannot_come_from_is_a_usage_error(source):
    with pytest.raises(UsageError, match="--from"):
        pipeline_files("github", source=source)


@pytest.mark.parametrize("kind", ["github", "gitlab", "azure"])
def test_what_integrations_need_is_installed(kind, tmp_path):
    whole = text(kind, needing(tmp_path, "node", "php", "ruby"))

    for program, package in (("node", "nodejs"), ("php", "php-cli"), ("ruby", "ruby")):
        assert f'command -v {program} >/dev/null || lacking="$lacking {package}"' in whole
    assert "apt-get install" in whole
    assert "apt-get" not in text(kind, tmp_path / "empty")


def test_the_image_has_what_integrations_need(tmp_path):
    made = pipeline_files("kubernetes", needing(tmp_path, "php"))[DOCKERFILE].decode()

    assert "php-cli" in made
    assert "--constraint koppeling-constraints.txt" in made
    assert "{{" not in made


def test_actions_are_those_of_a_commit():
    used = re.findall(r"uses: (\S+)(.*)", text("github"))

    assert used
    for action, version in used:
        assert re.fullmatch(r"actions/[a-z/-]+@[0-9a-f]{40}", action), action
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", version)


def test_there_are_as_many_jobs_as_shards():
    github = read_yaml(text("github"), name="github").data
    gitlab = read_yaml(text("gitlab"), name="gitlab").data
    azure = read_yaml(text("azure"), name="azure").data
    wanted = [str(each) for each in range(1, SHARDS + 1)]

    matrix = github["jobs"]["certify"]["strategy"]["matrix"]
    assert [str(each) for each in matrix["shard"]] == wanted
    assert gitlab["certify"]["parallel"]["matrix"][0]["SHARD"] == wanted
    jobs = azure["jobs"][0]["strategy"]["matrix"].values()
    assert [each["SHARD"] for each in jobs] == wanted
    said = {github["env"]["SHARDS"], gitlab["variables"]["SHARDS"], azure["variables"]["SHARDS"]}
    assert said == {str(SHARDS)}


@pytest.mark.parametrize("kind", ["github", "azure"])
def test_a_pipeline_runs_on_a_schedule_and_before_a_release(kind):
    whole = text(kind)

    assert "cron:" in whole
    assert "v*" in whole


@pytest.mark.parametrize(
    ("kind", "part"),
    [("github", "concurrency:"), ("gitlab", "resource_group:"), ("azure", "batch:")],
)
def test_two_pipelines_do_not_get_in_each_others_way(kind, part):
    assert part in text(kind)


def test_azure_says_that_a_branch_policy_is_needed():
    assert "branch policy" in text("azure")


def test_another_system_is_a_usage_error():
    with pytest.raises(UsageError, match="github, gitlab, azure, kubernetes"):
        pipeline_files("jenkins")
