"""What lies in `changelog.d/` comes into the changelog; nothing is lost for its kind."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FRAGMENTS = sorted((ROOT / "changelog.d").glob("[!.]*"))
pytestmark = pytest.mark.skipif(not FRAGMENTS, reason="changelog.d/ is not here")


def kinds() -> list[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [each["directory"] for each in settings["tool"]["towncrier"]["type"]]


@pytest.mark.parametrize("fragment", FRAGMENTS, ids=lambda each: each.name)
def test_a_fragment_is_of_a_kind_that_the_changelog_has(fragment):
    _, kind, ending = fragment.name.rsplit(".", 2)

    assert (kind in kinds(), ending) == (True, "md")
    assert fragment.read_text(encoding="utf-8").strip()


def test_contributing_names_the_same_kinds():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.search(r"<\+name>\.<([a-z|]+)>\.md", text)

    assert named is not None
    assert named[1].split("|") == kinds()


def test_the_draft_of_the_changelog_holds_every_fragment():
    pytest.importorskip("towncrier")
    ran = subprocess.run(
        [sys.executable, "-m", "towncrier", "build", "--draft", "--version", "next"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    draft = " ".join(ran.stdout.split())
    for each in FRAGMENTS:
        for line in each.read_text(encoding="utf-8").strip().splitlines():
            assert " ".join(line.lstrip("-* ").split()) in draft, each.name
