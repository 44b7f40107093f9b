"""Prepare the reports of a run while it waits for ERP1, as it does most of its time."""

import contextlib
import importlib
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from koppeling_harness.engine.observer import Observer
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.scenario.plan import PlannedScenario

if TYPE_CHECKING:
    from koppeling_harness.report.result_forms import ResultForms


class ReportPreparer(Observer):
    """Imports what concludes a run, then puts results into the forms of its reports.

    Attributes:
        forms: Of the results that came after the import; None until then.
    """

    def __init__(self) -> None:
        self.forms: ResultForms | None = None

    def started(self, planned: Sequence[PlannedScenario]) -> None:  # noqa: ARG002 - told to all
        """Begin to import, beside the run."""
        threading.Thread(target=self._import, daemon=True).start()

    def scenario_ended(self, planned: PlannedScenario, result: ScenarioResult) -> None:
        """Put a result into its forms."""
        if self.forms is not None:
            with contextlib.suppress(Exception):  # raised again when the reports are written
                self.forms.make(planned.manifest.id, planned.release, result)

    def _import(self) -> None:
        """Import it, which takes a tenth of what a run of one scenario does."""
        with contextlib.suppress(Exception):  # raised again when the reports are written
            importlib.import_module("koppeling_harness.workflow.run.conclude")
            result_forms = importlib.import_module("koppeling_harness.report.result_forms")
            self.forms = result_forms.ResultForms()
