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
    """The records of every integration with a defect, by name, out of one run."""
    folder = tmp_path_factory.mktemp("detection")
    for defect in DEFECTS:
        seeded(defect, folder / "plugins")
    many = ("--concurrency", "24")  # most of a run is waiting
    ran = koppeling(
        "run", "--plugin", "plugins", "--json", *many, cwd=folder, timeout_s=900, measured=False
    )
    assert ran.code == 1, ran.err
    return {each["id"]: each for each in ran.json()["integrations"]}


def findings(record):
    return [finding for result in record["results"] for finding in result["findings"]]


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_seeded_defect_is_not_passed_and_the_finding_names_it(defect, judged):
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


def test_the_clean_integration_passes_without_a_finding(tmp_path):
    ran = koppeling("run", "--plugin", PLUGINS / "urenportaal", "--json", cwd=tmp_path)

    assert ran.code == 0, ran.err
    (record,) = ran.json()["integrations"]
    required = record["verdict"]["required"]
    assert record["verdict"]["outcome"] == "passed"
    assert required["total"] == required["executed"] == required["passed"] > 0
    assert findings(record) == []
