"""One gateway on a socket per module; each test begins with nothing recorded."""

from collections.abc import Iterator

import pytest

from support.gateway import Served


@pytest.fixture(scope="module")
def _serving() -> Iterator[Served]:
    with Served() as gateway:
        yield gateway


@pytest.fixture
def served(_serving: Served) -> Served:
    """Return a gateway that nobody has used yet."""
    _serving.reset()
    return _serving
