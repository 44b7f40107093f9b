"""Measure ERP1 beside json-server on this machine, in one run.

    python -m bench erp1 [--json-server PATH] [--seconds 3] > bench/erp1.md

Each server gets the same work over one kept-alive connection: a page of 100 rows, a filtered page,
a deep page, a write. Requests per second depend on what else the machine does; the server's own
CPU time per request hardly does, so both are given. json-server is an npm package; without it the
table holds ERP1 only. Reads /proc, so it needs Linux.
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from koppeling_harness.emulator import Erp1

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Measured:
    """What one kind of request cost."""

    per_s: float
    cpu_ms: float


def cpu_s(pid: int) -> float:
    """Return the CPU seconds that a process has used."""
    parts = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(parts[11]) + int(parts[12])) / TICKS


def memory_mb(pid: int) -> float:
    """Return the resident memory of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 1e6


def measure(pid: int, ask: Callable[[int], None], seconds: float) -> Measured:
    """Ask again and again for some time."""
    ask(0)
    before, started, count = cpu_s(pid), time.perf_counter(), 0
    while (passed := time.perf_counter() - started) < seconds:
        count += 1
        ask(count)
    return Measured(per_s=count / passed, cpu_ms=(cpu_s(pid) - before) / count * 1000)


@contextmanager
def erp1(rows: int) -> Iterator[tuple[int, HTTPConnection, str, dict[str, str], float]]:
    """Serve ERP1; yield its process, a connection, path, headers and seconds to start."""
    command = [sys.executable, "-m", "koppeling_harness", "erp1", "serve", "--rows", str(rows)]
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = json.loads(process.stdout.readline())
            url = urlsplit(line["base_url"])
            connection = HTTPConnection(url.hostname, url.port)
            headers = {"Authorization": f"AfasToken {line['token_base64']}"}
            yield process.pid, connection, url.path, headers, time.perf_counter() - started
        finally:
            process.terminate()


def fetch(
    connection: HTTPConnection, method: str, path: str, headers: dict[str, str], body: str = ""
) -> bytes:
    """Send one request and return its answer; stop when it is no success."""
    connection.request(method, path, body or None, headers)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status not in {200, 201}:
        sys.exit(f"{method} {path}: {answer.status} {content[:200]!r}")
    return content


def bench_erp1(rows: int, seconds: float) -> list[tuple[str, Measured | str]]:
    """Measure ERP1 at some size."""
    with erp1(rows) as (pid, connection, base, headers, start_s):
        hours = f"{base}/connectors/Profit_Realization"
        body = {
            "PtRealization": {
                "Element": {
                    "Fields": {
                        "DaTi": "2026-11-24", "VaIt": "1", "ItCd": "300", "EmId": "000001003",
                        "PrId": "500001", "StId": "N", "Qu": "7.5",
                    }
                }
            }
        }  # fmt: skip
        text = json.dumps(body)
        deep = max(0, rows - 200)

        def get(query: str) -> Callable[[int], None]:
            return lambda _: fetch(connection, "GET", f"{hours}?{query}", headers) and None

        def write(_: int) -> None:
            fetch(connection, "POST", f"{base}/connectors/PtRealization", headers, text)

        filtered = "filterfieldids=DateTime&filtervalues=2025-01-20T00:00:00&operatortypes=1"
        found: list[tuple[str, Measured | str]] = [
            ("page of 100", measure(pid, get("skip=0&take=100&orderbyfieldids=Identity"), seconds)),
            ("filtered page of 100", measure(pid, get(f"{filtered}&take=100"), seconds)),
            (
                "last page of 100",
                measure(pid, get(f"skip={deep}&take=100&orderbyfieldids=Identity"), seconds),
            ),
            ("write", measure(pid, write, seconds)),
            ("start", f"{start_s:.1f} s"),
            ("memory", f"{memory_mb(pid):.0f} MB"),
        ]
        return found


def bench_json_server(path: str, rows: int, seconds: float) -> list[tuple[str, Measured | str]]:
    """Measure json-server with rows of the same fields."""
    environments = Erp1(rows=min(rows, 1000))
    access = environments.open_environment()
    connection_ = environments.environment(access.environment).connection
    names = [row[1] for row in connection_.execute("PRAGMA table_info(realization)")][:13]
    lines = connection_.execute(f"SELECT {', '.join(names)} FROM realization").fetchall()
    data = [
        dict(zip(names, lines[each % len(lines)], strict=True)) | {"id": each + 1}
        for each in range(rows)
    ]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "db.json")
        file.write_text(json.dumps({"realization": data}))
        command = [path, "--quiet", "--host", "127.0.0.1", "--port", str(port), str(file)]
        started = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            try:
                return _json_server(process.pid, port, rows, seconds, started)
            finally:
                process.kill()


def _json_server(
    pid: int, port: int, rows: int, seconds: float, started: float
) -> list[tuple[str, Measured | str]]:
    while True:
        try:
            connection = HTTPConnection("127.0.0.1", port)
            fetch(connection, "GET", "/realization?_limit=1", {})
            break
        except OSError:
            time.sleep(0.1)
    start_s = time.perf_counter() - started
    last = rows // 100
    body = json.dumps({"DaTi": "2026-11-24", "EmId": "000001003", "Qu": 7.5})
    json_type = {"Content-Type": "application/json"}

    def get(query: str) -> Callable[[int], None]:
        return lambda _: fetch(connection, "GET", f"/realization?{query}", {}) and None

    def write(_: int) -> None:
        fetch(connection, "POST", "/realization", json_type, body)

    return [
        ("page of 100", measure(pid, get("_page=1&_limit=100&_sort=id"), seconds)),
        ("filtered page of 100", measure(pid, get("EmId=000001003&_limit=100"), seconds)),
        ("last page of 100", measure(pid, get(f"_page={last}&_limit=100&_sort=id"), seconds)),
        ("write", measure(pid, write, seconds)),
        ("start", f"{start_s:.1f} s"),
        ("memory", f"{memory_mb(pid):.0f} MB"),
    ]


def environments_per_s() -> float:
    """Return how many environments are made, first asked and thrown away in a second."""
    many = Erp1()
    many.close_environment(many.open_environment().environment)
    started, count = time.perf_counter(), 200
    for _ in range(count):
        access = many.open_environment()
        many.environment(access.environment).connection.execute("SELECT 1 FROM realization")
        many.close_environment(access.environment)
    return count / (time.perf_counter() - started)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json-server", default=shutil.which("json-server"))
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--sizes", default="1000,1000000")
    chosen = parser.parse_args()
    sizes = [int(each) for each in chosen.sizes.split(",")]
    columns = [(f"ERP1, {size:,} rows", bench_erp1(size, chosen.seconds)) for size in sizes]
    if chosen.json_server:
        columns += [
            (
                f"json-server, {size:,} rows",
                bench_json_server(chosen.json_server, size, chosen.seconds),
            )
            for size in sizes
            if size <= 100_000
        ]
    print("| | " + " | ".join(name for name, _ in columns) + " |")
    print("|---" * (len(columns) + 1) + "|")
    for row in range(len(columns[0][1])):
        cells = [_cell(results[row][1]) for _, results in columns]
        print(f"| {columns[0][1][row][0]} | " + " | ".join(cells) + " |")
    print(f"\n{environments_per_s():.0f} environments made, used and thrown away per second.")


def _cell(value: Measured | str) -> str:
    if isinstance(value, str):
        return value
    return f"{value.per_s:.0f}/s, {value.cpu_ms:.2f} ms CPU"


if __name__ == "__main__":
    main()
