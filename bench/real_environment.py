"""Three partners at once against a strange environment, and a harness that is killed 50 times.

    python bench/real_environment.py partners [LOWEST_S HIGHEST_S]
    python bench/real_environment.py kills [NUMBER] [SEED]

It prints what was measured; a number that is not as it must be ends it with exit code 1.
"""

import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from support.partners import REFERENCE, outcomes, partner
from support.strange_environment import Strangeness, strange_environment

MANIFEST = str(REFERENCE / "koppeling.yaml")


def partners(lowest_s: float = 0.2, highest_s: float = 2.0) -> bool:
    """Run the whole pack three times at once; slow, with others writing and maintenance."""
    odd = Strangeness(
        manifests=(MANIFEST,),
        latency_s=(lowest_s, highest_s),
        others_every_s=0.5,
        maintenance_every=151,
        extra_rows=200,
    )
    with tempfile.TemporaryDirectory() as folder, strange_environment(Path(folder), odd) as there:
        state = Path(folder) / "state"
        all_three = [
            partner(Path(folder) / name, there, name=name, state=state)
            for name in ("urenportaal", "portaal-b", "portaal-c")
        ]
        began_s = time.perf_counter()
        running = [each.start("run", "--env", "strange", "--json") for each in all_three]
        for each in running:
            each.communicate()
        took_s = time.perf_counter() - began_s
        found = [outcomes(each.records()[0]) for each in all_three]
        for each, process in zip(found, running, strict=True):
            counts = {name: len(many) for name, many in each.items()}
            print(f"exit code {process.returncode}: {counts}; failed: {each.get('failed', [])}")
        truth = there.truth()
        print(f"{took_s:.0f} s, {truth}")
        return (
            not truth["more"]
            and truth["most_at_once"] <= 5
            and not any(set(each) - {"passed", "inconclusive"} for each in found)
        )


def kills(number: int = 50, seed: int = 1) -> bool:
    """Kill the harness at random moments; each time it is resumed, after a sweep or not."""
    chance = random.Random(seed)
    odd = Strangeness(manifests=(MANIFEST,), latency_s=(0.02, 0.15), others_every_s=0.2)
    well = True
    with tempfile.TemporaryDirectory() as folder, strange_environment(Path(folder), odd) as there:
        one = partner(Path(folder) / "p", there, state=Path(folder) / "state")
        killed = lost = complete = 0
        run, kept = "", 0
        while killed < number:
            process = one.start(*(["run", "--resume", run] if run else ["run", "--env", "strange"]))
            try:
                process.communicate(timeout=chance.uniform(1.0, 15.0))
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                killed += 1
                now = len(set(one.journaled()))
                lost += max(0, kept - now)
                kept = now
                if chance.random() < 0.3:
                    one.run("sweep", "strange", "--yes")
                running = [each.parent.name for each in one.folder.glob("reports/*/results.jsonl")]
                run = max(running, default="")
                continue
            complete += 1
            well = well and _complete(one.records()[-1], process.returncode)
            run, kept = "", 0
        if run:
            code, _, _ = one.run("run", "--resume", run)
            well = well and _complete(one.records()[-1], code)
            complete += 1
        one.run("sweep", "strange", "--yes")
        truth = there.truth()
        print(f"{killed} kills, {complete} runs completed, {lost} results lost, {truth}")
        return well and not lost and not truth["more"]


def _complete(record: dict, code: int) -> bool:
    found = outcomes(record)
    counts = {name: len(many) for name, many in found.items()}
    print(f"exit code {code}, {len(record['breaks'])} breaks: {counts} {found.get('failed', '')}")
    return not set(found) - {"passed", "inconclusive"}


if __name__ == "__main__":
    what, *rest = sys.argv[1:] or ["partners"]
    call = {"partners": partners, "kills": kills}[what]
    numbers = [float(each) if "." in each else int(each) for each in rest]
    sys.exit(0 if call(*numbers) else 1)
