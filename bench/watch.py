"""How long after a save `koppeling run --watch` tells the result of a scenario on the emulator.

python bench/watch.py [SAVES]
"""

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from koppeling_harness.clock import SystemClock
from koppeling_harness.workflow.authoring.init import write_starter


def main() -> None:
    saves = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name, "x")
        write_starter("x", runtime="python", folder=folder, clock=SystemClock())
        watching = subprocess.Popen(
            [sys.executable, "-m", "koppeling_harness", "run", "--watch", "--plugin", folder],
            stdout=subprocess.PIPE,
            text=True,
        )
        until(watching, "waiting for a save")
        scenario = folder / "scenarios" / "note-arrives.scenario.yaml"
        took_s = []
        for _ in range(saves):
            time.sleep(0.3)
            began_s = time.perf_counter()
            scenario.write_bytes(scenario.read_bytes())
            until(watching, "passed x: x.note-arrives")
            took_s.append(time.perf_counter() - began_s)
        watching.terminate()
        watching.communicate()
    print(f"{saves} saves: median {statistics.median(took_s):.3f} s, most {max(took_s):.3f} s")


def until(watching: subprocess.Popen[str], word: str) -> None:
    for line in watching.stdout or ():
        if word in line:
            return
    sys.exit("it ended early")


if __name__ == "__main__":
    main()
