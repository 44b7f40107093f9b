"""`koppeling erp1 serve` in a process of its own."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from support.cli import unmeasured
from support.erp1 import HOURS, element


class Served:
    """A running `koppeling erp1 serve`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        self.line = json.loads(process.stdout.readline())
        self.url = self.line["base_url"]

    def ask(self, path: str, body: Any = None, method: str = "GET", **more: Any) -> Any:
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"AfasToken {self.line['token_base64']}"},
        )
        with urllib.request.urlopen(request, timeout=20, **more) as answer:
            return json.loads(answer.read() or b"null")

    def book(self) -> str:
        answer = self.ask("/connectors/PtRealization", element("PtRealization", HOURS), "POST")
        return answer["results"]["PtRealization"]["Id"]


@contextmanager
def served(*arguments: str | Path) -> Iterator[Served]:
    command = [sys.executable, "-m", "koppeling_harness", "erp1", "serve", *map(str, arguments)]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=unmeasured(),
    ) as process:
        try:
            yield Served(process)
        finally:
            process.kill()
