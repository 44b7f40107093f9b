"""Twenty bad neighbours beside two reference integrations: of these all goes as it goes alone."""

import shutil
import sys
from pathlib import Path

import pytest

from support.cli import koppeling_process
from support.neighbours import PRECIOUS, write_bad

ROOT = Path(__file__).parents[2]
REFERENCES = ("urenportaal", "opzoekhulp")
BAD = (
    *("bulk-post", "packed-post", "deep-post", "many-calls", "many-connections", "half-a-request"),
    *("huge-header", "huge-error", "huge-output", "huge-log", "endless-output", "hang"),
    *("fork-bomb", "daemon", "many-files", "links-out", "endless-notifications", "zombies"),
    *("kills-its-group", "raises-what-ends"),
)

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc, and limits memory"),
    pytest.mark.skipif(not (ROOT / "plugins").is_dir(), reason="the references are not here"),
]


def said_of_references(project: Path, acts: tuple[str, ...]) -> dict[str, list[tuple]]:
    """Return outcome, cause, codes and number of calls of each scenario of the references."""
    for name in REFERENCES:
        shutil.copytree(ROOT / "plugins" / name, project / "plugins" / name)
    for act in acts:
        write_bad(project, act, timeout_s=5)
    for name in ("scenarios", PRECIOUS):
        (project / name).mkdir()
    ran = koppeling_process("run", "--json", "--release", "Profit 8", cwd=project, timeout_s=400)
    found = {each["id"]: each["results"] for each in ran.json()["integrations"]}
    assert len(found) == len(REFERENCES) + len(acts)
    return {name: sorted(map(told, found[name])) for name in REFERENCES}


def told(result: dict) -> tuple:
    codes = sorted(each["code"] for each in result["findings"])
    what = (result["scenario"], result["operation"] or "", result["outcome"], result["cause"] or "")
    return (*what, codes, len(result["exchanges"]))


def test_all_goes_as_it_goes_alone(tmp_path):
    for name in ("alone", "beside"):
        (tmp_path / name).mkdir()

    alone = said_of_references(tmp_path / "alone", ())

    assert all(each[2] == "passed" for results in alone.values() for each in results)
    assert said_of_references(tmp_path / "beside", BAD) == alone
