"""A session is shared out to as many processes as are worth it, and to one where it must be."""

import pytest

from koppeling_harness.model.order import Order
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.workflow.run import certify
from support.scenarios import a_manifest, a_scenario, an_operation


def chosen(integrations, each):
    manifests = [a_manifest(an_operation("sync"), name=f"p{n}") for n in range(integrations)]
    scenario = a_scenario("a.b")
    return [PlannedScenario(scenario=scenario, manifest=one) for one in manifests] * each


@pytest.mark.parametrize(
    ("cores", "integrations", "each", "more", "expected"),
    [
        (8, 10, 200, {}, 4),  # as many as half of the cores
        (2, 10, 200, {}, 1),
        (1, 10, 200, {}, 1),
        (8, 3, 300, {}, 3),  # none is cut in two
        (8, 1, 2000, {}, 1),
        (8, 4, 120, {}, 2),  # for little it is not worth it
        (8, 4, 2, {}, 1),
        (2, 4, 2, {"processes": 3}, 3),  # as was asked
        (8, 10, 200, {"processes": 1}, 1),
        (8, 10, 200, {"concurrency": 1}, 1),
        (8, 10, 200, {"environment": "erp1"}, 1),
        (8, 10, 200, {"environment": "erp1", "processes": 4}, 1),
        (8, 10, 200, {"in_process": True}, 1),
    ],
)
def test_how_many_processes(monkeypatch, cores, integrations, each, more, expected):
    monkeypatch.setattr(certify.os, "cpu_count", lambda: cores)
    order = Order(**{"release": "Profit 8", "concurrency": 16, **more})

    assert certify._processes_for(order, chosen(integrations, each)) == expected
