"""The main job: run integrations against ERP1, judge, and say what the run came to."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from koppeling_harness.clock import Clock, today
from koppeling_harness.config.settings import load_settings
from koppeling_harness.engine.observer import Observer, Observers
from koppeling_harness.errors import ExitCode, NothingToRunError
from koppeling_harness.hosting.certification import Certification
from koppeling_harness.hosting.session import SessionOutcome, run_session
from koppeling_harness.model.run import (
    ErpInfo,
    HarnessInfo,
    IntegrationRecord,
    RunRecord,
    ScenarioLock,
    ScenarioResult,
)
from koppeling_harness.model.run_journal import RunBegin
from koppeling_harness.model.verdict import ErpKind
from koppeling_harness.plugin.discover import Integration
from koppeling_harness.scenario.keyword import keyword_filter
from koppeling_harness.scenario.known_lists import list_book
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.value import dataclass
from koppeling_harness.version import __version__
from koppeling_harness.workflow.run.continuation import Continuation, continuation_of
from koppeling_harness.workflow.run.durations import Durations, kept_durations
from koppeling_harness.workflow.run.keep_results import ResultKeeper
from koppeling_harness.workflow.run.keep_traffic import TrafficKeeper
from koppeling_harness.workflow.run.plan import RunPlan, plan_run
from koppeling_harness.workflow.run.prepared_order import PreparedOrder
from koppeling_harness.workflow.run.scope import scope
from koppeling_harness.workflow.run.verdicts import judged, run_exit_code, set_aside
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
        notes: What else a person should know.
    """

    record: RunRecord
    session: SessionOutcome
    exit_code: ExitCode
    integrations: tuple[Integration, ...]
    notes: tuple[str, ...] = ()

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where the integrations lie."""
        return tuple(each.folder for each in self.integrations)


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


def certify(
    prepared: PreparedOrder,
    *,
    clock: Clock,
    observer: Observer | None = None,
    traffic: Path | None = None,
    reports: Path | None = None,
) -> Certified:
    """Run the scenarios that apply, and judge every integration.

    Args:
        prepared: What to certify.
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
    run = _begin(prepared, plan_run(prepared), clock)
    chosen = _chosen(run)
    keepers = _keepers(run, traffic=traffic, reports=reports, clock=clock)
    durations = Durations(kept_durations())
    if prepared.real is None:  # those of a real environment say nothing of this machine
        keepers.append(durations)
    certification = Certification(
        prepared.order,
        run.plan.discovery.integrations,
        run_id=run.begin.run_id,
        seed=run.begin.seed,
        clock=clock,
        redactor=run.redactor,
        real=prepared.real,
        continued=run.continuation.number if run.continuation else 0,
        expected=durations.expected,
    )
    session = run_session(certification, chosen, Observers(*keepers, observer or Observer()))
    if run.continuation is not None:
        whole = run.continuation.completed(session.results, run.plan.scenarios)
        session = replace(session, results=whole)
    return _certified(run, session, clock)


def _begin(prepared: PreparedOrder, plan: RunPlan, clock: Clock) -> _Run:
    """Return the run with what identifies it: that of the one that is gone on with, else new."""
    order, broken, integrations = prepared.order, prepared.broken, plan.discovery.integrations
    now = clock.now()
    continuation = None
    if broken is None:
        begin = RunBegin(
            run_id=f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}",
            started_at=now,
            seed=secrets.randbits(32) if order.seed is None else order.seed,
            harness=__version__,
            lock_digest=plan.lock_digest,
            digests={each.manifest.id: each.digest for each in integrations},
            order=order,
        )
    else:
        begin = broken.begin
        continuation = continuation_of(broken, integrations, lock_digest=plan.lock_digest)
    waivers = granted_waivers(
        tuple(map(Path, order.decisions)),
        [each.manifest.id for each in integrations],
        folder=Path(),
        today=today(clock),
    )
    return _Run(
        prepared=prepared,
        plan=plan,
        begin=begin,
        continuation=continuation,
        redactor=Redactor(secrets.token_bytes(32)),
        waivers=waivers,
        leaks=Leaks(),
    )


def _chosen(run: _Run) -> tuple[PlannedScenario, ...]:
    """Return what is to be carried out now.

    Raises:
        NothingToRunError: What did not pass in an earlier run was to be repeated, and all passed;
            or nothing matches the keyword.
        UsageError: The keyword expression cannot be understood.
    """
    prepared, kept = run.prepared, run.continuation
    selected = [
        each
        for each in run.plan.scenarios
        if prepared.selects(each) and not run.plan.is_set_aside(each)
    ]
    if prepared.rerun is not None and not selected:
        earlier = prepared.rerun.earlier.run_id
        message = f"everything in run {earlier} passed: nothing is to be repeated"
        raise NothingToRunError(message, hint="Run without --rerun-failed for a new verdict.")
    keyword = prepared.order.keyword
    is_meant = keyword_filter(keyword)
    meant = [each for each in selected if is_meant(each)]
    if selected and not meant and prepared.order.shard is None:
        message = f"-k {keyword!r} matches none of {len(selected)} scenarios"
        raise NothingToRunError(message, hint="See `koppeling scenarios list`.")
    return tuple(each for each in meant if not (kept and kept.is_kept(each)))


def _keepers(
    run: _Run, *, traffic: Path | None, reports: Path | None, clock: Clock
) -> list[Observer]:
    """Return what writes on disk while the run goes on."""
    keepers: list[Observer] = []
    if traffic is not None:
        keepers.append(TrafficKeeper(traffic / run.begin.run_id, run.redactor, run.leaks))
    if reports is not None:
        results = ResultKeeper(
            reports / run.begin.run_id,
            run.redactor,
            durable=run.prepared.real is not None,
            continuation=run.continuation,
            leaks=run.leaks,
        )
        results.begin(run.begin, now=clock.now())
        keepers.append(results)
    return keepers


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
        call=run.begin.run_id,
        pace=session.pace,
    )
    return Certified(
        record=record,
        session=session,
        exit_code=run_exit_code(record, interrupted=session.interrupted),
        integrations=run.plan.discovery.integrations,
        notes=(
            *(each.render() for each in load_settings(Path()).ignored),
            *notes,
            *(kept.notes if kept else ()),
            *session.notes,
        ),
    )


def _integration_records(
    run: _Run, results: _Results, clock: Clock, *, interrupted: bool
) -> tuple[IntegrationRecord, ...]:
    order, plan, discovery = run.prepared.order, run.plan, run.plan.discovery
    own_list = list_book({}).find(plan.lock_digest, order.release) is None
    records = (
        *(
            judged(
                each,
                plan.by_integration.get(each.manifest.id, ()),
                results.get(each.manifest.id, ()),
                release=order.release,
                as_of=today(clock),
                shard=order.shard,
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
            )
            for each in discovery.integrations
        ),
        *(set_aside(each, allow_missing=order.allow_missing) for each in discovery.set_aside),
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


def _erp(prepared: PreparedOrder, session: SessionOutcome) -> ErpInfo:
    release = session.release
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
