"""Run the whole program as a user does, in a process of its own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Ran:
    """What a process said."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Return standard output as JSON; fails when anything else stands there."""
        return json.loads(self.out)

    @property
    def all(self) -> str:
        return self.out + self.err


def koppeling(
    *arguments: str | Path, cwd: Path, timeout_s: float = 120, measured: bool = True
) -> Ran:
    """Run `koppeling` with some arguments in a folder.

    With `measured=False` coverage leaves it alone: for long runs over what other tests cover.
    """
    command = [sys.executable, "-m", "koppeling_harness", *map(str, arguments)]
    return _run(command, cwd, timeout_s, measured=measured)


def pytest_(*arguments: str | Path, cwd: Path, timeout_s: float = 120) -> Ran:
    """Run pytest in a folder, with the harness's own plugin and xdist."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--disable-plugin-autoload",
        *("-p", "koppeling_harness.pytest_plugin.entry", "-p", "xdist"),
        *map(str, arguments),
    ]
    return _run(command, cwd, timeout_s)


def _run(command: list[str], cwd: Path, timeout_s: float, *, measured: bool = True) -> Ran:
    kept = {
        name: value
        for name, value in os.environ.items()
        if measured or not name.startswith("COVERAGE_")
    }
    done = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, timeout=timeout_s, check=False, env=kept
    )
    return Ran(code=done.returncode, out=done.stdout, err=done.stderr)
