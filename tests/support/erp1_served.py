"""ERP1 served by the command line, and clients of others installed once and kept."""

import contextlib
import json
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator, Sequence
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
    name: str,
    command: Callable[[Path], Sequence[str | Path]],
    request: pytest.FixtureRequest,
    factory: pytest.TempPathFactory,
) -> Path:
    """Return the folder of a client that was installed once; skip the test when it cannot be.

    It stands in pytest's cache; without a cache it lasts for one run. Another process may install
    the same at the same time: whoever is ready first puts the folder in its place.

    Args:
        name: Package and version.
        command: What installs it into a folder.
        request: For pytest's cache.
        factory: For a folder that lasts for one run.
    """
    cache = getattr(request.config, "cache", None)  # not there with `-p no:cacheprovider`
    place = Path(cache.mkdir("clients")) if cache else factory.mktemp("clients")
    folder = place / name
    if folder.is_dir():
        return folder
    made = place / f"{name}.{uuid.uuid4().hex}"
    made.mkdir()
    try:
        subprocess.run(command(made), cwd=made, capture_output=True, timeout=180, check=True)
    except subprocess.SubprocessError as error:
        shutil.rmtree(made, ignore_errors=True)
        said = (error.stderr or b"").decode(errors="replace").strip()[-200:]
        pytest.skip(f"{name} cannot be installed: {said or error}")
    try:
        made.rename(folder)
    except OSError:
        shutil.rmtree(made)
    return folder
