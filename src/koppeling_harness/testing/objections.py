"""Objections after a scenario, for tests that a partner writes itself."""

import secrets
from pathlib import Path

from koppeling_harness.clock import SystemClock
from koppeling_harness.hosting.certification import Certification
from koppeling_harness.hosting.session import Results
from koppeling_harness.model.order import Order
from koppeling_harness.model.policy import CURRENT
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.plugin.discover import Integration
from koppeling_harness.report.result_text import render
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.traffic.redactor import Redactor


class Objections:
    """Carries out one scenario at a time; ERP1 and the integrations' processes are kept."""

    def __init__(self) -> None:
        self._kept: dict[Path, Certification] = {}

    def to(self, integration: Integration, planned: PlannedScenario) -> str:
        """Carry out a scenario; return what a person reads of it, empty when it passed."""
        results = Results()
        self._certification(integration).run([planned], results)
        [(_, result)] = results.of([planned])
        return "" if result.outcome is Outcome.PASSED else render(result)

    def close(self) -> None:
        """End ERP1 and every process of the integrations."""
        for each in self._kept.values():
            each.close()

    def _certification(self, integration: Integration) -> Certification:
        if integration.folder not in self._kept:
            self._kept[integration.folder] = Certification(
                Order(release=CURRENT, concurrency=1),
                [integration],
                run_id=f"pytest-{secrets.token_hex(4)}",
                seed=secrets.randbits(32),
                clock=SystemClock(),
                redactor=Redactor(secrets.token_bytes(32)),
            )
        return self._kept[integration.folder]
