"""The main job: run integrations against ERP1, on each release, judge, and say what it came to."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from koppeling_harness.clock import Clock, today
from koppeling_harness.config.registration import contact_of
from koppeling_harness.config.settings import load_settings
from koppeling_harness.emulator.ledger import seen_on
from koppeling_harness.emulator.quirks import QUIRKS
from koppeling_harness.engine.observer import Observer, Observers
from koppeling_harness.errors import ExitCode, NothingToRunError
from koppeling_harness.hosting.certification import Certification
from koppeling_harness.hosting.session import SessionOutcome, run_session
from koppeling_harness.model.run import (
    ErpInfo,
    HarnessInfo,
    IntegrationRecord,
    RestsOn,
    RunRecord,
    ScenarioLock,
    ScenarioResult,
)
from koppeling_harness.model.run_journal import RunBegin
from koppeling_harness.model.verdict import ErpKind
from koppeling_harness.plugin.discover import Integration, SetAside
from koppeling_harness.plugin.guard import orphans_ended
from koppeling_harness.rules.sharding import cut, is_in_shard
from koppeling_harness.scenario.keyword import keyword_filter
from koppeling_harness.scenario.known_lists import list_book
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.store.run_journal import folder_while_running
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.value import dataclass
from koppeling_harness.version import __version__
from koppeling_harness.workflow.deadline_book import deadline_book
from koppeling_harness.workflow.run.by_release import ByRelease
from koppeling_harness.workflow.run.continuation import Continuation, continuation_of
from koppeling_harness.workflow.run.durations import Durations, kept_durations
from koppeling_harness.workflow.run.keep_results import ResultKeeper
from koppeling_harness.workflow.run.keep_traffic import TrafficKeeper
from koppeling_harness.workflow.run.never_began import never_began
from koppeling_harness.workflow.run.plan import RunPlan, plan_runs
from koppeling_harness.workflow.run.prepared_order import PreparedOrder, repeat_options
from koppeling_harness.workflow.run.report_files import Unwritten
from koppeling_harness.workflow.run.scope import scope
from koppeling_harness.workflow.run.verdicts import isolation_of, judged, run_exit_code, set_aside
from koppeling_harness.workflow.run.waivers import Granted, granted_waivers
from koppeling_harness.workflow.secret_search import Leaks

_Results = Mapping[str, Sequence[ScenarioResult]]
"""By integration."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """What a run came to.

    Attributes:
        record: Everything it says.
        session: Every result, with the redactor that knows its secrets.
        exit_code: What the process says.
        integrations: Those that were judged.
        set_aside: Those that could not be.
        counts: Whether the exit code counts in that of the command.
        repeat: Options with which the same integrations and scenarios are found again.
        unwritten: What could not be written while it ran.
        notes: What else a person should know.
    """

    record: RunRecord
    session: SessionOutcome
    exit_code: ExitCode
    integrations: tuple[Integration, ...]
    set_aside: tuple[SetAside, ...] = ()
    counts: bool = True
    repeat: str = ""
    unwritten: tuple[Unwritten, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def contacts(self) -> Mapping[str, str]:
        """Whom to write to about each integration, by its id; empty when nothing says it."""
        judged = {each.manifest.id: each for each in self.integrations}
        return {
            **{each.name: contact_of(each.folders, None) for each in self.set_aside},
            **{
                name: contact_of([each.folder], each.manifest.partner)
                for name, each in judged.items()
            },
        }

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where the integrations lie, whether they were judged or not."""
        aside = (folder for each in self.set_aside for folder in each.folders)
        return (*(each.folder for each in self.integrations), *aside)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """One run, from its plan to its record."""

    prepared: PreparedOrder
    plan: RunPlan
    begin: RunBegin
    continuation: Continuation | None
    redactor: Redactor
    waivers: Granted
    leaks: Leaks
    lost: list[Unwritten]

    @property
    def label(self) -> str:
        """Of the release."""
        return self.prepared.order.release

    @property
    def call(self) -> str:
        """Of all runs of the command."""
        return self.begin.call or self.begin.run_id

    def folder(self, reports: Path) -> Path:
        """Return its folder while it is carried out."""
        return folder_while_running(reports, self.begin.run_id, self.call)


def certify(
    prepared: PreparedOrder,
    *,
    clock: Clock,
    observer: Observer | None = None,
    traffic: Path | None = None,
    reports: Path | None = None,
) -> Certified:
    """Run the scenarios that apply on one release, and judge every integration.

    See `certify_releases`.
    """
    (certified,) = certify_releases(
        (prepared,), clock=clock, observer=observer, traffic=traffic, reports=reports
    )
    return certified


def certify_releases(
    many: Sequence[PreparedOrder],
    *,
    clock: Clock,
    observer: Observer | None = None,
    traffic: Path | None = None,
    reports: Path | None = None,
) -> tuple[Certified, ...]:
    """Run the scenarios that apply, in one session, and judge every integration on each release.

    Args:
        many: What to certify, an order per release that differs in that alone; the current
            release last. Their run ids rise in this order, and the last is the call of them all.
        clock: Tells the time.
        observer: Is told how far the run is.
        traffic: Where runs are kept, to write there what goes over the wire in this one; nothing
            of it is written when None.
        reports: Where runs are kept, to write there each result as soon as it is there; nowhere
            when None.

    Raises:
        NothingToRunError: No integration, no scenario that applies to one, or nothing to repeat.
        ConfigurationError: An integration that was asked for by name cannot be loaded.
        DocumentError: Scenario files have problems.
        UsageError: The keyword expression cannot be understood.
    """
    runs = _begin(many, clock)
    chosen = _chosen(runs)
    keepers = {
        each.label: _keepers(each, traffic=traffic, reports=reports, clock=clock) for each in runs
    }
    current = runs[-1]
    observers = [ByRelease(keepers), observer or Observer()]
    durations = Durations(kept_durations())
    if current.prepared.real is None:  # those of a real environment say nothing of this machine
        observers.insert(0, durations)
    certification = Certification(
        current.prepared.order,
        current.plan.discovery.integrations,
        run_id=current.begin.run_id,
        seed=current.begin.seed,
        clock=clock,
        redactor=current.redactor,
        real=current.prepared.real,
        continued=current.continuation.number if current.continuation else 0,
        expected=durations.expected,
        run_ids={each.label: each.begin.run_id for each in runs},
    )
    with orphans_ended():
        session = run_session(certification, chosen, Observers(*observers))
    return tuple(_certified(each, _part(each, session), clock) for each in runs)


def _part(run: _Run, session: SessionOutcome) -> SessionOutcome:
    """Return what a session gave for one run, with what that run kept of before."""
    part = session.on(run.label)
    if run.continuation is None:
        return part
    return replace(part, results=run.continuation.completed(part.results, run.plan.scenarios))


def _begin(many: Sequence[PreparedOrder], clock: Clock) -> tuple[_Run, ...]:
    """Return the runs with what identifies each: that of the one gone on with, else new."""
    plans = plan_runs(many, as_of=today(clock))
    many = [_cut(each, plan) for each, plan in zip(many, plans, strict=True)]
    order, integrations = many[-1].order, plans[-1].discovery.integrations
    waivers = granted_waivers(
        tuple(map(Path, order.decisions)),
        [each.manifest.id for each in integrations],
        folder=Path(),
        today=today(clock),
    )
    seed = secrets.randbits(32) if order.seed is None else order.seed
    redactor = Redactor(secrets.token_bytes(32))
    now = clock.now()
    run_ids = [f"{now:%Y%m%dT%H%M%SZ}-{each}" for each in _rising(len(many))]
    runs = []
    for prepared, plan, run_id in zip(many, plans, run_ids, strict=True):
        begin, continuation = _begun(prepared, plan) or (
            RunBegin(
                run_id=run_id,
                started_at=now,
                seed=seed,
                harness=__version__,
                lock_digest=plan.lock_digest,
                digests={each.manifest.id: each.digest for each in integrations},
                order=prepared.order,
                call=run_ids[-1],
            ),
            None,
        )
        runs.append(
            _Run(
                prepared=prepared,
                plan=plan,
                begin=begin,
                continuation=continuation,
                redactor=redactor,
                waivers=waivers,
                leaks=Leaks(),
                lost=[],
            )
        )
    return tuple(runs)


def _cut(prepared: PreparedOrder, plan: RunPlan) -> PreparedOrder:
    """Return an order whose shard says what it is cut by."""
    order = prepared.order
    if order.shard is None:
        return prepared
    shard = cut(order.shard, plan.discovery.names)
    return replace(prepared, order=replace(order, shard=shard))


def _begun(prepared: PreparedOrder, plan: RunPlan) -> tuple[RunBegin, Continuation] | None:
    broken = prepared.broken
    if broken is None:
        return None
    integrations = plan.discovery.integrations
    return broken.begin, continuation_of(broken, integrations, lock_digest=plan.lock_digest)


def _rising(count: int) -> list[str]:
    """Return so many different texts at random, in their order."""
    texts: set[str] = set()
    while len(texts) < count:
        texts.add(secrets.token_hex(3))
    return sorted(texts)


def _chosen(runs: Sequence[_Run]) -> tuple[PlannedScenario, ...]:
    """Return what is to be carried out now.

    The same scenario on each release comes one after the other, as it is in the list of the first
    that has it.

    Raises:
        NothingToRunError: What did not pass in an earlier run was to be repeated, and all passed;
            or nothing matches the keyword.
        UsageError: The keyword expression cannot be understood.
    """
    order = runs[-1].prepared.order
    selected = [each for run in runs for each in _selected(run)]
    rerun = runs[-1].prepared.rerun
    if rerun is not None and not selected:
        message = f"everything in run {rerun.earlier.run_id} passed: nothing is to be repeated"
        raise NothingToRunError(message, hint="Run without --rerun-failed for a new verdict.")
    is_meant = keyword_filter(order.keyword)
    meant = [each for each in selected if is_meant(each)]
    if selected and not meant and order.shard is None:
        message = f"-k {order.keyword!r} matches none of {len(selected)} scenarios"
        raise NothingToRunError(message, hint="See `koppeling scenarios list`.")
    kept = {each.label: each.continuation for each in runs}
    by_key: dict[object, list[PlannedScenario]] = {}
    for each in meant:
        continuation = kept[each.release]
        if continuation is None or not continuation.is_kept(each):
            by_key.setdefault((each.manifest.id, each.id), []).append(each)
    return tuple(each for same in by_key.values() for each in same)


def _selected(run: _Run) -> Iterator[PlannedScenario]:
    names = run.plan.discovery.names
    for each in run.plan.scenarios:
        if run.prepared.selects(each, names) and not run.plan.is_set_aside(each):
            yield each


def _keepers(run: _Run, *, traffic: Path | None, reports: Path | None, clock: Clock) -> Observer:
    """Return what writes on disk while the run goes on."""
    keepers: list[Observer] = []
    if traffic is not None:
        keepers.append(TrafficKeeper(run.folder(traffic), run.redactor, run.leaks, run.lost))
    if reports is not None:
        results = ResultKeeper(
            run.folder(reports),
            run.redactor,
            durable=run.prepared.real is not None,
            continuation=run.continuation,
            leaks=run.leaks,
            lost=run.lost,
        )
        results.begin(run.begin, now=clock.now())
        keepers.append(results)
    return Observers(*keepers)


def _certified(run: _Run, session: SessionOutcome, clock: Clock) -> Certified:
    erp = _erp(run.prepared, session)
    results, notes = _results(run, session, erp)
    kept, rerun = run.continuation, run.prepared.rerun
    record = RunRecord(
        run_id=run.begin.run_id,
        started_at=run.begin.started_at,
        finished_at=clock.now(),
        harness=HarnessInfo(version=__version__),
        erp=erp,
        scenario_lock=ScenarioLock(digest=run.plan.lock_digest, required=run.plan.required),
        integrations=_with_late(
            _integration_records(run, results, clock, interrupted=session.interrupted), session
        ),
        shard=run.prepared.order.shard,
        rerun_of=rerun.earlier.run_id if rerun else "",
        seed=run.begin.seed,
        breaks=kept.breaks(clock.now()) if kept else (),
        call=run.call,
        pace=session.pace,
    )
    return Certified(
        record=record,
        session=session,
        exit_code=run_exit_code(record, interrupted=session.interrupted),
        integrations=run.plan.discovery.integrations,
        set_aside=run.plan.discovery.set_aside,
        counts=run.prepared.counts,
        repeat=repeat_options(run.prepared.order),
        unwritten=tuple(run.lost),
        notes=(
            *(each.render() for each in load_settings(Path()).ignored),
            *run.prepared.notes,
            *notes,
            *(kept.notes if kept else ()),
            *session.notes,
        ),
    )


def _integration_records(
    run: _Run, results: _Results, clock: Clock, *, interrupted: bool
) -> tuple[IntegrationRecord, ...]:
    order, plan, discovery = run.prepared.order, run.plan, run.plan.discovery
    day = today(clock)
    deadlines = deadline_book(load_settings(Path()), day=day)
    names = discovery.names

    def is_share(integration: str, scenario: str) -> bool:
        return order.shard is None or is_in_shard(integration, scenario, order.shard, names)

    own_list = list_book({}).find(plan.lock_digest, order.release) is None
    carried_out = [
        judged(
            each,
            plan.by_integration.get(each.manifest.id, ()),
            results.get(each.manifest.id, ()),
            release=order.release,
            as_of=day,
            is_share=is_share,
            waivers=run.waivers.get(each.manifest.id, ()),
            scope=scope(
                run.prepared,
                plan.by_integration.get(each.manifest.id, ()),
                results.get(each.manifest.id, ()),
                plan.not_asked.get(each.manifest.id, ()),
                interrupted=interrupted,
                own_list=own_list,
            ),
            not_asked=plan.not_asked.get(each.manifest.id, ()),
            own=plan.own.get(each.manifest.id, ()),
            rests_on=_rests_on(run.prepared),
            isolation=isolation_of(each, order),
            deadlines=deadlines,
            seen=None if run.prepared.real else seen_on(order.release),
        )
        for each in discovery.integrations
    ]
    folders = {each.manifest.id: str(each.folder) for each in discovery.integrations}
    idle = {
        each.id: aside
        for each in carried_out
        if (order.shard is None or order.shard.by == "integration")
        and (aside := never_began(each, where=folders[each.id])) is not None
    }
    records = (
        *(each for each in carried_out if each.id not in idle),
        *(
            set_aside(each, allow_missing=order.allow_missing)
            for each in (*idle.values(), *discovery.set_aside)
        ),
    )
    return tuple(
        replace(each, secrets_found=run.leaks.of(each.id)) if run.leaks.of(each.id) else each
        for each in records
    )


def _with_late(
    records: tuple[IntegrationRecord, ...], session: SessionOutcome
) -> tuple[IntegrationRecord, ...]:
    """Return records with what came when a scenario of theirs had ended."""
    if not session.late:
        return records
    return tuple(
        replace(
            record,
            late=tuple(each.call for each in session.late if each.planned.manifest.id == record.id),
        )
        for record in records
    )


def _rests_on(prepared: PreparedOrder) -> RestsOn:
    if prepared.real:
        return RestsOn(kind=ErpKind.ENVIRONMENT)
    seen = seen_on(prepared.order.release)
    return RestsOn(kind=ErpKind.EMULATOR, behaviours=len(QUIRKS), seen=len(seen))


def _erp(prepared: PreparedOrder, session: SessionOutcome) -> ErpInfo:
    release = session.releases.get(prepared.order.release)
    return ErpInfo(
        kind=ErpKind.ENVIRONMENT if prepared.real else ErpKind.EMULATOR,
        environment=prepared.real.facts.environment if prepared.real else "ERP1",
        version=release.version if release else "",
        label=release.label if release else prepared.order.release,
    )


def _results(run: _Run, session: SessionOutcome, erp: ErpInfo) -> tuple[_Results, tuple[str, ...]]:
    """Return the results by integration, those of a repeated run among them, and what to say."""
    done: dict[str, list[ScenarioResult]] = {}
    for each, result in session.results:
        done.setdefault(each.manifest.id, []).append(result)
    results: dict[str, Sequence[ScenarioResult]] = dict(done)
    notes: list[str] = []
    rerun = run.prepared.rerun
    if rerun is None:
        return results, ()
    for integration in run.plan.discovery.integrations:
        name = integration.manifest.id
        changes = rerun.changes(integration, erp, run.plan.lock_digest)
        if changes:
            notes.append(
                f"{name}: what passed in {rerun.earlier.run_id} is not counted, because "
                f"since then there is a change in {', '.join(changes)}"
            )
        else:
            now = results.get(name, ())
            results[name] = rerun.joined(integration, now, run_id=run.begin.run_id)
    return results, tuple(notes)
