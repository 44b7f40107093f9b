"""Whatever ends a run, nothing of it is left pending."""

import asyncio
import gc
import secrets

import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.engine.observer import Observer
from koppeling_harness.hosting.certification import Certification
from koppeling_harness.model.order import Order
from koppeling_harness.plugin.discover import discover
from koppeling_harness.scenario.load import load_scenarios
from koppeling_harness.scenario.plan import plan
from koppeling_harness.traffic.redactor import Redactor
from support.tiny import SCENARIO, tiny_plugin


class Raises(Observer):
    """Raises at the first result."""

    def __init__(self, error):
        self._error = error

    def scenario_ended(self, planned, result):
        raise self._error


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), SystemExit(3), OSError("full"), asyncio.CancelledError()]
)
def test_an_observer_that_raises_leaves_no_task_behind(tmp_path, error):
    folder = tmp_path / "scenarios"
    folder.mkdir()
    for name in "abc":
        text = SCENARIO.format(id=name, level="required", expect="{ok: true}")
        (folder / f"{name}.scenario.yaml").write_text(text, encoding="utf-8")
    (integration,) = discover([tiny_plugin(tmp_path / "tiny")], entry_points=False).integrations
    certification = Certification(
        Order(release="Profit 8", concurrency=3),
        [integration],
        run_id="r1",
        seed=1,
        clock=SystemClock(),
        redactor=Redactor(secrets.token_bytes(32)),
    )
    planned = plan(load_scenarios([folder]), integration.manifest, release="Profit 8")

    with pytest.raises(type(error)):
        certification.run(planned, Raises(error))
    left = [each for each in _tasks() if not each.done()]
    certification.close()

    assert [each for each in left if "Certification" in repr(each)] == []
    assert [each for each in left if "_lane" in repr(each)] == []


def _tasks():
    return [each for each in gc.get_objects() if isinstance(each, asyncio.Task)]
