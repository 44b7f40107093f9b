from pathlib import Path

import pytest

from support.tiny import tiny_project


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with the tiny integration and one scenario, which it passes."""
    return tiny_project(tmp_path)
