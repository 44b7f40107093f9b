"""What `koppeling merge` is given: shards, shards that were broken off, and runs of others."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from koppeling_harness.errors import NotExecutedError, UsageError
from koppeling_harness.model.run import (
    HarnessInfo,
    IntegrationRecord,
    RunRecord,
    ScenarioLock,
    ScenarioResult,
    Shard,
)
from koppeling_harness.rules.lists import ListBook
from koppeling_harness.rules.scope import exercised, scope_of
from koppeling_harness.rules.sharding import has_part_of, is_in_shard
from koppeling_harness.rules.verdict import result_id
from koppeling_harness.store.run_journal import JOURNAL, BrokenRun, read_broken_run
from koppeling_harness.store.runs import RUN, load_run, load_sound_run, require_sound
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.run.verdicts import NO_ISOLATION

_NO_SHARD = "A shard is what `koppeling run --shard 1/3` writes."


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The record of one shard.

    Attributes:
        path: Where it was read.
        record: What it says; of one that was broken off, what its journal says.
        shard: Which it is.
        is_broken: Whether it was broken off.
    """

    path: Path
    record: RunRecord
    shard: Shard
    is_broken: bool = False

    def has_part_of(self, integration: str) -> bool:
        """Return whether anything of an integration was for this shard."""
        return has_part_of(self.shard, integration, [each.id for each in self.record.integrations])

    def of(self, integration: str) -> IntegrationRecord:
        """Return what it says of an integration."""
        return next(each for each in self.record.integrations if each.id == integration)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What was found.

    Attributes:
        shards: In the order in which they began; each run once for each time it was found.
        whole: Runs that are no shards, with where each was read.
        notes: What else lay there and does not count, in words.
    """

    shards: tuple[Part, ...]
    whole: tuple[tuple[Path, RunRecord], ...] = ()
    notes: tuple[str, ...] = ()


def read_parts(folders: Sequence[Path], *, now: datetime, book: ListBook) -> Parts:
    """Return what lies below some folders.

    Where there are shards, a whole run counts only when it is named itself: beside them may lie
    what ran long ago.

    Raises:
        UsageError: One run is there and no shard, or a shard still runs.
        NotExecutedError: Nothing arrived of any run.
        DocumentError: A record cannot be read.
        RecordError: A record contradicts itself.
    """
    records = [path for folder in folders for path in _below(folder, RUN)]
    shards, whole = [], []
    for path in records:
        record = load_run(path)
        if record.shard is None:
            whole.append(path)
            continue
        require_sound(path, now=now, book=book)
        shards.append(Part(path=path, record=record, shard=record.shard))
    broken, notes = _broken(folders, shards)
    if shards:
        named = {each.resolve() for each in folders}
        whole = [each for each in whole if {each.resolve(), each.resolve().parent} & named]
    elif not records:
        places = ", ".join(map(str, folders))
        message = f"{places}: no shard is there: nothing of what was required has been executed"
        hint = "Look why none ended; then run every shard again."
        raise NotExecutedError("\n".join([message, *notes]), hint=hint)
    elif len(records) == 1:
        places = ", ".join(map(str, folders))
        message = f"{places}: expected the reports of shards, or of several runs, found one"
        raise UsageError(message, hint=_NO_SHARD)
    found = [*shards, *broken]
    found.sort(key=lambda each: (each.record.started_at, each.record.run_id))
    return Parts(
        shards=tuple(found),
        whole=tuple((each, load_sound_run(each, now=now, book=book)) for each in whole),
        notes=tuple(notes),
    )


def _below(folder: Path, name: str) -> list[Path]:
    if folder.is_file():
        return [folder]
    return [each for each in sorted(folder.rglob(name)) if not each.is_symlink()]


def _broken(folders: Sequence[Path], shards: Sequence[Part]) -> tuple[list[Part], list[str]]:
    """Return shards that were broken off, and what is to be said of them and of others."""
    parts, notes = [], []
    journals = [each for folder in folders if folder.is_dir() for each in _below(folder, JOURNAL)]
    for path in dict.fromkeys(journals):
        if (path.parent / RUN).exists():
            continue
        broken = read_broken_run(path.parent)
        if broken is None:
            notes.append(f"{path}: it was broken off before anything ran")
            continue
        shard = broken.begin.order.shard
        if shard is None:
            notes.append(f"{path}: a run that was broken off, not a shard; `run --resume` goes on")
            continue
        name = f"shard {shard.index} of {shard.total} on {broken.begin.order.release}"
        like = [each for each in shards if _is_alike(each, broken)]
        again = [each for each in like if each.shard.index == shard.index]
        if again:
            notes.append(
                f"{path}: {name} was broken off, and ended at another try, which counts alone"
            )
        elif not like:
            notes.append(
                f"{path}: {name} was broken off, and no shard of that run on that release ended: "
                "what it was to carry out is not known"
            )
        else:
            parts.append(_of_journal(path, broken, shard, like))
            count = len(broken.results) + len(broken.unmarked)
            notes.append(
                f"{path}: {name} was broken off; of what it had to run {count} have a result, "
                "the rest counts as not executed"
            )
    return parts, notes


def _is_alike(part: Part, broken: BrokenRun) -> bool:
    shard = broken.begin.order.shard
    return (
        shard is not None
        and part.record.erp.label == broken.begin.order.release
        and (part.shard.total, part.shard.by) == (shard.total, shard.by)
    )


def _of_journal(path: Path, broken: BrokenRun, shard: Shard, like: Sequence[Part]) -> Part:
    """Return what a journal says as a record: what is known of an integration the others say."""
    begin = broken.begin
    first = like[0].record
    known: Mapping[tuple[str, str], ScenarioResult] = {**broken.unmarked, **broken.results}
    by_integration: dict[str, list[ScenarioResult]] = {}
    for (integration, _), result in known.items():
        by_integration.setdefault(integration, []).append(result)
    names = [each.id for each in first.integrations]
    integrations = []
    for name in names:
        said = [each.of(name) for each in like]
        one = next((each for each in said if not each.problem), said[0])
        results = by_integration.get(name, [])
        if one.problem:
            integrations.append(one)
            continue
        mine = [each for each in one.required_ids if is_in_shard(name, each, shard, names)]
        lacks = set(mine) > {result_id(each) for each in results}
        integrations.append(
            replace(
                one,
                results=tuple(results),
                digest=begin.digests.get(name, one.digest),
                waiver_problems=(),
                lapsed_waivers=(),
                late=(),
                secrets_found=(),
                exercised=exercised(results, one.declared),
                scope=scope_of((("shard", True), ("interrupted", lacks))),
                isolation=one.isolation if begin.order.sandbox else NO_ISOLATION,
            )
        )
    record = replace(
        first,
        run_id=begin.run_id,
        started_at=begin.started_at,
        finished_at=begin.started_at,
        harness=HarnessInfo(version=begin.harness),
        scenario_lock=ScenarioLock(digest=begin.lock_digest, required=first.scenario_lock.required),
        integrations=tuple(integrations),
        shard=shard,
        seed=begin.seed,
        breaks=broken.breaks,
        call=begin.call,
        pace=None,
    )
    return Part(path=path, record=record, shard=shard, is_broken=True)
