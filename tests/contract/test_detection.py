"""The detection table through the whole program: every seeded defect is caught and named."""

import pytest

from support.cli import koppeling
from support.defects import DEFECTS, PLUGINS, seeded

pytestmark = [
    pytest.mark.skipif(not PLUGINS.is_dir(), reason="plugins/ is not here"),
    pytest.mark.slow,
]


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """The records of every integration with a defect, by name, out of two runs."""
    folder = tmp_path_factory.mktemp("detection")
    no_packs = folder / "none"
    no_packs.mkdir()
    for defect in DEFECTS:
        if defect.can_run:
            seeded(defect, folder / ("few" if defect.proved_by else "all"))
    records = [
        *_run(folder, "--plugin", "all"),
        *(
            _run(folder, "--plugin", "few", "--scenarios", no_packs)
            if (folder / "few").is_dir()
            else ()
        ),
    ]
    return {each["id"]: each for each in records}


def _run(folder, *options):
    many = ("--concurrency", "24")  # most of a run is waiting
    ran = koppeling("run", *options, "--json", *many, cwd=folder, timeout_s=900, measured=False)
    assert ran.code == 1, ran.err
    return ran.json()["integrations"]


def findings(record):
    return [finding for result in record["results"] for finding in result["findings"]]


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_seeded_defect_is_not_passed_and_the_finding_names_it(defect, judged):
    if not defect.can_run:
        pytest.skip(f"needs {defect.program}")
    record = judged[defect.name]
    found = findings(record)

    assert record["problem"] == ""
    assert record["verdict"]["outcome"] == "failed"
    named = [
        each["message"]
        for each in found
        if each["code"] in defect.caught_by and defect.says in each["message"]
    ]
    assert named, sorted({(each["code"], each["message"]) for each in found})
