import sys
from collections.abc import Iterator

import pytest

from support.plugins import nothing_left


@pytest.fixture
def nothing_left_behind(tmp_path, monkeypatch) -> Iterator[None]:
    """Prove that no process, no descriptor and no temporary file is left (Linux)."""
    if sys.platform != "linux":
        pytest.skip("looks into /proc")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    with nothing_left():
        yield
    assert list(temporary.iterdir()) == [], "a temporary file was left"
