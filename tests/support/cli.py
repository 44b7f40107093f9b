"""Run the whole program: in this process, or as a user does in a process of its own."""

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from koppeling_harness.cli.main import run


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


def koppeling(*arguments: str | Path, cwd: Path) -> Ran:
    """Run `koppeling` with some arguments in a folder, in this process.

    It is the same program but for its start, which takes longer than most of what it does; what
    it starts itself are processes. That every command starts is tests/cli/test_start.py.
    """
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with (
        contextlib.chdir(cwd),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        _unmeasured(),
    ):
        code = run([*map(str, arguments)])
    return Ran(code=int(code), out=_text(out), err=_text(err))


def koppeling_process(
    *arguments: str | Path, cwd: Path, timeout_s: float = 120, day: str = ""
) -> Ran:
    """Run `koppeling` with some arguments in a folder, in a process of its own.

    For what is long, or lives by what its process was given. Coverage leaves it alone. With `day`,
    as on that day.
    """
    environ = unmeasured()
    program = ["koppeling_harness"]
    if day:
        program = ["support.later", day]
        environ["PYTHONPATH"] = str(Path(__file__).parents[1])
    return _run(
        [sys.executable, "-m", *program, *map(str, arguments)], cwd, timeout_s, environ=environ
    )


def pytest_(
    *arguments: str | Path, cwd: Path, timeout_s: float = 120, measured: bool = False
) -> Ran:
    """Run pytest in a folder, with the harness's own plugin and xdist.

    With `measured`, coverage looks on.
    """
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--disable-plugin-autoload",
        *("-p", "koppeling_harness.pytest_plugin.entry"),
        *("-p", "koppeling_harness.testing.entry", "-p", "xdist"),
        *map(str, arguments),
    ]
    return _run(command, cwd, timeout_s, environ=dict(os.environ) if measured else unmeasured())


def unmeasured() -> dict[str, str]:
    """Return the environment for a process that coverage is to leave alone.

    To measure a process doubles what it costs, and one that is killed tells nothing. What only
    a process of its own executes is measured where it is the subject, in tests/unit/plugin.
    """
    return {name: each for name, each in os.environ.items() if not name.startswith("COVERAGE_")}


@contextlib.contextmanager
def _unmeasured() -> Iterator[None]:
    hidden = {name: os.environ.pop(name) for name in os.environ.keys() - unmeasured().keys()}
    try:
        yield
    finally:
        os.environ.update(hidden)


def _text(stream: io.TextIOWrapper) -> str:
    written = stream.buffer
    assert isinstance(written, io.BytesIO)
    return written.getvalue().decode().replace("\r\n", "\n")


def _run(command: list[str], cwd: Path, timeout_s: float, *, environ: dict[str, str]) -> Ran:
    done = subprocess.run(
        command,
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
        env=environ,
    )
    return Ran(code=done.returncode, out=done.stdout, err=done.stderr)
