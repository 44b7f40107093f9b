import asyncio
import os
from pathlib import Path

import pytest

from koppeling_harness.plugin.discover import Discovery, discover
from koppeling_harness.plugin.session import IntegrationRunner
from koppeling_harness.plugin.venvs import with_environments
from support.integrations import a_call, a_context, opened
from support.plugins import MANIFEST, a_plugin
from support.wheels import a_wheel

PINNED = "--no-index\n--find-links ../wheels\ngereedschap=={version}  # of ours\n"


@pytest.fixture(autouse=True)
def _cache(tmp_path, monkeypatch):
    monkeypatch.setenv("KOPPELING_CACHE", str(tmp_path / "cache"))
    for name in ("PIP_FIND_LINKS", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_CONSTRAINT"):
        monkeypatch.delenv(name, raising=False)


def requiring(folder: Path, requirements: str, trigger: str) -> Path:
    """Write a plugin whose manifest names requirements."""
    manifest = MANIFEST.replace("kind: python", "kind: python\n  requirements: pinned.txt")
    a_plugin(folder, trigger=trigger, manifest=manifest)
    (folder / "pinned.txt").write_text(requirements, encoding="utf-8")
    return folder


def found(*folders: Path) -> Discovery:
    discovery = discover(folders, entry_points=False)
    assert discovery.set_aside == ()
    return discovery


def answers(tmp_path: Path, discovery: Discovery) -> dict[str, object]:
    """Trigger every integration once; return what each gave."""

    async def one(runner: IntegrationRunner) -> object:
        context = a_context(tmp_path / "work")
        session = await opened(runner, context)
        answer = await session.trigger(a_call(context), timeout_s=10.0)
        await session.finish(timeout_s=5.0)
        return answer

    async def all_() -> dict[str, object]:
        given = {}
        for each in discovery.integrations:
            runner = IntegrationRunner(each)
            try:
                given[each.manifest.id] = await one(runner)
            finally:
                await runner.close()
        return given

    return asyncio.run(all_())


IMPORTS = """
import gereedschap
try:
    import pydantic
except ImportError:
    pydantic = None
return OperationResult(output=[gereedschap.VERSION, pydantic is None, sys.prefix])
"""


@pytest.mark.slow
def test_requirements_that_conflict_never_meet_each_other_or_those_of_the_harness(tmp_path):
    for version in ("1.0", "2.0"):
        a_wheel(tmp_path / "wheels", "gereedschap", version)
    folders = [
        requiring(tmp_path / name, PINNED.format(version=version), IMPORTS)
        for name, version in (("oud", "1.0"), ("nieuw", "2.0"))
    ]

    discovery = with_environments(found(*folders))
    given = answers(tmp_path, discovery)

    assert discovery.set_aside == ()
    assert [given[name].output[:2] for name in ("oud", "nieuw")] == [["1.0", True], ["2.0", True]]
    assert given["oud"].output[2] != given["nieuw"].output[2]


@pytest.mark.slow
def test_an_environment_is_made_again_only_when_its_requirements_change(tmp_path):
    a_wheel(tmp_path / "wheels", "gereedschap", "1.0")
    folder = requiring(tmp_path / "oud", PINNED.format(version="1.0"), IMPORTS)
    (first,) = with_environments(found(folder)).integrations
    made = first.python.stat().st_ctime_ns

    (again,) = with_environments(found(folder)).integrations
    (folder / "pinned.txt").write_text("# nothing any more\n", encoding="utf-8")
    (other,) = with_environments(found(folder)).integrations

    assert (again.python, again.python.stat().st_ctime_ns) == (first.python, made)
    assert other.python != first.python


def test_what_cannot_be_installed_sets_the_integration_aside_and_leaves_no_half_environment(
    tmp_path,
):
    folder = requiring(tmp_path / "oud", PINNED.format(version="9.9"), "pass")
    (tmp_path / "wheels").mkdir()

    for _ in range(2):
        (aside,) = with_environments(found(folder)).set_aside

        assert aside.name == "oud"
        assert "pinned.txt cannot be installed in its environment" in aside.problem
        assert "No matching distribution found for gereedschap==9.9" in aside.problem


def test_every_requirement_that_is_not_pinned_is_told(tmp_path):
    requirements = """\
# what we need
httpx>=0.27
tzdata
pluggy==1.6.0 ; python_version >= "3.11"
wheels/own.whl
six ; python_version == "3.11"
"""
    folder = requiring(tmp_path / "oud", requirements, "pass")

    (aside,) = with_environments(found(folder)).set_aside

    assert aside.problem.splitlines() == [
        "pinned.txt:2: `httpx>=0.27` is not pinned",
        "pinned.txt:3: `tzdata` is not pinned",
        'pinned.txt:6: `six ; python_version == "3.11"` is not pinned',
    ]
    assert "Pin every requirement" in aside.hint


def test_without_requirements_hooks_run_on_the_harness_s_interpreter_unless_all_are_isolated(
    tmp_path,
):
    folder = a_plugin(tmp_path / "los")

    (shared,) = with_environments(found(folder)).integrations
    (alone,) = with_environments(found(folder), everyone=True).integrations

    assert shared.python is None
    assert alone.python.is_relative_to(tmp_path / "cache")


def test_when_all_are_isolated_requirements_txt_beside_the_manifest_counts(tmp_path):
    folder = a_plugin(tmp_path / "los")
    (folder / "requirements.txt").write_text("httpx\n", encoding="utf-8")

    (aside,) = with_environments(found(folder), everyone=True).set_aside

    assert aside.problem == "requirements.txt:1: `httpx` is not pinned"


def test_an_integration_in_another_language_has_no_environment_of_python(tmp_path):
    manifest = MANIFEST.replace("kind: python", "kind: stdio\n  command: [node]")
    folder = a_plugin(tmp_path / "los", manifest=manifest)

    (integration,) = with_environments(found(folder), everyone=True).integrations

    assert integration.python is None


@pytest.mark.slow
def test_integrations_that_require_the_same_share_an_environment(tmp_path):
    folders = [requiring(tmp_path / name, "# nothing\n", "pass") for name in ("a", "b", "c")]
    (folders[2] / "pinned.txt").write_text("# nothing else\n", encoding="utf-8")

    one, two, three = with_environments(found(*folders)).integrations

    assert [each.manifest.id for each in (one, two, three)] == ["a", "b", "c"]
    assert one.python == two.python != three.python
    assert len(list((tmp_path / "cache" / "environments").glob("*/pyvenv.cfg"))) == 2


@pytest.mark.slow
@pytest.mark.long
def test_files_beside_equal_requirements_keep_their_environments_apart(tmp_path):
    folders = [requiring(tmp_path / name, "-c limits.txt\n", "pass") for name in ("a", "b")]
    for folder in folders:
        (folder / "limits.txt").write_text("", encoding="utf-8")

    one, two = with_environments(found(*folders)).integrations

    assert one.python != two.python


@pytest.mark.slow
@pytest.mark.long
def test_an_environment_that_no_run_used_for_a_month_goes_when_another_is_made(tmp_path):
    old, used, new = (
        requiring(tmp_path / name, f"# {name}\n", "pass") for name in ("old", "used", "new")
    )
    before = with_environments(found(old, used)).integrations
    for each in before:
        marker = each.python.parents[1] / "koppeling-complete"
        long_ago = marker.stat().st_mtime - 31 * 24 * 3600
        os.utime(marker, (long_ago, long_ago))

    with_environments(found(used))
    with_environments(found(new))

    assert [each.python.exists() for each in before] == [False, True]
