"""Measure ERP1 beside itself in another revision, request by request in turns.

    python -m bench turns --against REVISION [--pairs 5] [--rounds 8]

Both are served at once and asked by turns over one kept-alive connection each; of all rounds of all
pairs the least counts, for what a machine does besides only adds. Several pairs, for two processes
of one and the same program differ by some percent. CPU is that of the server per request. Reads
/proc, so it needs Linux.
"""

import argparse
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from bench.fleet import revisions

ROWS = 100_000
TIMES = 200
CLIENT = {"client_id": "acme", "client_secret": "invented"}
HOURS = {
    "DaTi": "2026-11-24", "VaIt": "1", "ItCd": "300", "EmId": "000001003",
    "PrId": "500001", "StId": "N", "Qu": "7.5",
}  # fmt: skip
REALIZATION = "/connectors/Profit_Realization?"
FILTER = "filterfieldids=DateTime&filtervalues=2025-01-20T00:00:00&operatortypes=1"


def posted(connector, fields):
    """Return the body of an insert."""
    return json.dumps({connector: {"Element": {"Fields": fields}}})


REQUESTS = {
    "page of 100": ("GET", f"{REALIZATION}skip=0&take=100&orderbyfieldids=Identity", ""),
    "filtered page of 100": ("GET", f"{REALIZATION}{FILTER}&take=100", ""),
    "last page of 100": (
        "GET",
        f"{REALIZATION}skip={ROWS - 200}&take=100&orderbyfieldids=Identity",
        "",
    ),
    "one row": ("GET", "/connectors/Profit_Article?take=1&orderbyfieldids=ItemCode", ""),
    "metainfo": ("GET", "/metainfo", ""),
    "write": ("POST", "/connectors/PtRealization", posted("PtRealization", HOURS)),
    "write of a dossier item": (
        "POST",
        "/connectors/KnSubject",
        posted("KnSubject", {"StId": 1, "Ds": "Invented"}),
    ),
    "token": (
        "POST",
        "/oauth/token",
        urlencode({"grant_type": "client_credentials", **CLIENT}),
    ),
}


class Erp1:
    """One that is served, with a connection to it."""

    def __init__(self, source, folder):
        definition = Path(folder) / "acme.yaml"
        definition.write_text(json.dumps({"app_connector": CLIENT}), encoding="utf-8")
        command = [sys.executable, "-P", "-m", "koppeling_harness", "erp1", "serve"]
        command += ["--rows", str(ROWS), "--import", str(definition)]
        environ = os.environ | {"PYTHONPATH": str(source / "src")}
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env=environ, cwd=folder
        )
        line = json.loads(self.process.stdout.readline())
        url = urlsplit(line["base_url"])
        self._host, self._path = url.netloc, url.path
        self._token = line["token_base64"]
        self._wire = socket.create_connection((url.hostname, url.port))
        self._wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def request(self, method, path, body):
        """Return a request as it goes over the wire."""
        headers = {"Host": self._host}
        if path.startswith("/oauth"):
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        else:
            headers["Authorization"] = f"AfasToken {self._token}"
        if body:
            headers["Content-Length"] = str(len(body))
        lines = [f"{method} {self._path}{path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", body]).encode()

    def ask(self, request):
        """Send it and return the whole answer, which comes in chunks."""
        self._wire.sendall(request)
        answer = b""
        while not answer.endswith(b"0\r\n\r\n"):
            answer += self._wire.recv(262_144)
        return answer

    def cpu_ms(self):
        """Return the CPU time that the server has used."""
        return int(Path(f"/proc/{self.process.pid}/schedstat").read_text().split()[0]) / 1e6

    def took(self, request):
        """Return what one request takes, in ms: on the clock, and of the server's CPU."""
        cpu, began = self.cpu_ms(), time.perf_counter()
        for _ in range(TIMES):
            self.ask(request)
        passed = (time.perf_counter() - began) * 1000
        return passed / TIMES, (self.cpu_ms() - cpu) / TIMES

    def close(self):
        """Stop it."""
        self._wire.close()
        self.process.kill()
        self.process.communicate()


def measure_pair(sources, rounds, least):
    """Serve each revision once, and note the least that each request takes."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        served = {name: Erp1(source, folder) for name, source in sources}
        for each in served.values():
            stack.callback(each.close)
        for turn in range(rounds):
            for what, request in REQUESTS.items():
                for name, each in list(served.items())[:: 1 if turn % 2 else -1]:
                    sent = each.request(*request)
                    status = each.ask(sent).split(b" ", 2)[1]
                    assert status in {b"200", b"201"}, (what, status)
                    before = least.get((what, name), (1e9, 1e9))
                    least[what, name] = tuple(map(min, before, each.took(sent)))


def main():
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--against", required=True)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=8)
    asked = parser.parse_args()
    least = {}
    with revisions(asked.against) as sources:
        for pair in range(asked.pairs):
            order = list(sources.items())[:: 1 if pair % 2 else -1]
            measure_pair(order, asked.rounds, least)
    print(f"| ms | {asked.against} | CPU | now | CPU | times | CPU, times |")
    print("|---" * 7 + "|")
    for what in REQUESTS:
        (was, was_cpu), (now, now_cpu) = (least[what, name] for name in (asked.against, "now"))
        cells = f"{was:.3f} | {was_cpu:.3f} | {now:.3f} | {now_cpu:.3f}"
        print(f"| {what} | {cells} | {now / was:.2f} | {now_cpu / was_cpu:.2f} |")


if __name__ == "__main__":
    main()
