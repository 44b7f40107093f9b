"""`koppeling records prune`: keep of a folder of runs what something still follows from.

A folder that gets a run every night grows without an end. What is kept: the newest runs, whatever
they came to; of each version of an integration the newest whole run, and the newest that passed,
for what stands and `can-release`; and of each scenario the newest run in which it passed, for whose
change it is when it fails. What is signed is kept, and the newest rechecks with their answers.
"""

import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from koppeling_harness.clock import Clock
from koppeling_harness.config.settings import load_settings
from koppeling_harness.errors import ConfigurationError, DocumentError, Problem
from koppeling_harness.model.recheck import MOST_RECHECKS
from koppeling_harness.model.result_id import TRAFFIC
from koppeling_harness.model.run import IntegrationRecord, RunRecord
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.rules.verdict import result_id
from koppeling_harness.scenario.known_lists import list_book
from koppeling_harness.store.runs import RUN, find_runs, load_run
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.evidence.standing import ENVELOPE

KEEP = 30
"""So many runs of each integration on each release are kept, whatever they came to."""

_RECHECK = re.compile(r"recheck-\d{8}T\d{6}Z-[0-9a-f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What became of a folder.

    Attributes:
        kept: Names of the runs that are kept, each with the reason, the newest first.
        removed: What was removed, or would be: folders and files.
        damaged: Records that cannot be read; they are left alone.
    """

    kept: tuple[tuple[str, str], ...]
    removed: tuple[Path, ...]
    damaged: tuple[Problem, ...]


def prune(
    folder: Path,
    *,
    keep: int = KEEP,
    clock: Clock,
    is_trial: bool = False,
    traffic_only: bool = False,
    project: Path = Path(),
) -> Pruned:
    """Remove the runs from a folder from which nothing follows any more, or what they recorded.

    Args:
        folder: Of the runs: each in a folder of its own that is called by the run's id. Anything
            else in it is left alone.
        keep: How many of the newest runs of each integration on each release are kept in any case.
        clock: Tells the time.
        is_trial: Whether it is only told what would be removed.
        traffic_only: Whether their records stay, and only the recordings go, which take most room.
        project: Whose settings hold.

    Raises:
        ConfigurationError: There is no such folder, or something cannot be removed.
        DocumentError: The settings have problems.
    """
    if not folder.is_dir():
        message = f"{folder}: expected a folder of runs, found nothing"
        raise ConfigurationError(message)
    found = find_runs(folder, now=clock.now(), book=list_book(load_settings(project).lists))
    runs, unread = _runs_in(folder)
    ours = {each.path.parent for each in found.runs}
    kept = dict(_reasons([run for run in runs if folder / run.run_id in ours], keep))
    signed = [run.run_id for run in runs if (folder / run.run_id / ENVELOPE).exists()]
    kept = {**dict.fromkeys(signed, "signed"), **kept}
    gone = [
        folder / each.run_id
        for each in runs
        if folder / each.run_id in ours and each.run_id not in kept
    ]
    if traffic_only:
        gone = [each / TRAFFIC for each in gone if (each / TRAFFIC).is_dir()]
    else:
        gone += list(_beside(folder, gone))
    if not is_trial:
        _remove(gone)
    order = sorted(kept.items(), reverse=True)
    return Pruned(kept=tuple(order), removed=tuple(gone), damaged=(*found.damaged, *unread))


def _beside(folder: Path, gone: Sequence[Path]) -> Iterator[Path]:
    """Yield the packs that were made of runs, and the rechecks of which there are too many."""
    for each in gone:
        yield from sorted(folder.glob(f"{each.name}*.zip"))
    rechecks = [each for each in folder.iterdir() if _RECHECK.fullmatch(each.name)]
    yield from sorted(rechecks, key=lambda each: each.name, reverse=True)[MOST_RECHECKS:]


def _runs_in(folder: Path) -> tuple[list[RunRecord], tuple[Problem, ...]]:
    """Return the runs in a folder, the newest first: those whose folder is called as they are."""
    found, problems = [], list[Problem]()
    for path in folder.glob(f"*/{RUN}"):
        try:
            run = load_run(path)
        except DocumentError as error:
            problems += error.problems
            continue
        if run.run_id == path.parent.name and not path.parent.is_symlink():
            found.append(run)
    found.sort(key=lambda run: (run.started_at, run.run_id), reverse=True)
    return found, tuple(problems)


def _reasons(runs: Sequence[RunRecord], keep: int) -> Iterator[tuple[str, str]]:
    """Yield the runs to keep, each with a reason.

    Args:
        runs: The newest first.
        keep: How many of each integration on each release in any case.
    """
    counted: dict[Any, int] = {}
    known: set[Any] = set()

    def is_first(*key: Any) -> bool:
        is_new = key not in known
        known.add(key)
        return is_new

    for run in runs:
        reasons: list[str] = []
        for each in run.integrations:
            where = (each.id, run.erp.label, run.erp.kind, run.erp.environment)
            counted[where] = counted.get(where, 0) + 1
            # what stands depends on the list and on who it is, too
            standing = (*where, each.version, each.identity, run.scenario_lock.digest)
            outcome = _judged_whole(each)
            if counted[where] <= keep:
                reasons.append("of the newest")
            if outcome and is_first(standing):
                reasons.append("the newest whole of a version")
            if outcome is Outcome.PASSED and is_first(standing, "passed"):
                reasons.append("the newest passed of a version")
            newly = [name for name in _passed(each) if is_first(where, name)]
            if newly:
                reasons.append("the newest in which something passed")
        if reasons:
            yield run.run_id, reasons[0]


def _judged_whole(each: IntegrationRecord) -> Outcome | None:
    """Return the outcome of a whole run that judged; None for another."""
    is_part = each.scope is not None and bool(each.scope.because)
    judged = each.verdict.outcome in {Outcome.PASSED, Outcome.FAILED}
    return each.verdict.outcome if judged and not is_part else None


def _passed(each: IntegrationRecord) -> list[str]:
    return [result_id(one) for one in each.results if one.outcome is Outcome.PASSED]


def _remove(gone: Sequence[Path]) -> None:
    for each in gone:
        try:
            if each.is_dir():
                shutil.rmtree(each)
            else:
                each.unlink(missing_ok=True)
        except OSError as error:
            message = f"{each}: cannot be removed: {error.strerror}"
            raise ConfigurationError(message, hint="Is it open, or somebody else's?") from None


def as_plain(found: Pruned) -> dict[str, Any]:
    """Return it as JSON has it: `kept`, `removed`, `damaged`."""
    return {
        "kept": [{"run": name, "why": why} for name, why in found.kept],
        "removed": [str(each) for each in found.removed],
        "damaged": [each.render() for each in found.damaged],
    }


def as_lines(found: Pruned, *, is_trial: bool) -> Iterator[str]:
    """Yield it for a person: how many of each, and what is damaged."""
    counts: dict[str, int] = {}
    for _, why in found.kept:
        counts[why] = counts.get(why, 0) + 1
    runs = f"{len(found.kept)} run{'' if len(found.kept) == 1 else 's'}"
    reasons = ", ".join(f"{count} {why}" for why, count in counts.items())
    yield f"kept {runs}: {reasons}" if reasons else f"kept {runs}"
    yield f"{'would remove' if is_trial else 'removed'} {len(found.removed)}"
    if is_trial:
        yield from (f"  {each}" for each in found.removed)
    yield from (f"left alone: {each.render()}" for each in found.damaged)
