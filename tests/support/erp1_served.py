"""ERP1 served by the command line, and clients of others installed once and kept."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest


@contextlib.contextmanager
def served(folder: Path, *options: str) -> Iterator[dict[str, str]]:
    """Serve an environment while the context lasts; yields the first line of `erp1 serve`."""
    command = [sys.executable, "-m", "koppeling_harness", "erp1", "serve", *options]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as erp1:
        try:
            assert erp1.stdout is not None
            yield json.loads(erp1.stdout.readline())
        finally:
            erp1.terminate()


def installed(
    name: str, request: pytest.FixtureRequest, factory: pytest.TempPathFactory
) -> tuple[Path, bool]:
    """Return the folder of an installation, and whether it is complete.

    It stands in pytest's cache, so that the registry is asked once; without a cache it lasts for
    one run.
    """
    cache = request.config.cache
    folder = Path(cache.mkdir("clients")) / name if cache else factory.mktemp("clients") / name
    return folder, (folder / "complete").exists()


def install(folder: Path, command: Sequence[str | Path], *, what: str) -> None:
    """Run an installer once; skip the test with its own words when it fails."""
    folder.mkdir(parents=True, exist_ok=True)
    ran = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=180, check=False
    )
    if ran.returncode != 0:
        pytest.skip(f"{what} cannot be installed: {ran.stderr.strip()[-200:]}")
    (folder / "complete").touch()
