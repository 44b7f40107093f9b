"""Many scenarios at once, reported by pytest's own protocol as each one ends."""

import contextlib
from collections.abc import Sequence
from itertools import zip_longest

import pytest

from koppeling_harness.engine.observer import Observer
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.pytest_plugin.collect import ScenarioItem
from koppeling_harness.pytest_plugin.session_certification import certification
from koppeling_harness.scenario.plan import PlannedScenario


def run_loop(session: pytest.Session) -> bool:
    """Run the session's items: ordinary tests in order, then the scenarios, many at once."""
    if session.testsfailed and not session.config.option.continue_on_collection_errors:
        many = "s" if session.testsfailed > 1 else ""
        message = f"{session.testsfailed} error{many} during collection"
        raise session.Interrupted(message)
    scenarios = [item for item in session.items if isinstance(item, ScenarioItem)]
    others = [item for item in session.items if not isinstance(item, ScenarioItem)]
    for item, following in zip_longest(others, others[1:]):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        _stop_if_asked(session)

    with contextlib.suppress(_Enough):
        certification(session.config).run(
            [item.planned for item in scenarios], _Protocol(session, scenarios)
        )
    _stop_if_asked(session)
    return True


class _Enough(Exception):  # noqa: N818 - it is not an error
    """The session is to stop early, as with `-x`; what is in flight is left off."""


class _Protocol(Observer):
    """Calls pytest's protocol for each scenario as it ends."""

    def __init__(self, session: pytest.Session, scenarios: Sequence[ScenarioItem]) -> None:
        self._session = session
        self._items = {id(item.planned): item for item in scenarios}

    def scenario_ended(self, planned: PlannedScenario, result: ScenarioResult) -> None:
        """Let pytest tell a result.

        Raises:
            _Enough: The session is to stop.
        """
        item = self._items[id(planned)]
        item.result = result
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        if self._session.shouldfail or self._session.shouldstop:
            raise _Enough


def _stop_if_asked(session: pytest.Session) -> None:
    if session.shouldfail:
        raise session.Failed(session.shouldfail)
    if session.shouldstop:
        raise session.Interrupted(session.shouldstop)
