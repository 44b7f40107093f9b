import shutil

import pytest

from support.cli import koppeling

PROGRAMS = {"python": "", "node": "node", "http": "node", "php": "php"}


@pytest.mark.slow
def test_every_starter_passes_at_once_without_a_finding(tmp_path):
    runtimes = [name for name, program in PROGRAMS.items() if not program or shutil.which(program)]
    for runtime in runtimes:
        folder = tmp_path / "plugins" / runtime
        made = koppeling(
            "init", f"my-{runtime}", "--runtime", runtime, "--folder", folder, cwd=tmp_path
        )
        assert made.code == 0, made.err
        assert f"wrote {folder / 'koppeling.yaml'}" in made.out
        assert f"koppeling run --plugin {folder}" in made.out

    ran = koppeling("run", "--concurrency", "16", "--json", cwd=tmp_path, measured=False)

    assert ran.code == 0, ran.err
    records = ran.json()["integrations"]
    assert [each["id"] for each in records] == sorted(f"my-{each}" for each in runtimes)
    findings = [
        (each["id"], result["scenario"], finding["code"])
        for each in records
        for result in each["results"]
        for finding in result["findings"]
    ]
    assert findings == []


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
