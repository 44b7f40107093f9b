"""What is done for the reports of a run while it waits for ERP1, as it does most of its time."""

import contextlib
import importlib
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.workflow.run.certify import Progress

if TYPE_CHECKING:
    from koppeling_harness.report.result_forms import ResultForms


class Meanwhile:
    """Imports what concludes a run, then puts results into the forms of its reports.

    Attributes:
        forms: Of the results that came after the import; None until then.
    """

    def __init__(self) -> None:
        self.forms: ResultForms | None = None

    def during(self, progress: Progress) -> Progress:
        """Return a progress that this is done by, after what it tells."""

        def collected(count: int) -> None:
            progress.on_collected(count)
            threading.Thread(target=self._import, daemon=True).start()

        def ended(planned: PlannedScenario, result: ScenarioResult) -> None:
            progress.on_result(planned, result)
            if self.forms is not None:
                with contextlib.suppress(Exception):  # raised again when the reports are written
                    self.forms.make(planned.manifest.id, result)

        return replace(progress, on_collected=collected, on_result=ended)

    def _import(self) -> None:
        """Import it, which takes a tenth of what a run of one scenario does."""
        with contextlib.suppress(Exception):  # raised again when the reports are written
            importlib.import_module("koppeling_harness.workflow.run.conclude")
            result_forms = importlib.import_module("koppeling_harness.report.result_forms")
            self.forms = result_forms.ResultForms()
