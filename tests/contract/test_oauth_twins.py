"""Each reference integration signs in by OAuth as well, and is certified with it."""

import shutil
from pathlib import Path

import pytest

from support.cli import koppeling_process
from support.defects import PLUGINS
from support.twins import REFERENCES, twin

PACKS = Path(__file__).parents[2] / "scenarios"
PROGRAMS = {"node": ("boekhoudbrug", "webwinkel"), "php": ("personeelsync",)}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PLUGINS.is_dir(), reason="plugins/ is not here"),
]


def not_passed(folder, release, *more):
    """Return what of the twins did not pass, or was said of what passed, in one run."""
    missing = {
        name for program, names in PROGRAMS.items() if not shutil.which(program) for name in names
    }
    for name in REFERENCES:
        if name not in missing:
            twin(name, folder / "plugins")
    ran = koppeling_process(
        *("run", "--plugin", folder / "plugins", "--scenarios", PACKS, "--release", release),
        *("--json", "--no-traffic", *more),
        cwd=folder,
        timeout_s=1800,
    )
    assert ran.code in {0, 1, 12}, ran.err
    record = ran.json()
    assert {each["id"] for each in record["integrations"]} == set(REFERENCES) - missing
    return {
        (each["id"], result["scenario"], result["operation"], result["outcome"], finding["message"])
        for each in record["integrations"]
        for result in each["results"]
        for finding in result["findings"] or [{"message": ""}]
        if result["findings"] or result["outcome"] != "passed"
        # own scenarios about what is refused without a call to AFAS, as with a classic token
        if (result["outcome"], finding.get("code")) != ("passed", "NO-CALL")
    }


def test_the_twins_pass_what_is_asked_of_signing_in_without_a_finding(tmp_path):
    asked = "two-customers or sign-in-refused or token-that-expired"

    assert not_passed(tmp_path, "Profit 9", "-k", asked) == set()


@pytest.mark.long
@pytest.mark.parametrize("release", ["Profit 8", "Profit 9"])
@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_the_twins_pass_everything_without_a_finding(tmp_path, release, seed):
    assert not_passed(tmp_path, release, "--seed", str(seed)) == set()
