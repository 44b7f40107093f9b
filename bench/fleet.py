"""`koppeling run` for whole fleets: 4, 16 and 60 integrations, on one release and on two.

    python -m bench fleet [--sizes 4,16,60] [--releases 1,2] [--rounds 3] [--against REVISION]
                          [--concurrency N] [--processes N] [--on local:2,cluster:2]

A fleet is so many copies of the four reference integrations, each with an id of its own, certified
by every pack. With `--against`, another revision of this project is measured too, with the packs
and integrations that it has, taking turns, so that both meet the same machine. Of the rounds the
least is told: what else the machine does only adds. Beside it stands what no order of scenarios
could beat: processor time ÷ cores, and how long the slowest of the four takes when it is alone.

`--processes` says to how many engine processes a run is shared out, for each revision alike.

With `--on` each fleet is carried out by engines too, beside the one process: `local:N` as a user
starts it, `cluster:N` by a Dask scheduler and N workers that run already. `over, s` is how much
longer it took, divided by the number of units (integration on a release).
"""

import argparse
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench.measure import run

ROOT = Path(__file__).resolve().parent.parent
MEMBERS = ("boekhoudbrug", "personeelsync", "urenportaal", "webwinkel")
PARTS = ("src", "plugins", "scenarios")
RELEASES = ("Profit 8", "Profit 7")
_LEFT_OUT = shutil.ignore_patterns("tests", "reports", "node_modules", "__pycache__", "*.egg-info")


@dataclass(frozen=True)
class Taken:
    """What certifying a fleet took, summed over its releases.

    Attributes:
        wall_s: From start to end.
        cpu_s: Of the harness and all integrations.
        memory_mib: Largest of the process tree; what processes share counts for each.
        results: How many scenarios were carried out.
        outcomes: How many of each outcome.
    """

    wall_s: float
    cpu_s: float
    memory_mib: float
    results: int
    outcomes: dict


def make_fleet(folder, members, source=ROOT):
    """Write copies of the reference integrations; `members` names which one each is."""
    for number, member in enumerate(members):
        copy = folder / f"{member}-{number:03}"
        shutil.copytree(source / "plugins" / member, copy, ignore=_LEFT_OUT)
        (copy / "registration.yaml").unlink(missing_ok=True)  # a status is no part of this
        manifest = copy / "koppeling.yaml"
        text = manifest.read_text(encoding="utf-8")
        text, changed = re.subn(r"(?m)^id: *(\S+)", rf"id: \1-{number:03}", text, count=1)
        assert changed, manifest
        manifest.write_text(text, encoding="utf-8")


def take(source, fleet, releases, more=()):
    """Return what it takes to certify a fleet on each release with the harness in `source`."""
    with tempfile.TemporaryDirectory(prefix="koppeling-bench-") as name:
        reports = Path(name) / "reports"
        runs = []
        for asked in (
            [releases] if _takes_several_releases(source) else [[each] for each in releases]
        ):
            command = [sys.executable, "-P", "-m", "koppeling_harness", "run"]
            command += ["--plugin", str(fleet), "--scenarios", str(source / "scenarios")]
            command += [word for each in asked for word in ("--release", each)]
            command += ["--reports", str(reports), *more]
            environment = {"PYTHONPATH": str(source / "src"), "KOPPELING_CACHE": f"{source}-cache"}
            done = run(command, folder=name, environment=environment, out=reports)
            assert done.code in {0, 1}, done.said
            runs.append(done)
        outcomes = {}
        for record in reports.glob("*/run.json"):
            for each in json.loads(record.read_text(encoding="utf-8"))["integrations"]:
                for result in each["results"]:
                    outcomes[result["outcome"]] = outcomes.get(result["outcome"], 0) + 1
    return Taken(
        wall_s=sum(each.wall_s for each in runs),
        cpu_s=sum(each.cpu_s for each in runs),
        memory_mib=max(each.memory_mib for each in runs),
        results=sum(outcomes.values()),
        outcomes=outcomes,
    )


@contextlib.contextmanager
def engine(name, source):
    """Yield the words that carry a run out on an engine; `cluster:N` runs while it is needed."""
    kind, _, count = name.partition(":")
    if kind != "cluster":
        yield ("--on", name) if name else ()
        return
    environ = {**os.environ, "PYTHONPATH": str(source / "src"), "PYTHONUNBUFFERED": "1"}
    with tempfile.TemporaryDirectory(prefix="koppeling-bench-") as folder:
        file = Path(folder) / "scheduler.json"
        words = ["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
        lines = [[*words, "--scheduler-file", str(file)]]
        lines += [
            ["worker", "--scheduler-file", str(file), "--nthreads", "2", "--no-dashboard"]
        ] * int(count)
        with contextlib.ExitStack() as started:
            for each in lines:
                command = [sys.executable, "-m", "dask", *each]
                quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
                process = subprocess.Popen(command, cwd=folder, env=environ, **quiet)
                started.callback(process.wait)
                started.callback(process.terminate)
            while not file.is_file():
                time.sleep(0.1)
            time.sleep(5)  # until the workers have joined
            address = json.loads(file.read_text(encoding="utf-8"))["address"]
            yield ("--on", address.replace("tcp://", "dask://"))


def _takes_several_releases(source):
    """Return whether one command certifies on several releases; before, one was asked at a time."""
    return (source / "src" / "koppeling_harness" / "hosting" / "emulated_releases.py").is_file()


@contextlib.contextmanager
def revisions(against):
    """Yield the harness as it is here, and the other revision when one is named, each by name."""
    with tempfile.TemporaryDirectory(prefix="koppeling-bench-") as name:
        here, there = Path(name) / "here", Path(name) / "there"
        for part in PARTS:
            shutil.copytree(ROOT / part, here / part, ignore=_LEFT_OUT)
        found = {"now": here}
        if against:
            there.mkdir()
            archive = subprocess.run(
                ["git", "archive", against, *PARTS], cwd=ROOT, stdout=subprocess.PIPE, check=True
            )
            subprocess.run(["tar", "x", "-C", str(there)], input=archive.stdout, check=True)
            found = {against: there, **found}
        yield found


def _on_engines(names, members, releases, rounds, alone):
    """Print what the fleet takes on each engine, beside one process."""
    releases = list(releases)
    with tempfile.TemporaryDirectory(prefix="koppeling-bench-") as folder, revisions("") as sources:
        source = sources["now"]
        make_fleet(Path(folder) / "fleet", members, source)
        for name in names:
            with engine(name, source) as more:
                taken = [
                    take(source, Path(folder) / "fleet", releases, more) for _ in range(rounds)
                ]
            units = len(members) * len(releases)
            over_s = (least(taken)[0] - alone) / units
            what = f"{len(members)} on {len(releases)}"
            print(
                f"| {what} | {name} | {taken[0].results} | {least(taken)[0]:.1f} | "
                f"{alone:.1f} | {over_s:.2f} |",
                flush=True,
            )


def least(taken):
    """Return the least wall and the least processor time of several rounds."""
    return min(each.wall_s for each in taken), min(each.cpu_s for each in taken)


def _compared(sources, members, releases, rounds, more):
    """Return what each revision took, in rounds that take turns."""
    taken = {name: [] for name in sources}
    releases = list(releases)
    with tempfile.TemporaryDirectory(prefix="koppeling-bench-") as folder:
        for name, source in sources.items():
            make_fleet(Path(folder) / name, members, source)
        for _ in range(rounds):
            for name, source in sources.items():
                taken[name].append(take(source, Path(folder) / name, releases, more))
    return taken


def _row(what, name, taken, floor_s):
    wall_s, cpu_s = least(taken)
    bound_s = max(cpu_s / (os.cpu_count() or 1), floor_s)
    unpassed = max(each.results - each.outcomes.get("passed", 0) for each in taken)
    memory = max(each.memory_mib for each in taken)
    print(
        f"| {what} | {name} | {taken[0].results} | {unpassed} | {wall_s:.1f} | {cpu_s:.1f} | "
        f"{bound_s:.1f} | {wall_s / bound_s:.2f} | {memory:.0f} |",
        flush=True,
    )


def main():
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="4,16,60")
    parser.add_argument("--releases", default="1,2")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--against", default="", metavar="REVISION")
    parser.add_argument("--concurrency", default="", metavar="N")
    parser.add_argument("--processes", default="", metavar="N")
    parser.add_argument("--on", default="", metavar="ENGINES")
    asked = parser.parse_args()
    more = ("--concurrency", asked.concurrency) if asked.concurrency else ()
    more += ("--processes", asked.processes) if asked.processes else ()
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores; load before it began: {load:.1f}\n")
    titles = [
        "fleet",
        "revision",
        "results",
        "not passed",
        "wall, s",
        "CPU, s",
        "bound, s",
        "wall ÷ bound",
        "MiB",
    ]
    print("|", " | ".join(titles), "|")
    print("|", " | ".join("---" for _ in titles), "|")
    with revisions(asked.against) as sources:
        alone_s = dict.fromkeys(sources, 0.0)
        for member in MEMBERS:
            compared = _compared(sources, [member], RELEASES[:1], asked.rounds, more)
            for each, taken in compared.items():
                alone_s[each] = max(alone_s[each], least(taken)[0])
                _row(f"{member} alone", each, taken, 0)
        for size in map(int, asked.sizes.split(",")):
            members = [MEMBERS[number % len(MEMBERS)] for number in range(size)]
            for count in map(int, asked.releases.split(",")):
                compared = _compared(sources, members, RELEASES[:count], asked.rounds, more)
                for each, taken in compared.items():
                    many = "s" if count > 1 else ""
                    _row(f"{size} on {count} release{many}", each, taken, alone_s[each])
                if asked.on:
                    print("| fleet | engine | results | wall, s | one process, s | over, s |")
                    alone = least(compared["now"])[0]
                    names = asked.on.split(",")
                    _on_engines(names, members, RELEASES[:count], asked.rounds, alone)


if __name__ == "__main__":
    main()
