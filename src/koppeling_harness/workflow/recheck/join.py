"""Join the shards of a recheck, as `koppeling merge` joins the runs that they made."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from koppeling_harness.clock import Clock
from koppeling_harness.document import load_json, read_content
from koppeling_harness.errors import DocumentError, ExitCode, Problem, first_that_holds
from koppeling_harness.model.recheck import RecheckedRelease, RecheckRecord
from koppeling_harness.model.run import RunRecord, RunRecords
from koppeling_harness.rules.recheck_groups import MOVED
from koppeling_harness.workflow.recheck.kept_answers import RECHECK
from koppeling_harness.workflow.recheck.write_recheck import write_recheck
from koppeling_harness.workflow.run.conclude import RunDone
from koppeling_harness.workflow.run.merge import merge_and_write

_HINT = "Give `merge` the reports of one recheck, cut once."


def merge_all(folders: Sequence[Path], reports: Path, *, clock: Clock) -> RunDone:
    """Merge the runs below some folders, and the shards of a recheck where there are any.

    Raises:
        HarnessError: See `merge_and_write`.
        DocumentError: Shards of more than one recheck are there.
    """
    shards = list(_shards(folders))  # before what is joined is written there
    joined = _joined(shards) if shards else None
    done = merge_and_write(folders, reports, clock=clock)
    if joined is None:
        return done
    records = done.record.records if isinstance(done.record, RunRecords) else (done.record,)
    runs = {each.erp.label: each.run_id for each in records if isinstance(each, RunRecord)}
    joined = replace(
        joined,
        releases=tuple(
            replace(each, run_id=runs.get(each.release, each.run_id)) for each in joined.releases
        ),
    )
    told = write_recheck(joined, reports)
    missing = _missing(shards)
    moved = any(
        scenario.movement in MOVED
        for release in joined.releases
        for each in release.integrations
        for scenario in each.scenarios
    )
    codes = {done.exit_code, ExitCode.DIFFERS} if moved else {done.exit_code}
    return replace(
        done,
        text="\n".join([done.text, "", told.rstrip(), *missing]),
        exit_code=first_that_holds(codes),
    )


def _shards(folders: Sequence[Path]) -> Iterator[RecheckRecord]:
    """Yield the shards of rechecks below some folders; a whole one that lies there is none."""
    paths = [each for folder in folders if folder.is_dir() for each in folder.rglob(RECHECK)]
    for path in sorted(dict.fromkeys(paths)):
        if not path.is_symlink():
            record = load_json(RecheckRecord, read_content(path), name=str(path))
            if record.shard is not None:
                yield record


def _joined(shards: Sequence[RecheckRecord]) -> RecheckRecord:
    first = shards[0]
    problems = [
        Problem(
            where=each.recheck_id,
            message=f"shard {_name(each)} by version {each.harness.version}, expected one of "
            f"{_name(first)} by {first.harness.version} that is not there yet",
            hint=_HINT,
        )
        for number, each in enumerate(shards)
        if each.harness != first.harness
        or _total(each) != _total(first)
        or each.shard in [one.shard for one in shards[:number]]
    ]
    if problems:
        raise DocumentError(problems)
    by_release: dict[str, list[RecheckedRelease]] = {}
    for one in shards:
        for release in one.releases:
            by_release.setdefault(release.release, []).append(release)
    began = min(each.started_at for each in shards)
    ids = sorted(each.recheck_id for each in shards)
    name = hashlib.sha256("/".join(ids).encode()).hexdigest()  # the same shards have it again
    return replace(
        first,
        recheck_id=f"recheck-{began:%Y%m%dT%H%M%SZ}-{name[:6]}",
        started_at=began,
        finished_at=max(each.finished_at for each in shards),
        shard=None,
        releases=tuple(_release(many) for many in by_release.values()),
    )


def _release(many: Sequence[RecheckedRelease]) -> RecheckedRelease:
    there = [each for each in many if each.available] or many
    return replace(
        there[0],
        version=next((each.version for each in there if each.version), ""),
        integrations=tuple(
            sorted((one for each in there for one in each.integrations), key=lambda one: one.id)
        ),
    )


def _missing(shards: Sequence[RecheckRecord]) -> list[str]:
    there = {each.shard.index for each in shards if each.shard}
    return [
        f"shard {index} of {_total(shards[0])} of the recheck is missing: "
        "what moved in its integrations is not told"
        for index in range(1, _total(shards[0]) + 1)
        if index not in there
    ]


def _total(record: RecheckRecord) -> int:
    return record.shard.total if record.shard else 0


def _name(record: RecheckRecord) -> str:
    return f"{record.shard.index}/{record.shard.total}" if record.shard else "none"
