import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from koppeling_harness.plugin.guard import watch_over
from support.plugins import children


def open_descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture
def nothing_left_behind(tmp_path, monkeypatch) -> Iterator[None]:
    """Prove that no process, no descriptor and no temporary file is left (Linux)."""
    if sys.platform != "linux":
        pytest.skip("looks into /proc")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    watch_over()  # the guard stays, by design, to the end of this process
    before, open_files = children(), open_descriptors()
    yield
    assert children() == before, "a child process was left, or was not reaped"
    assert open_descriptors() == open_files, "a file descriptor was left open"
    assert list(temporary.iterdir()) == [], "a temporary file was left"
