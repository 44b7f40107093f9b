"""What is wrong after a scenario, for tests that a partner writes itself."""

import secrets
from pathlib import Path

from koppeling_harness.clock import SystemClock
from koppeling_harness.hosting.certification import (
    DEFAULT_RELEASE,
    Certification,
    Request,
)
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.plugin.discover import Discovery, Integration
from koppeling_harness.report.result_text import render
from koppeling_harness.scenario.plan import PlannedScenario


class Objections:
    """Carries out one scenario at a time; ERP1 and the integrations' processes are kept."""

    def __init__(self) -> None:
        self._kept: dict[Path, Certification] = {}

    def to(self, integration: Integration, planned: PlannedScenario) -> str:
        """Carry out a scenario; return what a person reads of it, empty when it passed."""
        told: list[str] = []

        def report(_planned: PlannedScenario, result: ScenarioResult) -> bool:
            told.append("" if result.outcome is Outcome.PASSED else render(result))
            return True

        self._certification(integration).run([planned], report)
        return told[0]

    def close(self) -> None:
        """End ERP1 and every process of the integrations."""
        for each in self._kept.values():
            each.close()

    def _certification(self, integration: Integration) -> Certification:
        if integration.folder not in self._kept:
            self._kept[integration.folder] = Certification(
                Request(
                    discovery=Discovery(integrations=(integration,), set_aside=()),
                    release=DEFAULT_RELEASE,
                    run_id=f"pytest-{secrets.token_hex(4)}",
                    seed=secrets.randbits(32),
                    concurrency=1,
                    clock=SystemClock(),
                )
            )
        return self._kept[integration.folder]
