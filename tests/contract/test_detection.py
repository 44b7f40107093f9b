"""The detection table through the whole program: every seeded defect is caught and named.

A part of them each time, with those that once passed; all where minutes may be spent.
"""

from pathlib import Path

import pytest

from support.defects import DEFECTS, PLUGINS
from support.defects_strangers import MUST_NOT_PASS
from support.detection import detect, matrix_page

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "detection.md"

pytestmark = [
    pytest.mark.skipif(not PLUGINS.is_dir(), reason="plugins/ is not here"),
    pytest.mark.slow,
]


ALWAYS = {each.name for each in (*DEFECTS[::8], *MUST_NOT_PASS)}


@pytest.fixture(scope="module")
def detected(tmp_path_factory):
    """What caught each defect, by name, out of one run of those that are always tried."""
    some = [each for each in DEFECTS if each.name in ALWAYS]
    return detect(tmp_path_factory.mktemp("detection"), seed=1, defects=some)


@pytest.fixture(scope="module")
def all_detected(tmp_path_factory):
    """What caught each defect, by name, out of one run of all."""
    return detect(tmp_path_factory.mktemp("detection"), seed=1)


@pytest.mark.parametrize("name", sorted(ALWAYS))
def test_a_seeded_defect_is_caught_each_time(name, detected):
    (defect,) = [each for each in DEFECTS if each.name == name]
    is_caught_and_named(defect, detected)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_seeded_defect_is_not_passed_and_the_finding_names_it(defect, all_detected):
    is_caught_and_named(defect, all_detected)


def is_caught_and_named(defect, detected):
    if not defect.can_run:
        pytest.skip(f"needs {defect.program}")
    found = detected[defect.name]

    assert found.problem == ""
    assert found.outcome == "failed"
    assert found.named, found.found


@pytest.mark.long
@pytest.mark.timeout(900)
def test_the_page_with_the_matrix_says_what_catches_each_defect(all_detected):
    missing = sorted({each.program for each in DEFECTS if not each.can_run})
    if missing:
        pytest.skip(f"needs {', '.join(missing)}")
    page = PAGE.read_text(encoding="utf-8").splitlines()

    begin = page.index("## Defects") + 2
    assert page[begin:] == matrix_page(all_detected), (
        "write it again: python bench/detection.py --page"
    )
