"""Is every seeded defect caught, whatever the seed, and nothing held against clean integrations?

python bench/detection.py                 # one run: the matrix
python bench/detection.py --page          # ... written into docs/reference/detection.md
python bench/detection.py --seeds 20      # many runs: what was missed, and what was invented
python bench/detection.py --seeds 2 --whole   # every scenario for each defect: takes long
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from support.defects import DEFECTS, PACKS, PLUGINS  # noqa: E402
from support.detection import certify, detect, findings, matrix_page  # noqa: E402

PAGE = ROOT / "docs" / "reference" / "detection.md"
HEADING = "## Defects"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=1, help="how many runs, each with its seed")
    parser.add_argument("--first", type=int, default=1, help="the seed of the first run")
    parser.add_argument("--whole", action="store_true", help="every scenario for each defect")
    parser.add_argument("--page", action="store_true", help="write the page of the documentation")
    given = parser.parse_args()
    wrong = 0
    for seed in range(given.first, given.first + given.seeds):
        detected, missed, invented, took_s = one_run(seed, whole=given.whole)
        wrong += len(missed) + len(invented)
        print(
            f"seed {seed}: {len(detected) - len(missed)} of {len(detected)} defects caught, "
            f"{len(invented)} findings on clean integrations, {took_s:.0f} s",
            *(f"  missed {each}" for each in missed),
            *(f"  invented {each}" for each in invented),
            sep="\n",
            flush=True,
        )
    lines = matrix_page(detected)
    if given.page:
        text = PAGE.read_text(encoding="utf-8")
        before = text[: text.index(HEADING) + len(HEADING)]
        PAGE.write_text("\n".join([before, "", *lines, ""]), encoding="utf-8")
    elif given.seeds == 1:
        print("\n".join(lines))
    return 1 if wrong else 0


def one_run(seed: int, *, whole: bool):
    began_s = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        detected = detect(Path(folder), seed=seed, whole=whole)
        record = certify(Path(folder), PLUGINS, PACKS, seed=seed)
    missed = [
        f"{name}: {found.outcome} {found.problem} {found.found[:3]}"
        for name, found in detected.items()
        if not found.is_caught
    ]
    invented = [
        f"{each['id']}: {scenario} {finding['code']} {finding['message']}"
        for each in record["integrations"]
        for scenario, finding in findings(each)
        if finding["level"] != "information"
    ]
    can_run = sum(each.can_run for each in DEFECTS)
    assert len(detected) == can_run, (len(detected), can_run)
    return detected, missed, invented, time.monotonic() - began_s


if __name__ == "__main__":
    sys.exit(main())
