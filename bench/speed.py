"""koppeling beside other tools: wall time, processor time, memory, exactness.

    python -m bench speed [--tools FOLDER] [--runs 3] [--count 1000] [--write]

Every tool does the same work against the same stand-in server. The tools take turns, so that a busy
machine is busy for all of them, and the best run of each counts: what disturbs a run only ever adds
to it. Tools that are not installed are named. With `--write` the table goes into
docs/explanation/speed.md and the plot beside it.
"""

import argparse
import importlib.metadata
import math
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import chart, measure
from bench.suites import SUITES
from bench.tools import REPORTING, TOOLS, find
from bench.workload import STEPS, subjects
from koppeling_harness.clock import SystemClock

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "explanation" / "speed.md"
PLOT = ROOT / "docs" / "explanation" / "speed.svg"
MARK = "<!-- measured: python -m bench speed -->"
LONG_S = 10


def main():
    asked = _arguments()
    with tempfile.TemporaryDirectory(prefix="koppeling-bench-") as folder:
        bench = Bench(Path(folder), asked)
        try:
            tables = bench.measure()
        finally:
            bench.close()
    plot = f"![Processor time per step]({PLOT.name})"
    text = "\n\n".join([MARK, plot, *tables, bench.circumstances()])
    print(text)
    if asked.write:
        before = PAGE.read_text(encoding="utf-8").partition(MARK)[0]
        PAGE.write_text(f"{before}{text}\n", encoding="utf-8")
        PLOT.write_text(chart.bars(bench.cpu_per_step(), unit="ms"), encoding="utf-8")
    return 0


def _arguments():
    parser = argparse.ArgumentParser(prog="python -m bench speed", description=__doc__)
    parser.add_argument("--tools", type=Path, help="folder with an environment for each tool")
    parser.add_argument("--only", default="", help="names of tools, separated by commas")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--count", type=int, default=1000, help="scenarios")
    parser.add_argument("--longest", type=float, default=60, help="seconds that a run may be meant")
    parser.add_argument("--write", action="store_true", help="into the docs")
    return parser.parse_args()


class Bench:
    """The suites, the server, and what was measured."""

    def __init__(self, folder, asked):
        self.folder = folder
        self.asked = asked
        self.certificate = _certificate(folder)
        self.best = {}
        self.missing = []
        self.tools = []
        only = [each for each in asked.only.split(",") if each]
        for tool in TOOLS:
            program = find(tool, asked.tools)
            if program is None:
                self.missing.append(tool.name)
            elif not only or tool.name in only:
                self.tools.append((tool, program))
        self.server = measure.Server(*(["--tls", *self.certificate] if self.certificate else []))

    def close(self):
        self.server.stop()

    def measure(self):
        count = self.asked.count
        one = self.each_tool("one", count=1)
        none = self.each_tool("0 ms", count=count)
        near = self.each_tool("20 ms", count=count, latency_ms=20)
        far = self.each_tool("200 ms", count=count, latency_ms=200)
        set_up = self.each_tool("set-up", count=count, latency_ms=20, setup_ms=40)
        tls = self.each_tool("TLS", count=count, tls=True) if self.certificate else {}
        self.columns = {"one": one, "0 ms": none, "20 ms": near, "200 ms": far, "TLS": tls}
        return [
            self._table(one, none, near, far, set_up, tls),
            self._reports(count),
            self._starts(),
            self._growth(none),
        ]

    def each_tool(
        self, name, *, count, latency_ms=0, setup_ms=0, tls=False, tools=None, long_s=LONG_S
    ):
        """Return the best run of each tool; they take turns.

        A long run is not repeated: what disturbs a moment is little of it.
        """
        self.server.set(latency_ms=latency_ms, setup_ms=setup_ms)
        best = {}
        for _ in range(self.asked.runs):
            for tool, program in tools or self.tools:
                if tls and not tool.tls:
                    continue
                if tool.name in best and best[tool.name].wall_s > long_s:
                    continue
                if _ideal_s(count, latency_ms, tool.lanes) > self.asked.longest:
                    continue
                done = self.one_run(tool, program, count, tls=tls)
                if not _is_exact(done, count):
                    message = f"{name}: {tool.name} is not exact: {done.stats}\n{done.said}"
                    print(message, file=sys.stderr)
                    continue
                before = best.get(tool.name)
                best[tool.name] = done if before is None else _better(before, done)
                print(
                    f"{name:8} {tool.name:36} wall {done.wall_s:7.2f} s  cpu {done.cpu_s:6.2f} s  "
                    f"{done.memory_mib:4.0f} MiB",
                    file=sys.stderr,
                )
        return best

    def one_run(self, tool, program, count, *, tls=False):
        server = f"https://127.0.0.1:{self.server.ports[1]}" if tls else self.server.url
        suite = self._suite(tool.suite, count, server)
        with tempfile.TemporaryDirectory(dir=self.folder) as out:
            more = {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
            if not tool.suite.startswith("koppeling"):
                more = {"PYTHONPATH": ""}
            command = _command(tool, program, suite, server, out)
            if tls and tool.suite == "koppeling":
                command += ["--ca", self.certificate[0]]
            return measure.run(
                command,
                folder=suite,
                environment=more,
                server=self.server,
                out=out,
            )

    def cpu_per_step(self):
        """Return milliseconds of processor time per step and tool, the smallest first."""
        one, many = self.columns["one"], self.columns["0 ms"]
        found = {
            name: _per_step_ms(one[name], many[name], self.asked.count)
            for name in many
            if name in one
        }
        return dict(sorted(found.items(), key=lambda item: item[1]))

    def circumstances(self):
        versions = ", ".join(f"{tool.name} {_version(tool, each)}" for tool, each in self.tools)
        missing = ", ".join(self.missing) or "none"
        command = "python -m bench " + shlex.join(["speed", *sys.argv[1:]])
        if self.asked.tools:
            command = command.replace(str(self.asked.tools), "FOLDER")
        return (
            f"Measured on {SystemClock().now():%Y-%m-%d} with `{command}`: {_machine()}; "
            f"Python {platform.python_version()}. The best of {self.asked.runs} runs, of one "
            f"where that took more than {LONG_S} s, the tools taking turns; koppeling had read the "
            f"scenarios once before. Versions: {versions}. Not installed: {missing}."
        )

    def _suite(self, name, count, server):
        kind = "tls" if server.startswith("https") else "plain"
        folder = self.folder / "suites" / kind / str(count) / name.replace(" ", "_")
        if not folder.exists():
            folder.mkdir(parents=True)
            SUITES[name](folder, subjects(count), server)
        return folder

    def _table(self, one, none, near, far, set_up, tls):
        count = self.asked.count
        rows = []
        for tool, _ in self.tools:
            name = tool.name
            if name not in none:
                continue
            per_step = _per_step_ms(one[name], none[name], count) if name in one else None
            tls_ms = _per_step_ms(one[name], tls[name], count) if name in tls else None
            rows.append(
                [
                    name,
                    _seconds(one.get(name), 2),
                    _number(per_step, 2),
                    _number(tls_ms, 2),
                    self._ratio(near.get(name), tool, 20),
                    self._ratio(far.get(name), tool, 200),
                    self._ratio(set_up.get(name), tool, 20),
                    str(set_up[name].stats["connections"]) if name in set_up else "-",
                    f"{none[name].memory_mib:.0f}",
                ]
            )
        rows.sort(key=lambda row: float(row[2]) if row[2] != "-" else math.inf)
        head = [
            "tool",
            "one scenario, s",
            "CPU per step, ms",
            "the same over TLS, ms",
            "wall at 20 ms ÷ ideal",
            "wall at 200 ms ÷ ideal",
            "wall at 20 ms and 40 ms set-up ÷ ideal",
            "connections",
            "memory, MiB",
        ]
        title = f"{count} scenarios of {STEPS} steps, three expectations a step, {LANES_TEXT}:"
        return f"{title}\n\n{_markdown(head, rows)}"

    def _ratio(self, done, tool, latency_ms):
        if done is None:
            return "≥ 16" if tool.lanes == 1 else "-"
        return f"{done.wall_s / _ideal_s(self.asked.count, latency_ms, 16):.2f}"

    def _reports(self, count):
        found = [(tool, find(tool, self.asked.tools)) for tool in REPORTING]
        tools = [(tool, program) for tool, program in found if program is not None]
        best = self.each_tool("reports", count=count, tools=tools)
        rows = []
        for tool, _ in tools:
            base = best.get(f"{tool.name.partition(':')[0]}: without")
            done = best.get(tool.name)
            if done is None or base is None or done is base:
                continue
            rows.append(
                [
                    tool.name,
                    f"{done.cpu_s - base.cpu_s:+.2f}",
                    f"{done.wall_s - base.wall_s:+.2f}",
                    f"{done.written_bytes / 2**20:.1f}",
                ]
            )
        head = ["reports", "CPU, s", "wall, s", "written, MiB"]
        return f"What reports add, at 0 ms:\n\n{_markdown(head, rows)}"

    def _starts(self):
        rows = []
        program = [sys.executable, "-m", "koppeling_harness"]
        project = self.folder / "project"
        project.mkdir()
        for name in ("plugins", "scenarios", "docs/samples/registrations"):
            shutil.copytree(ROOT / name, project / Path(name).name, dirs_exist_ok=True)
        many = _registrations(self.folder / "many", 500)
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "koppeling --help": [*program, "--help"],
            "koppeling status, 10 registrations": [*program, "status", "registrations"],
            "koppeling status, 500 registrations": [*program, "status", str(many)],
            "koppeling run, one scenario, ERP1 started": [
                *(*program, "run", "urenportaal", "-k", "projects-second-time"),
                *("--reports", str(self.folder / "reports")),
            ],
        }
        best = {}
        for _ in range(max(self.asked.runs, 5)):
            for name, command in commands.items():
                done = measure.run(command, folder=project)
                before = best.get(name)
                best[name] = done if before is None else _better(before, done)
        for name, done in best.items():
            measured = [f"{done.wall_s:.2f}", f"{done.cpu_s:.2f}", f"{done.memory_mib:.0f}"]
            rows.append([f"`{name}`", *measured])
        head = ["start to end", "wall, s", "CPU, s", "memory, MiB"]
        return f"Starting:\n\n{_markdown(head, rows)}"

    def _growth(self, before):
        """Ten times as many scenarios."""
        tools = [(tool, program) for tool, program in self.tools if tool.suite == "koppeling"]
        count = self.asked.count
        best = self.each_tool("growth", count=10 * count, tools=tools, long_s=math.inf)
        rows = [
            [
                name,
                f"{before[name].cpu_s:.1f}",
                f"{done.cpu_s:.1f}",
                f"{done.cpu_s / before[name].cpu_s:.1f}",
                f"{before[name].memory_mib:.0f}",
                f"{done.memory_mib:.0f}",
            ]
            for name, done in best.items()
        ]
        head = [
            "growth",
            f"CPU of {count}, s",
            f"CPU of {10 * count}, s",
            "times",
            f"memory of {count}, MiB",
            f"memory of {10 * count}, MiB",
        ]
        return f"Ten times the work:\n\n{_markdown(head, rows)}"


LANES_TEXT = "16 in flight where the tool can"


def _command(tool, program, suite, server, out):
    known = {
        "program": str(program),
        "python": sys.executable,
        "bin": str(program.parent),
        "server": server,
        "host": server.partition("://")[2],
        "out": str(out),
    }
    command = []
    for argument in tool.arguments:
        if argument.startswith("*"):
            command += sorted(each.name for each in suite.glob(argument))
        else:
            command.append(argument.format(**known))
    return command


def _is_exact(done, count):
    stats = done.stats
    calls = {name: number for name, number in stats["calls"].items() if number}
    wanted = dict.fromkeys(("GET", "POST", "PUT", "DELETE"), count)
    return done.code == 0 and calls == wanted and not stats["refused"] and not stats["rows_left"]


def _better(one, other):
    return (
        one
        if one.cpu_s <= other.cpu_s and one.wall_s <= other.wall_s
        else measure.Run(
            code=one.code,
            wall_s=min(one.wall_s, other.wall_s),
            cpu_s=min(one.cpu_s, other.cpu_s),
            memory_mib=max(one.memory_mib, other.memory_mib),
            written_bytes=one.written_bytes,
            stats=one.stats,
            said=one.said,
        )
    )


def _per_step_ms(one, many, count):
    return (many.cpu_s - one.cpu_s) * 1000 / (STEPS * (count - 1))


def _ideal_s(count, latency_ms, lanes):
    return math.ceil(count / lanes) * STEPS * latency_ms / 1000


def _number(value, digits):
    return "-" if value is None else f"{value:.{digits}f}"


def _seconds(done, digits):
    return "-" if done is None else f"{done.wall_s:.{digits}f}"


def _markdown(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _certificate(folder):
    """Return a certificate for 127.0.0.1 and its key; None where openssl is not there."""
    if shutil.which("openssl") is None:
        return None
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    command = [
        *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
        *("-nodes", "-keyout", str(key), "-out", str(certificate), "-days", "2"),
        *("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return [str(certificate), str(key)]


def _registrations(folder, count):
    """Write as many copies of a sample registration, each under an id of its own."""
    sample = (ROOT / "docs/samples/registrations/planbordplus.yaml").read_text(encoding="utf-8")
    folder.mkdir()
    for number in range(count):
        text = sample.replace("registration: planbordplus", f"registration: copy-{number:03}")
        text = text.replace("integration: planbordplus", f"integration: copy-{number:03}")
        text = text.replace("41010_500110", f"41010_6{number:05}")
        (folder / f"copy-{number:03}.yaml").write_text(text, encoding="utf-8")
    return folder


def _version(tool, program):
    if tool.suite == "koppeling":
        return importlib.metadata.version("koppeling-harness")
    if tool.package:
        places = [str(each) for each in program.parents[1].glob("lib/python*/site-packages")]
        found = importlib.metadata.distributions(name=tool.package, path=places)
        return next((each.version for each in found), "")
    for command in (["--version"], ["version"], ["-V"]):
        done = subprocess.run([str(program), *command], capture_output=True, text=True, check=False)
        for word in (done.stdout + done.stderr).replace(",", " ").split():
            bare = word.lstrip("v").removesuffix(")")
            if bare[:1].isdigit() and "." in bare:
                return bare
    return ""


def _machine():
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return f"{os.cpu_count()} cores of {cpu}, {platform.system()} {platform.release()}"
