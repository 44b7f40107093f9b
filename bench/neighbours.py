"""What a bad neighbour costs the others: a good integration alone, and beside each of them.

    python -m bench neighbours [--rounds 2] [NAME ...]

Told is how long the good one took from its first scenario to its last, and its outcome; beside a
bad one as a ratio of what it took alone. Of the rounds the least counts.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from support.neighbours import ACTS, write_bad  # noqa: E402

GOOD = "urenportaal"


def beside(act):
    """Return the seconds that the good one took, its outcome, and those of the whole run."""
    with tempfile.TemporaryDirectory() as place:
        project = Path(place)
        shutil.copytree(ROOT / "plugins" / GOOD, project / "plugins" / GOOD)
        if act:
            write_bad(project, act, timeout_s=20)
        command = [sys.executable, "-m", "koppeling_harness", "run", "--json", "--no-traffic"]
        command += ["--release", "Profit 8", "--scenarios", str(ROOT / "scenarios")]
        began_s = perf_counter()
        done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
        whole_s = perf_counter() - began_s
        record = json.loads(done.stdout)
    (good,) = (each for each in record["integrations"] if each["id"] == GOOD)
    took_s = sum(each["duration_s"] for each in good["results"])
    return took_s, good["verdict"]["outcome"], whole_s


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("acts", nargs="*", default=list(ACTS), metavar="NAME")
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args()
    alone_s, _, whole_s = min(beside("") for _ in range(given.rounds))
    print(f"{GOOD} alone: {alone_s:.1f} s of scenarios, {whole_s:.1f} s for the run")
    print("| beside | its scenarios, ratio | outcome | run, s |")
    print("| --- | --- | --- | --- |")
    for act in given.acts:
        took_s, outcome, whole_s = min(beside(act) for _ in range(given.rounds))
        print(f"| {act} | {took_s / alone_s:.2f} | {outcome} | {whole_s:.1f} |", flush=True)


if __name__ == "__main__":
    main()
