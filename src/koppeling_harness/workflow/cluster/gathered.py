"""What came of the units of a run so far, as a session on this machine would give it."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from koppeling_harness.document import read_content
from koppeling_harness.engine import codes
from koppeling_harness.engine.engine import unjudged
from koppeling_harness.engine.observer import Observer
from koppeling_harness.engine.stop import Said, stop
from koppeling_harness.errors import (
    ConfigurationError,
    HarnessError,
)
from koppeling_harness.hosting.session import SessionOutcome
from koppeling_harness.model.run import IntegrationRecord, RunRecord, ScenarioResult
from koppeling_harness.model.shape import Release
from koppeling_harness.model.verdict import Cause, Outcome
from koppeling_harness.report.clean import one_line
from koppeling_harness.rules.verdict import result_id
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.store.files import write_files
from koppeling_harness.store.recordings import kept_recordings
from koppeling_harness.store.runs import RUN, load_run
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.cluster.parcel import lay_out
from koppeling_harness.workflow.cluster.units import Unit
from koppeling_harness.workflow.cluster.worker import Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingCame:
    """That nothing came of a unit.

    Attributes:
        why: In words.
        cause: Whose doing it is: never the integration's.
    """

    why: str
    cause: Cause = Cause.ENVIRONMENT


class Gathered:
    """What came of units so far.

    Args:
        observer: Is told of each result.
        reports: Where runs are kept, for the recordings; none are taken when None.
    """

    def __init__(self, observer: Observer, reports: Path | None) -> None:
        self._observer = observer
        self._reports = reports
        self._results: dict[int, ScenarioResult] = {}
        self._there: dict[tuple[str, str], IntegrationRecord] = {}
        self._releases: dict[str, Release] = {}
        self._notes: list[str] = []

    def take(self, unit: Unit, reply: Reply | NothingCame) -> None:
        """Take what came of a unit, or why nothing did."""
        if isinstance(reply, Reply):
            try:
                self._take_record(unit, reply)
            except HarnessError as error:
                why = f"what came from {reply.host} cannot be used: {error.message}"
                reply = NothingCame(why=why, cause=Cause.CONFIGURATION)
        if isinstance(reply, NothingCame):
            self._not_carried_out(unit, reply)
        elif len(unit.began) > 1:
            hosts = " and ".join(dict.fromkeys(host for _, host in unit.began))
            self._notes.append(
                f"{unit.name}: a worker was lost, this is a second attempt ({hosts})"
            )

    def _take_record(self, unit: Unit, reply: Reply) -> None:
        with tempfile.TemporaryDirectory(prefix="koppeling-reply-") as made:
            folder = Path(made)
            lay_out(reply.parcel, folder)
            record = load_run(folder / RUN)
            there = _checked(unit, record, reply.host)
            if self._reports is not None:
                run = unit.run.folder(self._reports)
                for name in sorted(kept_recordings(folder)):
                    self._keep(unit, run, name, read_content(folder / name))
        name = unit.integration.manifest.id
        for each in there.secrets_found:
            unit.run.leaks.note(name, "", each.place, [each.kind])
        self._there[name, unit.run.label] = there
        if record.erp.version:
            self._releases[unit.run.label] = Release(
                version=record.erp.version, label=record.erp.label
            )
        if there.problem:  # it was set aside there, as it would be here
            return
        results = {result_id(each): each for each in there.results}
        for planned in unit.planned:
            result = results.get(planned.id)
            none = NothingCame(why=f"{reply.host} gave no result for it", cause=Cause.HARNESS)
            self._tell(planned, result or _not_run(planned, none))

    def _keep(self, unit: Unit, run: Path, name: str, content: bytes) -> None:
        """Keep a recording of the unit's own integration, unless something secret stands in it."""
        _, integration, scenario = name.split("/", 2)
        if integration != unit.integration.manifest.id:
            return
        kinds = unit.run.redactor.find_secrets(content)
        if kinds:
            unit.run.leaks.note(integration, scenario, name, kinds)
        else:
            write_files(run, {name: content})

    def _not_carried_out(self, unit: Unit, nothing: NothingCame) -> None:
        self._notes.append(f"{unit.name}: not carried out: {one_line(nothing.why, limit=500)}")
        for each in unit.planned:
            self._tell(each, _not_run(each, nothing))

    def _tell(self, planned: PlannedScenario, result: ScenarioResult) -> None:
        self._results[id(planned)] = result
        self._observer.scenario_started(planned)
        self._observer.scenario_ended(planned, result)

    def outcome(
        self, planned: Sequence[PlannedScenario], redactor: Redactor, *, interrupted: bool
    ) -> SessionOutcome:
        """Return all of it as a session on this machine would."""
        results = self._results
        return SessionOutcome(
            results=tuple((each, results[id(each)]) for each in planned if id(each) in results),
            interrupted=interrupted,
            releases=self._releases,
            redactor=redactor,
            notes=tuple(self._notes),
            elsewhere=self._there,
        )


def _checked(unit: Unit, record: RunRecord, host: str) -> IntegrationRecord:
    """Return what a record says of a unit's integration; it is about the very same.

    Raises:
        ConfigurationError: It is about something else.
    """
    name = unit.integration.manifest.id
    found = next((each for each in record.integrations if each.id == name), None)
    if found is None:
        msg = f"{name} is not in the record"
        raise ConfigurationError(msg)
    if found.problem:
        return found
    same = {
        "its digest": (found.digest, unit.integration.digest),
        "the release": (record.erp.label, unit.run.label),
        "the list": (record.scenario_lock.digest, unit.run.plan.lock_digest),
    }
    other = [
        f"{what} is {one}, but {here} here" for what, (one, here) in same.items() if one != here
    ]
    if other:
        msg = f"{'; '.join(other)} ({host})"
        raise ConfigurationError(msg)
    return found


def _not_run(planned: PlannedScenario, nothing: NothingCame) -> ScenarioResult:
    said = Said(nl=f"niet uitgevoerd: {nothing.why}", en=f"not carried out: {nothing.why}")
    place = planned.scenario.place
    ended = stop(codes.NOT_CARRIED_OUT, Outcome.NOT_RUN, nothing.cause, place, said)
    return unjudged(planned, ended)
