"""What evidence costs: to sign a run of four integrations, and to verify and take in 500 packs.

python -m bench evidence RUN [PACKS]

RUN is the folder of a run, such as of `koppeling run --release "Profit 8"` with four integrations.
"""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from koppeling_harness.clock import SystemClock
from koppeling_harness.evidence.keys import new_key
from koppeling_harness.evidence.signers import signer_line
from koppeling_harness.model.intake import Sorted
from koppeling_harness.workflow.evidence.intake import take_in
from koppeling_harness.workflow.evidence.pack import pack
from koppeling_harness.workflow.evidence.sign import sign
from koppeling_harness.workflow.evidence.verify_all import verify_all

TIMES = 7


def main():
    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    run, packs = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 500
    clock, key = SystemClock(), new_key()
    seconds = []
    for _ in range(TIMES):
        began = time.perf_counter()
        signed = sign(run, key, clock=clock)
        seconds.append(time.perf_counter() - began)
    size = sum(each.stat().st_size for each in run.rglob("*") if each.is_file())
    print(
        f"sign: {statistics.median(seconds):.3f} s (median of {TIMES}, fastest "
        f"{min(seconds):.3f}); {signed.files} files, {size / 1024**2:.1f} MB, "
        f"{len(signed.integrations)} integrations"
    )
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        made = pack(run, Path(folder))
        print(f"pack: {time.perf_counter() - began:.1f} s, {made.size / 1024:.0f} kB")
        content = made.path.read_bytes()
        many = []
        for number in range(packs):
            many.append(Path(folder) / f"{number:04}.zip")
            many[-1].write_bytes(content)
        signers = Path(folder) / "allowed_signers"
        lines = [_line(key, 0), *(_line(new_key(), number) for number in range(1, 500))]
        signers.write_text("\n".join(lines) + "\n")
        measure = Measure(packs)
        found = verify_all(many, clock=clock, signers=signers)
        holds = sum(each.holds for each in found)
        print(f"verify: {measure}, {holds} of them hold; 500 registered keys")
        measure = Measure(packs)
        taken = list(take_in(many, clock=clock, signers=signers, into=Path(folder) / "received"))
        same = sum(each.sorted is Sorted.HERE_ALREADY for each in taken)
        print(f"intake: {measure}, {same} of them the same as the first")
    return 0


class Measure:
    """Time by the clock and of processors, of this process and of those that ended since."""

    def __init__(self, packs):
        self._packs = packs
        self._began = time.perf_counter()
        self._cpu = self._used()

    def __str__(self):
        took, cpu = time.perf_counter() - self._began, self._used() - self._cpu
        return (
            f"{took:.1f} s for {self._packs} packs on {os.cpu_count()} processors, "
            f"{cpu / self._packs:.4f} CPU-s each"
        )

    def _used(self):
        times = os.times()
        return times.user + times.system + times.children_user + times.children_system


def _line(key, number):
    now = SystemClock().now()
    who = "*" if number == 0 else f"{10000 + number}_1"
    return signer_line(key.public, [who], after=now.replace(2020), before=now.replace(2040))


if __name__ == "__main__":
    sys.exit(main())
