import pytest

from support.partners import REFERENCE
from support.strange_environment import Strangeness, strange_environment


@pytest.fixture(scope="session")
def ordinary(tmp_path_factory):
    """One environment that is in order, for all tests that need one."""
    odd = Strangeness(manifests=(str(REFERENCE / "koppeling.yaml"),))
    with strange_environment(tmp_path_factory.mktemp("ordinary"), odd) as served:
        yield served
