"""Go on with a run that was broken off: what is kept of it, and what is done again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from koppeling_harness.clock import Clock
from koppeling_harness.errors import UsageError
from koppeling_harness.model.run import RunBreak, ScenarioResult
from koppeling_harness.plugin.discover import Integration
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.store.run_journal import BrokenRun, Key, home_of, read_broken_runs
from koppeling_harness.value import dataclass
from koppeling_harness.version import __version__
from koppeling_harness.workflow.run.earlier_run import sound_run
from koppeling_harness.workflow.run.prepared_order import PreparedOrder
from koppeling_harness.workflow.run.rerun import Rerun


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuation:
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

    def completed(
        self,
        results: Sequence[tuple[PlannedScenario, ScenarioResult]],
        planned: Iterable[PlannedScenario],
    ) -> tuple[tuple[PlannedScenario, ScenarioResult], ...]:
        """Return the results of now with those that are kept, in the order of the plan."""
        now = {key_of(each): result for each, result in results}
        whole = []
        for each in planned:
            key = key_of(each)
            if key in now:
                whole.append((each, self.marked(each, now[key])))
            elif key in self.kept:
                whole.append((each, self.kept[key]))
        return tuple(whole)

    def breaks(self, now: datetime) -> tuple[RunBreak, ...]:
        """Return for the record when the run was broken off and gone on with, now the last."""
        return (*self.broken.breaks, RunBreak(resumed_at=now, kept=len(self.kept)))


def key_of(planned: PlannedScenario) -> Key:
    """Return the key of a scenario in the journal of a run."""
    return planned.manifest.id, planned.id


def continuation_of(
    broken: BrokenRun, integrations: Iterable[Integration], *, lock_digest: str
) -> Continuation:
    """Return what is kept of a run that was broken off: what nothing has changed for since."""
    begin = broken.begin
    now = {each.manifest.id: each.digest for each in integrations}
    common = {
        "the harness": (begin.harness, __version__),
        "the required scenarios": (begin.lock_digest, lock_digest),
    }
    changed = [name for name, (then, found) in common.items() if then != found]
    notes = [f"{', '.join(changed)}: changed since the break, all is done again"] if changed else []
    if broken.unmarked:
        notes.append(
            f"{len(broken.unmarked)} results in its journal were not written by this run of the "
            "harness on this machine: they are done again"
        )
    others = [name for name, digest in begin.digests.items() if now.get(name) != digest]
    notes += [f"{name}: its files changed since the break, it is done again" for name in others]
    kept = {
        key: result
        for key, result in broken.results.items()
        if not changed and key[0] not in others
    }
    return Continuation(broken=broken, kept=kept, notes=tuple(notes))


def continue_runs(run: str, reports: Path, *, clock: Clock) -> tuple[PreparedOrder, ...]:
    """Return the orders of what was broken off, to go on with it where and as it was asked.

    Args:
        run: Its id, or its folder. That of the last run of a command, which is the command's too,
            means every run of that command that was broken off.
        reports: Where runs are kept.
        clock: Tells the time.

    Raises:
        UsageError: There is none, it is complete, it still runs, or it cannot go on from here.
        RecordError: It repeats a run whose record contradicts itself.
    """
    broken = read_broken_runs(run, reports)
    return tuple(_order_of(folder, each, clock=clock) for folder, each in broken)


def _order_of(folder: Path, broken: BrokenRun, *, clock: Clock) -> PreparedOrder:
    if folder.resolve().name != broken.begin.run_id:
        message = f"{folder}: this folder is of run {broken.begin.run_id}, and was renamed"
        raise UsageError(message, hint="Give it the name of its run again.")
    order = broken.begin.order
    lacking = [each for each in (*order.plugins, *order.packs) if not Path(each).exists()]
    if lacking:
        message = f"{', '.join(lacking)}: not found from this folder"
        raise UsageError(message, hint="Go on in the folder in which the run was begun.")
    home = home_of(folder, broken.begin)
    rerun = Rerun(earlier=sound_run(order.rerun_of, home, clock=clock)) if order.rerun_of else None
    return PreparedOrder(order=order, rerun=rerun, broken=broken, reports=home)


def refuse_beside_resume(given: Mapping[str, object]) -> None:
    """Refuse what says again what a run that is gone on with said already.

    Args:
        given: By option, its value; what is empty was not given.

    Raises:
        UsageError: Something is given.
    """
    named = [name for name, value in given.items() if value]
    if named:
        message = f"--resume goes on as the run was asked for, without {', '.join(named)}"
        raise UsageError(message)
