"""The detection table through the whole program: every seeded defect is caught and named."""

from pathlib import Path

import pytest

from support.defects import DEFECTS, PLUGINS
from support.detection import detect, matrix_page

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "detection.md"

pytestmark = [
    pytest.mark.skipif(not PLUGINS.is_dir(), reason="plugins/ is not here"),
    pytest.mark.slow,
]


@pytest.fixture(scope="module")
def detected(tmp_path_factory):
    """What caught each defect, by name, out of one run."""
    return detect(tmp_path_factory.mktemp("detection"), seed=1)


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_seeded_defect_is_not_passed_and_the_finding_names_it(defect, detected):
    if not defect.can_run:
        pytest.skip(f"needs {defect.program}")
    found = detected[defect.name]

    assert found.problem == ""
    assert found.outcome == "failed"
    assert found.named, found.found


def test_the_page_with_the_matrix_says_what_catches_each_defect(detected):
    missing = sorted({each.program for each in DEFECTS if not each.can_run})
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")
    page = PAGE.read_text(encoding="utf-8").splitlines()

    begin = page.index("## Defects") + 2
    assert page[begin:] == matrix_page(detected), "write it again: python bench/detection.py --page"
