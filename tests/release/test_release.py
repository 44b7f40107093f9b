"""What goes to a package index: built twice, checked, installed fresh, and run.

Only `tox -e release` runs it: it builds, and installs from an index what the package needs.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
from packaging.version import Version

ROOT = Path(__file__).parents[2]
EPOCH = "1767225600"
"""The moment that every file in an archive bears, so that the same source gives the same bytes."""
PYTHONS = ("3.11", "3.12", "3.13")
IS_RELEASE = bool(os.environ.get("KOPPELING_RELEASE"))

pytestmark = [
    pytest.mark.release,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not (ROOT / ".git").exists(), reason="needs a checkout"),
]


def build(folder: Path) -> list[Path]:
    """Build wheel and sdist from a copy of what is committed; return both."""
    source = folder / "source"
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        place = source / name
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, place)
    out = folder / "dist"
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--directory", out],
        cwd=source,
        check=True,
        capture_output=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": EPOCH},
    )
    return sorted(out.iterdir())


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> list[Path]:
    return build(tmp_path_factory.mktemp("first"))


@pytest.fixture(scope="module")
def wheel(built) -> Path:
    return next(each for each in built if each.suffix == ".whl")


@pytest.fixture(scope="module")
def sdist(built) -> Path:
    return next(each for each in built if each.name.endswith(".tar.gz"))


@pytest.fixture(scope="module")
def facts(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode())


def test_the_same_source_gives_the_same_bytes(built, tmp_path):
    def digests(files):
        return {each.name: hashlib.sha256(each.read_bytes()).hexdigest() for each in files}

    assert digests(build(tmp_path)) == digests(built)


def test_an_index_takes_the_metadata(built):
    ran = subprocess.run(
        [sys.executable, "-m", "twine", "check", "--strict", *built],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_metadata_says_what_an_index_shows(facts):
    classifiers = facts.get_all("Classifier")

    assert facts["Name"] == "koppeling-harness"
    assert (facts["License-Expression"], facts.get_all("License-File")) == ("MIT", ["LICENSE"])
    assert facts.get_all("Project-URL")
    assert "Typing :: Typed" in classifiers
    assert [f"Programming Language :: Python :: {each}" in classifiers for each in PYTHONS] == [
        True
    ] * len(PYTHONS)
    assert facts["Description-Content-Type"] == "text/markdown"


def test_all_that_the_program_needs_travels_in_the_wheel_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()

    for part in ("py.typed", "packs/scenarios.lock", "packs/known-lists.json", "report/texts.json"):
        assert f"koppeling_harness/{part}" in names
    assert any(each.endswith(".dist-info/licenses/LICENSE") for each in names)
    tops = {each.split("/")[0] for each in names}
    assert {each for each in tops if not each.endswith(".dist-info")} == {"koppeling_harness"}
    assert not [each for each in names if "__pycache__" in each or each.endswith(".pyc")]


def test_the_source_distribution_holds_what_builds_and_tests_it(sdist):
    with tarfile.open(sdist) as archive:
        names = {each.partition("/")[2] for each in archive.getnames()}

    for each in ("pyproject.toml", "LICENSE", "README.md", "CHANGELOG.md", "tox.ini"):
        assert each in names
    assert {"src/koppeling_harness/py.typed", "scenarios/scenarios.lock"} <= names


def test_version_known_lists_and_changelog_agree(facts):
    version = facts["Version"]
    lists = json.loads((ROOT / "scenarios" / "known-lists.json").read_text("utf-8"))["lists"]
    newest = max((each["version"] for each in lists), key=Version)
    sections = re.findall(
        r"^## (\S+) \(", (ROOT / "CHANGELOG.md").read_text("utf-8"), flags=re.MULTILINE
    )
    fragments = [*(ROOT / "changelog.d").glob("*.md")]

    assert newest == version
    if IS_RELEASE:  # then towncrier has put the fragments into the changelog
        assert sections[:1] == [version]
        assert fragments == []
    else:
        assert fragments or sections[:1] == [version]


@pytest.mark.parametrize("kind", ["wheel", "sdist"])
@pytest.mark.parametrize("python", PYTHONS)
def test_fresh_on_every_python_the_main_job_runs(python, kind, built, facts, tmp_path):
    program = shutil.which(f"python{python}")
    if program is None:
        pytest.skip(f"there is no Python {python} here")
    archive = next(each for each in built if (each.suffix == ".whl") == (kind == "wheel"))
    subprocess.run([program, "-m", "venv", tmp_path / "venv"], check=True)
    place = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run(
        [place / "python", "-m", "pip", "install", "--quiet", archive], check=True, cwd=tmp_path
    )
    shutil.copytree(ROOT / "plugins" / "urenportaal", tmp_path / "plugins" / "urenportaal")
    environ = {each: value for each, value in os.environ.items() if "PYTHON" not in each}
    environ["KOPPELING_CACHE"] = str(tmp_path / "cache")

    def koppeling(*arguments):
        return subprocess.run(
            [place / "koppeling", *arguments],
            cwd=tmp_path,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )

    assert koppeling("--version").stdout.split()[-1] == facts["Version"]
    ran = koppeling("run")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.startswith("1 integration on Profit 7, 8: 1 passed")
