"""Keep each result of a run as soon as it is there, so that no crash loses one."""

from datetime import datetime
from pathlib import Path

from koppeling_harness.document import dump_json
from koppeling_harness.engine.observer import Observer
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.model.run_journal import RunBegin, RunGoesOn, ScenarioBegin, ScenarioEnd
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.store.run_journal import JOURNAL, RunJournal
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.workflow.run.continuation import Continuation, key_of
from koppeling_harness.workflow.run.report_files import Unwritten, unwritten
from koppeling_harness.workflow.secret_search import Leaks


class ResultKeeper(Observer):
    """Writes each result of a run to its journal.

    Args:
        folder: The run's.
        redactor: Knows the secrets of the run.
        durable: Whether it must survive a power cut too.
        continuation: How far the run came before a break, if it goes on after one.
        leaks: Is told where something secret stood, and knows what others found.
        lost: Is told when the journal cannot be written any more; the run goes on without.

    Raises:
        ConfigurationError: The journal cannot be written.
    """

    def __init__(
        self,
        folder: Path,
        redactor: Redactor,
        *,
        durable: bool,
        continuation: Continuation | None = None,
        leaks: Leaks | None = None,
        lost: list[Unwritten] | None = None,
    ) -> None:
        self._journal = RunJournal(folder, durable=durable)
        self._redactor = redactor
        self._continuation = continuation
        self._leaks = leaks or Leaks()
        self._path = folder / JOURNAL
        self._lost = lost if lost is not None else []
        self._is_lost = False

    def begin(self, begin: RunBegin, *, now: datetime) -> None:
        """Note what the run is, or that it goes on."""
        if self._continuation is None:
            self._journal.append(begin)
        else:
            self._journal.append(RunGoesOn(resumed_at=now, kept=len(self._continuation.kept)))

    def scenario_started(self, planned: PlannedScenario) -> None:
        """Note that a scenario begins."""
        integration, scenario = key_of(planned)
        begin = ScenarioBegin(integration=integration, scenario=scenario)
        self._write(dump_json(begin).encode("utf-8", "replace"))

    def scenario_ended(self, planned: PlannedScenario, result: ScenarioResult) -> None:
        """Write a result, unless something secret stood in it or in its recording.

        Who goes on with the run carries that scenario out again, and learns of it again.
        """
        integration, scenario = key_of(planned)
        if self._leaks.has(integration, scenario):
            return
        if self._continuation is not None:
            result = self._continuation.marked(planned, result)
        end = ScenarioEnd(integration=integration, scenario=scenario, result=result)
        # as the record has it, which is not searched again where it says the same
        kinds = self._redactor.find_secrets_in([integration, scenario, dump_json(result)])
        if kinds:
            self._leaks.note(integration, scenario, JOURNAL, kinds)
        else:
            self._write(dump_json(end).encode("utf-8", "replace"))

    def _write(self, line: bytes) -> None:
        """Write a line; a journal that cannot be written is told once, and left."""
        if self._is_lost:
            return
        try:
            self._journal.write(line)
        except OSError as error:
            self._is_lost = True
            self._lost.append(unwritten(self._path, error))

    def ended(self) -> None:
        """Close the journal."""
        self._journal.close()
