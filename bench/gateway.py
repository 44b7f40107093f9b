"""What the gateway costs per call, beside mitmproxy in reverse mode: one server, one run.

    python -m bench gateway [--mitmdump PATH] [--calls N]

The same small ERP is reached four ways: directly; through the gateway in its own process (as
`koppeling run` does); through the gateway's reverse proxy from another process; and, when mitmdump
is found (`pip install mitmproxy`), through mitmproxy in reverse mode. The ways take turns, so that
a busy machine is busy for all of them. Prints Markdown.
"""

import argparse
import asyncio
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

import uvicorn

from koppeling_harness.clock import SystemClock
from koppeling_harness.traffic.gateway import Gateway
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.traffic.reverse_proxy import ReverseProxy
from koppeling_harness.traffic.wire import GatewayProtocol

ENVIRONMENT = "T12345AA"
ROWS = [
    {
        "EmployeeId": f"{at:09d}",
        "Name": f"Medewerker {at}",
        "Mail": f"m{at}@example.nl",
        "Blocked": False,
        "EmploymentStart": "2020-01-01T00:00:00Z",
        "EmploymentEnd": None,
    }
    for at in range(25)
]
BODY = json.dumps({"skip": 0, "take": 100, "rows": ROWS}, separators=(",", ":")).encode()
REQUEST = (
    f"GET /{ENVIRONMENT}/ProfitRestServices/connectors/Uren?skip=0&take=100 HTTP/1.1\r\n"
    "Host: 127.0.0.1\r\nIntegrationId: 12345_67890\r\nAccept: */*\r\n"
    f"Authorization: AfasToken {'PHRva2VuPjx2ZXJzaW9uPjE8L3ZlcnNpb24+PGRhdGE+' + 'QUJD' * 22}\r\n"
    "Accept-Language: nl-nl\r\nUser-Agent: bench\r\n\r\n"
).encode()


async def erp(scope, receive, send):
    size = 0
    while True:
        message = await receive()
        size += len(message.get("body", b""))
        if not message.get("more_body"):
            break
    asked = scope["query_string"]
    if asked.startswith(b"mb="):
        count = int(asked[3:])
        headers = [(b"content-length", str(count * 1024 * 1024).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for left in range(count - 1, -1, -1):
            chunk = b"x" * (1024 * 1024)
            await send({"type": "http.response.body", "body": chunk, "more_body": left > 0})
        return
    headers = [
        (b"content-type", b"application/json; charset=utf-8"),
        (b"content-length", str(len(BODY)).encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": BODY})


def serve(kind: str, port: int, upstream_port: int) -> None:
    async def run() -> None:
        app, protocol = erp, "auto"
        if kind != "direct":
            upstream = erp
            if kind == "proxy":
                url = f"http://127.0.0.1:{upstream_port}/{ENVIRONMENT}/ProfitRestServices"
                upstream = ReverseProxy({ENVIRONMENT: url})
            gateway = Gateway(redactor=Redactor(b"key"), clock=SystemClock())
            app = gateway.open(ENVIRONMENT, upstream)
            protocol = GatewayProtocol
        config = uvicorn.Config(
            app, port=port, http=protocol, ws="none", lifespan="off", log_level="error"
        )
        await uvicorn.Server(config).serve()

    asyncio.run(run())


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port: int) -> None:
    deadline_s = time.monotonic() + 60
    while time.monotonic() < deadline_s:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    message = f"nothing listens on port {port}"
    raise SystemExit(message)


class Client:
    """One kept connection."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")

    def call(self) -> None:
        self.socket.sendall(REQUEST)
        assert self.file.readline().split()[1] == b"200"
        length = 0
        while (line := self.file.readline()) != b"\r\n":
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        assert len(self.file.read(length)) == len(BODY)

    def close(self) -> None:
        self.file.close()
        self.socket.close()


async def parallel(port: int, calls: int, connections: int) -> float:
    """Return requests per second over some connections at once."""

    async def worker(count: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(count):
            writer.write(REQUEST)
            head = await reader.readuntil(b"\r\n\r\n")
            assert b" 200 " in head.split(b"\r\n")[0]
            await reader.readexactly(len(BODY))
        writer.close()
        await writer.wait_closed()

    started_s = time.perf_counter()
    await asyncio.gather(*(worker(calls // connections) for _ in range(connections)))
    return calls / (time.perf_counter() - started_s)


def peak_mb(process: subprocess.Popen) -> float | None:
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():
        return None
    for line in status.read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return None


def cpu_ms(process: subprocess.Popen) -> float | None:
    """Return the processor time that a process has used; other load does not change it much."""
    stat = Path(f"/proc/{process.pid}/stat")
    if not stat.exists():
        return None
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def large(port: int) -> None:
    """Send 50 MB and get 50 MB back."""
    megabyte = b"y" * 1024 * 1024
    head = (
        f"POST /{ENVIRONMENT}/ProfitRestServices/connectors/Uren?mb=50 HTTP/1.1\r\n"
        f"Host: 127.0.0.1\r\nContent-Length: {50 * len(megabyte)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(head.encode())
        for _ in range(50):
            connection.sendall(megabyte)
        got = 0
        while got < 50 * len(megabyte):
            got += len(connection.recv(1024 * 1024))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mitmdump", default=shutil.which("mitmdump"))
    parser.add_argument("--calls", type=int, default=2000)
    asked = parser.parse_args()
    direct = a_free_port()
    ways = {"direct": direct, "gateway": a_free_port(), "proxy": a_free_port()}
    commands = {
        name: [sys.executable, __file__, "serve", name, str(port), str(direct)]
        for name, port in ways.items()
    }
    if asked.mitmdump:
        ways["mitmproxy"] = a_free_port()
        mode = f"reverse:http://127.0.0.1:{direct}"
        commands["mitmproxy"] = [
            asked.mitmdump, "-q", "--mode", mode, "-p", str(ways["mitmproxy"])
        ]  # fmt: skip
    processes: dict[str, subprocess.Popen] = {}
    try:
        for name, command in commands.items():
            processes[name] = subprocess.Popen(command)
        for port in ways.values():
            wait_for(port)
        measure(ways, processes, asked.calls)
    finally:
        for process in processes.values():
            process.terminate()
        for process in processes.values():
            process.wait()


def measure(ways: dict[str, int], processes: dict[str, subprocess.Popen], calls: int) -> None:
    times: dict[str, list[float]] = {name: [] for name in ways}
    clients = {name: Client(port) for name, port in ways.items()}
    for number in range(calls + 100):
        for name, client in clients.items():
            started_s = time.perf_counter()
            client.call()
            if number >= 100:
                times[name].append((time.perf_counter() - started_s) * 1000)
    for client in clients.values():
        client.close()
    rates, burned = at_once(ways, processes, min(calls, 1600))
    before = {name: peak_mb(process) for name, process in processes.items()}
    for name in ("gateway", "proxy"):
        large(ways[name])
    after = {name: peak_mb(process) for name, process in processes.items()}
    print(f"{calls} calls each, one at a time, taking turns; answers of {len(BODY)} bytes\n")
    show(times, rates, burned)
    for name in ("gateway", "proxy"):
        if before[name] is not None:
            print(
                f"\n50 MB there and 50 MB back through {name}: peak memory "
                f"{before[name]:.0f} MB before, {after[name]:.0f} MB after"
            )


def at_once(
    ways: dict[str, int], processes: dict[str, subprocess.Popen], calls: int
) -> tuple[dict[str, list[float]], dict[str, float]]:
    """Return calls per second with 8 at once, three times, and the processor time of one call."""
    rates: dict[str, list[float]] = {name: [] for name in ways}
    burned_ms = dict.fromkeys(ways, 0.0)
    for _ in range(3):
        for name, port in ways.items():
            before_ms = cpu_ms(processes[name])
            rates[name].append(asyncio.run(parallel(port, calls, 8)))
            if before_ms is not None:
                burned_ms[name] += (cpu_ms(processes[name]) - before_ms) / (3 * calls)
    return rates, burned_ms


def show(
    times: dict[str, list[float]], rates: dict[str, list[float]], burned: dict[str, float]
) -> None:
    median = {name: statistics.median(each) for name, each in times.items()}
    p99 = {name: statistics.quantiles(each, n=100)[98] for name, each in times.items()}
    print(
        "| way | median ms | added ms | p99 ms | added ms | calls/s, 8 at once | CPU ms per call |"
    )
    print("|---|---|---|---|---|---|---|")
    for name in times:
        print(
            f"| {name} | {median[name]:.3f} | {median[name] - median['direct']:.3f} "
            f"| {p99[name]:.3f} | {p99[name] - p99['direct']:.3f} "
            f"| {statistics.median(rates[name]):.0f} | {burned[name]:.3f} |"
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        main()
