"""`koppeling merge` for a fleet that was shared out over machines.

    python -m bench merge [--integrations 300] [--releases 3] [--shards 10] [--against REVISION]

One reference integration is certified once. Each of the fleet is that one under a name of its own,
with times of its own, on each release; a shard holds the results of its share and knows of all
others, as `koppeling run --shard I/N` writes it. Without recordings: those are read one at a time.
"""

import argparse
import copy
import json
import os
import random
import sys
import tempfile
from pathlib import Path

from bench.fleet import ROOT, revisions
from bench.measure import run

MEMBER = "urenportaal"
RELEASES = {"Profit 7": "7.7.10", "Profit 8": "8.0.12", "Profit 9": "9.0.1"}


def _certified(folder):
    """Certify the reference integration, and return its record."""
    command = [sys.executable, "-P", "-m", "koppeling_harness", "run", "--shard", "1/1"]
    command += ["--plugin", str(ROOT / "plugins" / MEMBER), "--release", "Profit 8"]
    command += ["--scenarios", str(ROOT / "scenarios"), "--reports", str(folder / "one")]
    environment = {"PYTHONPATH": str(ROOT / "src"), "KOPPELING_CACHE": str(folder / "cache")}
    done = run(command, folder=folder, environment=environment, out=folder / "one")
    assert done.code == 0, done.said
    (record,) = (folder / "one").glob("*/run.json")
    return json.loads(record.read_text(encoding="utf-8"))


def _write_shards(record, folder, integrations, releases, shards):
    """Write what so many machines would have written; return how many results there are."""
    chance = random.Random(1)
    (whole,) = record["integrations"]
    empty = {**whole, "results": [], "exercised": [], "ends": []}
    empty["verdict"] = {
        "outcome": "not_run",
        "required": dict.fromkeys(whole["verdict"]["required"], 0),
        "waived": 0,
    }
    for index in range(1, shards + 1):
        for number, label in enumerate(releases):
            part = {**record, "pace": None, "call": f"20260101T0000{index:02}Z-aaaaaa"}
            part["run_id"] = f"20260101T{number:02}00{index:02}Z-aaaaaa"
            part["started_at"] = f"2026-01-01T{number:02}:00:{index:02}Z"
            part["finished_at"] = f"2026-01-01T{number:02}:30:00Z"
            part["erp"] = {**record["erp"], "label": label, "version": RELEASES[label]}
            part["shard"] = {"index": index, "total": shards, "by": "integration"}
            part["integrations"] = [
                _named(whole if each % shards == index - 1 else empty, each, chance)
                for each in range(integrations)
            ]
            path = folder / f"shard-{index}" / part["run_id"] / "run.json"
            path.parent.mkdir(parents=True)
            path.write_text(json.dumps(part), encoding="utf-8")
    return len(whole["results"]) * integrations * len(releases)


def _named(one, number, chance):
    """Return what a record says of an integration, under another name, with other times."""
    named = json.loads(json.dumps(copy.copy(one)).replace(MEMBER, f"member-{number:03}"))
    for result in named["results"]:
        for each in (result, *result["steps"], *result["exchanges"]):
            each["duration_s"] = round(chance.random(), 6)
    return named


def main():
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--integrations", type=int, default=300)
    parser.add_argument("--releases", type=int, default=3)
    parser.add_argument("--shards", type=int, default=10)
    parser.add_argument("--against", default="", metavar="REVISION")
    asked = parser.parse_args()
    print(f"{os.cpu_count()} cores; load before it began: {os.getloadavg()[0]:.1f}\n")
    print("| revision | results | wall, s | CPU, s | MiB |")
    print("| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory(prefix="koppeling-bench-") as name:
        folder = Path(name)
        record = _certified(folder)
        releases = list(RELEASES)[: asked.releases]
        count = _write_shards(record, folder / "shards", asked.integrations, releases, asked.shards)
        places = [str(each) for each in sorted((folder / "shards").iterdir())]
        with revisions(asked.against) as sources:
            for revision, source in sources.items():
                out = folder / f"merged-{revision}"
                command = [sys.executable, "-P", "-m", "koppeling_harness", "merge", *places]
                command += ["--reports", str(out)]
                environment = {"PYTHONPATH": str(source / "src")}
                done = run(command, folder=folder, environment=environment, out=out)
                assert done.code == 0, done.said
                print(
                    f"| {revision} | {count} | {done.wall_s:.1f} | {done.cpu_s:.1f} | "
                    f"{done.memory_mib:.0f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
