"""Whatever values are generated, every seeded defect is caught, and nothing is made up."""

import pytest

from support.defects import PACKS, PLUGINS, STRANGERS
from support.detection import certify, detect, findings

pytestmark = [
    pytest.mark.skipif(not PLUGINS.is_dir(), reason="plugins/ is not here"),
    pytest.mark.long,
]


@pytest.mark.parametrize("seed", range(1, 21))
def test_every_defect_is_caught_with_this_seed(seed, tmp_path):
    detected = detect(tmp_path, seed=seed)

    assert {name: found.found for name, found in detected.items() if not found.is_caught} == {}


@pytest.mark.parametrize("seed", range(1, 21))
@pytest.mark.parametrize("where", [PLUGINS, STRANGERS], ids=["references", "strangers"])
def test_nothing_is_held_against_the_clean_ones_with_this_seed(where, seed, tmp_path):
    record = certify(tmp_path, where, PACKS, seed=seed)
    against = {
        (each["id"], scenario, finding["code"])
        for each in record["integrations"]
        for scenario, finding in findings(each)
        if finding["level"] == "error" and finding["code"] not in {"NOT-PROVEN", "FAULT-NOT-FIRED"}
    }

    assert against == set()
