"""`koppeling merge`: the shards of a run become one verdict whose denominators add up."""

import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from koppeling_harness.clock import Clock, today
from koppeling_harness.config.folders import default_plugins
from koppeling_harness.config.registration import registration_path
from koppeling_harness.config.settings import load_settings
from koppeling_harness.document import read_content
from koppeling_harness.errors import (
    DocumentError,
    Problem,
    first_that_holds,
)
from koppeling_harness.model.run import (
    IntegrationRecord,
    RunRecord,
    RunRecords,
    ScenarioResult,
    Scope,
)
from koppeling_harness.rules.disputes import joined as disputed_in_all
from koppeling_harness.rules.scope import scope_of
from koppeling_harness.rules.verdict import result_id, settled, verdict
from koppeling_harness.scenario.known_lists import list_book
from koppeling_harness.store.files import require_writable, write_files
from koppeling_harness.store.recordings import kept_recordings
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.run.conclude import (
    RunDone,
    run_text,
    statuses,
    write_searched,
)
from koppeling_harness.workflow.run.differences import HINT, differences, of_runs
from koppeling_harness.workflow.run.never_began import never_began
from koppeling_harness.workflow.run.parts import Part, read_parts
from koppeling_harness.workflow.run.releases import releases_that_count
from koppeling_harness.workflow.run.report_files import ReportFiles
from koppeling_harness.workflow.run.verdicts import NO_ISOLATION, run_exit_code, set_aside
from koppeling_harness.workflow.run.write_run import Told, write_latest, write_report
from koppeling_harness.workflow.secret_search import Leaks, without_secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What shards come to.

    Attributes:
        record: The record of the whole run.
        recordings: The files of what went over the wire, as the parts kept it, by name below the
            run's folder.
        notes: What is missing or double, in words.
    """

    record: RunRecord
    recordings: Mapping[str, Path]
    notes: tuple[str, ...]


def merge_and_write(folders: Sequence[Path], reports: Path, *, clock: Clock) -> RunDone:
    """Merge the shards below some folders, and write what a run writes.

    Raises:
        UsageError: There are whole runs and no shard.
        NotExecutedError: Nothing arrived of any shard.
        DocumentError: Records cannot be read, or do not belong to one run.
        ConfigurationError: The reports cannot be written.
    """
    require_writable(reports)
    redactor = Redactor(secrets.token_bytes(32))  # it knows tokens by their form only
    merged = merge(folders, clock=clock)
    files = ReportFiles(redactor)
    written = [_written(each, reports, files) for each in merged]
    records = tuple(record for record, _ in written)
    judged = statuses(_registered(), reports, clock)
    if judged is not None:
        judged = replace(judged, dossiers=without_secrets(judged.dossiers, redactor)[0])
    counted = {each.label: each.counts for each in releases_that_count(Path(), today=today(clock))}
    advisory = [label for label, counts in counted.items() if not counts]
    told = Told(dossiers=judged.dossiers if judged else (), advisory=advisory)
    page = write_report(records, reports, files=files, told=told)
    if all(is_there for _, is_there in written):
        write_latest(records, reports, files=files)
    codes = {each.code for each in files.unwritten} | {
        run_exit_code(each)
        for each in records
        if len(records) == 1 or counted.get(each.erp.label, True)
    }
    return RunDone(
        record=records[0] if len(records) == 1 else RunRecords(records=records),
        text=run_text(
            records,
            advisory=advisory,
            notes=[note for each in merged for note in each.notes],
            judged=judged,
            report=page,
            unwritten=files.unwritten,
        ),
        exit_code=first_that_holds(codes),
    )


def _written(merged: Merged, reports: Path, files: ReportFiles) -> tuple[RunRecord, bool]:
    """Return a merged record, and whether it is written; what was recorded comes beside it."""
    redactor = files.redactor
    leaks = Leaks()
    for name, file in merged.recordings.items():  # one at a time: they may be gigabytes together
        kinds = redactor.find_secrets(read_content(file))
        if kinds:
            _, integration, scenario = name.split("/", 2)
            leaks.note(integration, scenario, name, kinds)
    integrations = tuple(
        replace(each, secrets_found=(*each.secrets_found, *leaks.of(each.id)))
        if leaks.of(each.id)
        else each
        for each in merged.record.integrations
    )
    found = replace(merged.record, integrations=integrations)
    record, is_there = write_searched(found, reports, files=files)
    withheld = {each.id for each in record.integrations if each.secrets_found}
    for name, file in merged.recordings.items():
        if name.split("/")[1] not in withheld:
            write_files(reports / record.run_id, {name: read_content(file)})
    return record, is_there


def merge(folders: Sequence[Path], *, clock: Clock) -> tuple[Merged, ...]:
    """Return the whole run that parts come to; one for each release, the current one last.

    Shards become the run that they are parts of, runs of different integrations one of all. What a
    missing shard had to execute counts as not executed, and so does what one could not that lacked
    a program, or had not yet when it was broken off. A shard that is there twice counts with the
    worst of its attempts.

    Raises:
        UsageError: One run is there and no shard, or a shard still runs.
        NotExecutedError: Nothing arrived of any run.
        DocumentError: Records cannot be read, or do not belong to one run.
        RecordError: A record contradicts itself.
    """
    book = list_book(load_settings(Path()).lists)
    found = read_parts(folders, now=clock.now(), book=book)
    runs = [one for family in _families(found.shards) for one in _of_family(family, clock)]
    runs += [
        Merged(record=record, recordings=_recordings(path.parent), notes=())
        for path, record in sorted(found.whole, key=lambda each: each[1].run_id)
    ]
    by_release: dict[str, list[Merged]] = {}
    for each in runs:  # the releases of one command rise from Accept to the current one
        by_release.setdefault(each.record.erp.label, []).append(each)
    groups = list(by_release.values())
    problems = [problem for group in groups for problem in _overlaps(group)]
    if problems:
        raise DocumentError(problems)
    united = [_united(group) for group in groups]
    ids = sorted(each.record.run_id for each in united)
    last = united[-1]
    united[-1] = replace(last, notes=(*last.notes, *found.notes))
    return tuple(
        replace(each, record=replace(each.record, run_id=run_id, call=ids[-1]))
        for each, run_id in zip(united, ids, strict=True)
    )


def _families(parts: Sequence[Part]) -> list[list[Part]]:
    """Return the shards by the run that they are parts of.

    Those of one run have integrations alike. What has none alike is another run where it is whole;
    else a worker had other integrations than the rest, which `differences` tells.
    """
    families: list[tuple[set[str], list[Part]]] = []
    for part in parts:
        names = {each.id for each in part.record.integrations}
        alike = [each for each in families if each[0] & names]
        same = [one for _, many in alike for one in many]
        others = [each for each in families if each not in alike]
        families = [*others, (names.union(*(each for each, _ in alike)), [*same, part])]
    found = [many for _, many in families]
    return found if all(map(_is_complete, found)) else [list(parts)]


def _is_complete(parts: Sequence[Part]) -> bool:
    return len({each.shard.index for each in parts}) == parts[0].shard.total


def _of_family(found: Sequence[Part], clock: Clock) -> Iterator[Merged]:
    """Yield the run on each release whose shards these are."""
    parts = list({each.record.run_id: each for each in found}.values())
    by_release: dict[str, list[Part]] = {}
    for each in parts:  # the runs of one command rise from Accept to the current release
        by_release.setdefault(each.record.erp.label, []).append(each)
    all_shards = {each.shard.index for each in parts}
    shared = [
        label
        for label, many in by_release.items()
        if all_shards == {each.shard.index for each in many}
    ]
    groups = list(by_release.values()) if shared else [list(parts)]  # apart: `differences` tells
    problems = [problem for group in groups for problem in differences(group)]
    if problems:
        raise DocumentError(problems)
    for group in groups:
        yield _merged(found, group, clock=clock)


def _overlaps(runs: Sequence[Merged]) -> Iterator[Problem]:
    """Yield what keeps runs of different integrations from being one."""
    first = runs[0].record
    for number, each in enumerate(runs[1:], start=1):
        record = each.record
        pairs = of_runs(first, record)
        pairs.pop("the list of integrations")
        for name, (wanted, found) in pairs.items():
            if wanted != found:
                message = f"{name} is {found}, but {wanted} in run {first.run_id}"
                yield Problem(where=f"run {record.run_id}", message=message, hint=HINT)
        before = {one.id: run.record for run in runs[:number] for one in run.record.integrations}
        for one in record.integrations:
            if one.id in before:
                message = f"{one.id} is in run {before[one.id].run_id} as well"
                hint = "Name one run of each integration."
                yield Problem(where=f"run {record.run_id}", message=message, hint=hint)


def _united(runs: Sequence[Merged]) -> Merged:
    """Return one run of the integrations of several."""
    if len(runs) == 1:
        return runs[0]
    first = runs[0].record
    records = [each.record for each in runs]
    run_ids = tuple(run_id for each in records for run_id in (each.merged_from or (each.run_id,)))
    record = replace(
        first,
        run_id=_run_id(first, run_ids),
        finished_at=max(each.finished_at for each in records),
        erp=next((each.erp for each in records if each.erp.version), first.erp),
        integrations=tuple(
            sorted((one for each in records for one in each.integrations), key=lambda one: one.id)
        ),
        merged_from=run_ids,
        rerun_of="",
        seed=first.seed if all(each.seed == first.seed for each in records) else None,
        breaks=tuple(one for each in records for one in each.breaks),
        pace=None,
    )
    return Merged(
        record=record,
        recordings={name: file for each in runs for name, file in each.recordings.items()},
        notes=tuple(note for each in runs for note in each.notes),
    )


def _run_id(first: RunRecord, run_ids: Sequence[str]) -> str:
    """Return an id that the same runs have again."""
    return f"{first.started_at:%Y%m%dT%H%M%SZ}-{_short('/'.join(sorted(run_ids)))}"


def _merged(found: Sequence[Part], parts: Sequence[Part], *, clock: Clock) -> Merged:
    first = parts[0].record
    record = replace(
        first,
        run_id=_run_id(first, [each.record.run_id for each in parts]),
        finished_at=max(each.record.finished_at for each in parts),
        erp=next((each.record.erp for each in parts if each.record.erp.version), first.erp),
        integrations=tuple(
            _whole(one.id, parts, first.erp.label, clock) for one in first.integrations
        ),
        shard=None,
        pace=None,
        merged_from=tuple(each.record.run_id for each in parts),
        seed=first.seed if all(each.record.seed == first.seed for each in parts) else None,
        breaks=tuple(
            sorted(
                (one for each in parts for one in each.record.breaks),
                key=lambda one: one.resumed_at,
            )
        ),
    )
    same = [each for each in found if each.record.erp.label == first.erp.label]
    recordings = {
        name: file for part in parts for name, file in _recordings(part.path.parent).items()
    }
    return Merged(record=record, recordings=recordings, notes=tuple(_notes(same, parts)))


def _recordings(run: Path) -> dict[str, Path]:
    """Return the recordings of a run by their names; a link is none, wherever it leads."""
    return {name: run / name for name in sorted(kept_recordings(run))}


"""What must be equal in all shards of a run: name, that of one and of another."""


def _whole(
    integration: str, parts: Sequence[Part], release: str, clock: Clock
) -> IntegrationRecord:
    """Return what all shards say of an integration; of one by integration, those that had it."""
    mine = [each for each in parts if each.has_part_of(integration)]
    if mine:
        return _joined([each.of(integration) for each in mine], mine, release, clock)
    known = [each.of(integration) for each in parts]
    one = next((each for each in known if not each.problem), known[0])
    if one.problem:
        return one
    return replace(
        one,
        verdict=verdict((), required=one.required_ids, release=release, as_of=today(clock)),
        scope=_scope([one], lacks=True),
    )


def _joined(
    parts: Sequence[IntegrationRecord], shards: Sequence[Part], release: str, clock: Clock
) -> IntegrationRecord:
    there = [(part, shard) for part, shard in zip(parts, shards, strict=True) if not part.problem]
    if not there:
        return parts[0]
    parts = [part for part, _ in there]
    shards = [shard for _, shard in there]
    first = parts[0]
    run_ids = [each.record.run_id for each in shards]
    attempts: dict[str, list[tuple[str, ScenarioResult]]] = {}
    for part, run_id in zip(parts, run_ids, strict=True):
        for result in part.results:
            attempts.setdefault(result_id(result), []).append((run_id, result))
    results = tuple(
        settled([result for _, result in many], run_ids=[run_id for run_id, _ in many])
        for many in attempts.values()
    )
    # a waiver that nothing needed in one shard may be needed in another
    problems = [
        each for each in first.waiver_problems if all(each in one.waiver_problems for one in parts)
    ]
    joined = replace(
        first,
        results=results,
        verdict=verdict(results, required=first.required_ids, release=release, as_of=today(clock)),
        waiver_problems=tuple(problems),
        lapsed_waivers=tuple(dict.fromkeys(each for one in parts for each in one.lapsed_waivers)),
        scope=_scope(parts, lacks=_lacks_one(shards)),
        exercised=tuple(
            each for each in first.declared if any(each in one.exercised for one in parts)
        ),
        disputed=disputed_in_all([one.disputed for one in parts]),
        # kept apart only where every shard did so
        isolation=first.isolation if len({one.isolation for one in parts}) == 1 else NO_ISOLATION,
        variables=tuple(dict.fromkeys(name for one in parts for name in one.variables)),
        # what was found in any shard was found in the run
        ends=tuple({(one.code, one.of): one for part in parts for one in part.ends}.values()),
        late=tuple(each for one in parts for each in one.late),
        secrets_found=tuple(dict.fromkeys(each for one in parts for each in one.secrets_found)),
    )
    idle = never_began(joined, where=joined.id)
    return joined if idle is None else replace(set_aside(idle), secrets_found=joined.secrets_found)


def _lacks_one(shards: Sequence[Part]) -> bool:
    """Return whether something of an integration was in a shard that is not there."""
    one = shards[0].shard
    return one.by != "integration" and len({each.shard.index for each in shards}) < one.total


def _scope(parts: Sequence[IntegrationRecord], *, lacks: bool) -> Scope | None:
    """Return the scope of a merge: whole when every shard is there, and was a part only as one."""
    if any(each.scope is None for each in parts):
        return None
    reasons = dict.fromkeys(why for each in parts if each.scope for why in each.scope.because)
    reasons.pop("shard", None)
    return scope_of([*((why, True) for why in reasons), ("missing_shard", lacks)])


def _notes(found: Sequence[Part], parts: Sequence[Part]) -> Iterator[str]:
    total = parts[0].shard.total
    by_index: Mapping[int, list[Part]] = {
        index: [each for each in parts if each.shard.index == index]
        for index in range(1, total + 1)
    }
    counted = [str(each.path) for each in parts]
    yield from _lacking(parts)
    for each in found:
        if str(each.path) not in counted:
            yield f"{each.path}: run {each.record.run_id} is there twice; it counts once"
    for index, same in by_index.items():
        if not same:
            release = parts[0].record.erp.label
            yield (
                f"shard {index} of {total} is missing on {release}: "
                "what it had to run counts as not executed"
            )
        elif len(same) > 1:
            places = ", ".join(str(each.path) for each in same)
            yield f"shard {index} of {total} is there {len(same)} times, the worst counts: {places}"


def _lacking(parts: Sequence[Part]) -> Iterator[str]:
    """Yield what a shard could not carry out that another could."""
    could = {
        one.id
        for each in parts
        for one in each.record.integrations
        if not one.problem and each.has_part_of(one.id)
    }
    for each in parts:
        for one in each.record.integrations:
            if one.problem and one.id in could and each.has_part_of(one.id):
                shard = f"shard {each.shard.index} of {each.shard.total}"
                why = one.problem.splitlines()[0]
                yield f"{shard} set {one.id} aside, its part counts as not executed: {why}"


def _registered() -> list[Path]:
    """Return the integrations here that have a registration beside them."""
    folders = [each for place in default_plugins() for each in (place, *sorted(place.glob("*")))]
    return [each for each in folders if registration_path(each).is_file()]


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:6]
