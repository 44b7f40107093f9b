"""Some forty ways to be a bad neighbour, in one run beside integrations that do nothing wrong.

A dozen of them each time; all where minutes may be spent.

Of the others the outcomes are as without them; the bad one's have their right cause; and nothing
is left.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from koppeling_harness.plugin.sandbox import why_not
from support.acting import write_acting
from support.cli import koppeling_process
from support.neighbours import ACTS, DAEMON_S, PRECIOUS, write_bad

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="limits memory, and looks into /proc"),
]

WELL = ("python", "command", "stdio", "http")
PASSED = ("passed", None, None)


def failed(code: str) -> tuple[str, str, str]:
    return ("failed", "integration", code)


HUNG, FLOOD = failed("PLUGIN-HUNG"), failed("OUTPUT-FLOOD")
REFUSED = (
    *("bulk-post", "packed-post", "huge-post", "huge-text-post", "packed-blanks", "many-values"),
    *("deep-post", "many-calls"),
)
"""ERP1 refuses what these send, and they say nothing of it."""

TABLE = {
    **dict.fromkeys(ACTS, PASSED),
    "deep-output": failed("PLUGIN-NO-ANSWER"),
    "endless-output": FLOOD,
    "fork-bomb": HUNG,
    "hang": HUNG,
    "huge-error": failed("EXPECTATION"),
    "huge-header": failed("REQUEST-INVALID"),
    **dict.fromkeys(REFUSED, failed("WRITE-FAILED-AS-DONE")),
    "memory": failed("PLUGIN-CRASHED"),
    "endless-line": FLOOD,
    **dict.fromkeys(("endless-notifications", "endless-long-notifications"), FLOOD),
    **dict.fromkeys(("stopped", "closes-all"), HUNG),
    "kills-its-group": failed("PLUGIN-CRASHED"),
    "raises-what-ends": failed("PLUGIN-NO-ANSWER"),
}
"""Outcome, cause and first error. What nobody forbids has passed: it harms nobody."""

BROKEN_OFF = ("half-a-request", "slow-drip")
"""Of these the last bytes may arrive when the scenario has ended, which is told and held against
them."""


EACH_TIME = (
    *("bulk-post", "deep-post", "many-calls", "half-a-request", "huge-error", "endless-output"),
    *("hang", "daemon", "many-files", "links-out", "endless-notifications", "kills-its-group"),
)


def write_neighbours(project: Path, acts: Sequence[str]) -> Path:
    for kind in WELL:
        for number in range(3):
            write_acting(project, kind, name=f"well-{kind}-{number}", act="time.sleep(0.3)")
    for act in acts:
        write_bad(project, act, timeout_s=2 if TABLE[act] == HUNG else 90)
    aside = write_acting(project, "command", name="endless-file", act="pass")
    (aside / "zero.bin").symlink_to("/dev/zero")
    for name in ("scenarios", "tmp", PRECIOUS):
        (project / name).mkdir()
    (project / PRECIOUS / "mine.log").write_text("kept")
    return project


def told(result: dict) -> tuple:
    errors = [each["code"] for each in result["findings"] if each["level"] == "error"]
    return (result["outcome"], result["cause"], *(errors[:1] or [None]))


@pytest.fixture(
    scope="module",
    params=[
        ([], EACH_TIME),
        pytest.param(([], tuple(ACTS)), marks=pytest.mark.long),
        pytest.param((["--sandbox"], tuple(ACTS)), marks=pytest.mark.long),
    ],
    ids=["a dozen", "all", "all in a sandbox"],
)
def ran(request, tmp_path_factory):
    """A run over some of them: its project, what is said of each integration, and which."""
    options, acts = request.param
    if options and why_not():
        pytest.skip(f"no sandbox here: {why_not()}")
    project = write_neighbours(tmp_path_factory.mktemp("neighbours"), acts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(project / "tmp"))
        words = ("--json", "--release", "Profit 8", *options)
        done = koppeling_process("run", *words, cwd=project, timeout_s=400)
    return project, {each["id"]: each for each in done.json()["integrations"]}, acts


def test_the_others_have_the_outcomes_that_they_have_alone(ran):
    _, said, _ = ran

    well = {name: each for name, each in said.items() if name.startswith("well-")}
    assert len(well) == 3 * len(WELL)
    assert {told(each["results"][0]) for each in well.values()} == {PASSED}


def test_each_bad_neighbour_has_its_own_cause(ran):
    _, said, acts = ran

    found = {act: told(said[act]["results"][0]) for act in acts if act not in BROKEN_OFF}
    assert found == {act: TABLE[act] for act in found}
    assert "zero.bin" in said["endless-file"]["problem"]


def test_nothing_of_them_is_left(ran):
    project, _, _ = ran

    assert list((project / "tmp").iterdir()) == []
    assert (project / PRECIOUS / "mine.log").read_text() == "kept"
    daemons = [
        each.parent.name
        for each in Path("/proc").glob("[0-9]*/cmdline")
        if str(DAEMON_S) in text_of(each)
    ]
    assert daemons == []


def test_their_reports_are_of_a_size_that_a_browser_bears(ran):
    project, _, _ = ran

    sizes = {each: each.stat().st_size for each in project.glob("reports/**/*") if each.is_file()}
    assert sum(sizes.values()) < 20_000_000, sizes


def text_of(file: Path) -> str:
    try:
        return file.read_text(errors="replace")
    except OSError:
        return ""  # it ended meanwhile
