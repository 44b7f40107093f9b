"""Keep the results of a run as they come, and go on with one that was broken off."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from koppeling_harness.clock import Clock
from koppeling_harness.document import dump_json
from koppeling_harness.errors import SecretFoundError
from koppeling_harness.model.run import RunBreak, ScenarioResult
from koppeling_harness.model.run_journal import RunBegin, RunGoesOn, ScenarioBegin, ScenarioEnd
from koppeling_harness.plugin.discover import Integration
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.store.run_journal import JOURNAL, BrokenRun, Key, RunJournal
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.value import dataclass
from koppeling_harness.version import __version__
from koppeling_harness.workflow.run.secret_search import refuse_secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """A run that is gone on with.

    Attributes:
        broken: How far it came.
        kept: The results that are not carried out again.
        notes: Why others are.
    """

    broken: BrokenRun
    kept: Mapping[Key, ScenarioResult]
    notes: tuple[str, ...] = ()

    @property
    def number(self) -> int:
        """How often the run was gone on with, this time counted."""
        return len(self.broken.breaks) + 1

    def is_kept(self, planned: PlannedScenario) -> bool:
        """Return whether a scenario has a result already."""
        return key_of(planned) in self.kept

    def marked(self, planned: PlannedScenario, result: ScenarioResult) -> ScenarioResult:
        """Return a result that says so when its scenario was half done at the break."""
        return replace(result, resumed=True) if key_of(planned) in self.broken.half_done else result


def key_of(planned: PlannedScenario) -> Key:
    """Return the key of a scenario in the journal of a run."""
    return planned.manifest.id, planned.id


def resumed(broken: BrokenRun, integrations: Iterable[Integration], *, lock_digest: str) -> Resumed:
    """Return what is kept of a run that was broken off: what nothing has changed for since."""
    begin = broken.begin
    now = {each.manifest.id: each.digest for each in integrations}
    common = {
        "the harness": (begin.harness, __version__),
        "the required scenarios": (begin.lock_digest, lock_digest),
    }
    changed = [name for name, (then, found) in common.items() if then != found]
    notes = [f"{', '.join(changed)}: changed since the break, all is done again"] if changed else []
    others = [name for name, digest in begin.digests.items() if now.get(name) != digest]
    notes += [f"{name}: its files changed since the break, it is done again" for name in others]
    kept = {
        key: result
        for key, result in broken.results.items()
        if not changed and key[0] not in others
    }
    return Resumed(broken=broken, kept=kept, notes=tuple(notes))


class ResultKeeper:
    """Writes each result of a run as soon as it is there.

    Args:
        folder: The run's.
        redactor: Knows the secrets of the run.
        durable: Whether it must survive a power cut too.
        resume: The run that is gone on with, if it is.
    """

    def __init__(
        self, folder: Path, redactor: Redactor, *, durable: bool, resume: Resumed | None
    ) -> None:
        self._journal = RunJournal(folder, durable=durable)
        self._redactor = redactor
        self._resume = resume

    def begin(self, begin: RunBegin, *, clock: Clock) -> None:
        """Note what the run is, or that it goes on."""
        if self._resume is None:
            self._journal.append(begin)
        else:
            self._journal.append(RunGoesOn(resumed_at=clock.now(), kept=len(self._resume.kept)))

    def start(self, planned: PlannedScenario) -> None:
        """Note that a scenario begins."""
        integration, scenario = key_of(planned)
        self._journal.append(ScenarioBegin(integration=integration, scenario=scenario))

    def keep(self, planned: PlannedScenario, result: ScenarioResult) -> None:
        """Write a result; one with something secret in it is not: the record will tell of it."""
        integration, scenario = key_of(planned)
        if self._resume is not None:
            result = self._resume.marked(planned, result)
        end = ScenarioEnd(integration=integration, scenario=scenario, result=result)
        line = dump_json(end).encode("utf-8", "replace")
        try:
            refuse_secrets({JOURNAL: line}, self._redactor)
        except SecretFoundError:
            return
        self._journal.write(line)

    def close(self) -> None:
        """Close the journal."""
        self._journal.close()


def with_kept(
    results: Sequence[tuple[PlannedScenario, ScenarioResult]],
    planned: Iterable[PlannedScenario],
    resume: Resumed,
) -> tuple[tuple[PlannedScenario, ScenarioResult], ...]:
    """Return the results of now with those that are kept, in the order of the plan."""
    now = {key_of(each): result for each, result in results}
    whole = []
    for each in planned:
        key = key_of(each)
        if key in now:
            whole.append((each, resume.marked(each, now[key])))
        elif key in resume.kept:
            whole.append((each, resume.kept[key]))
    return tuple(whole)


def breaks_of(resume: Resumed | None, clock: Clock) -> tuple[RunBreak, ...]:
    """Return for the record when the run was broken off and gone on with."""
    if resume is None:
        return ()
    latest = RunBreak(resumed_at=clock.now(), kept=len(resume.kept))
    return (*resume.broken.breaks, latest)
