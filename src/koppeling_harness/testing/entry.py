"""The fixture on which the kit `koppeling_harness.testing` is built, as pytest loads it."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from koppeling_harness.plugin.discover import Integration
    from koppeling_harness.scenario.plan import PlannedScenario


@pytest.fixture(scope="session")
def koppeling_objection() -> Iterator[Callable[["Integration", "PlannedScenario"], str]]:
    """Return what carries out one scenario and tells what is wrong; empty when it passed.

    ERP1 is served when it is first used. The kit `koppeling_harness.testing` is built on it.
    """
    from koppeling_harness.testing.objections import Objections

    objections = Objections()
    try:
        yield objections.to
    finally:
        objections.close()
