"""The main job: run integrations against ERP1, on each release, judge, and say what it came to."""

import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from koppeling_harness.clock import Clock, today
from koppeling_harness.engine.observer import Observer, Observers
from koppeling_harness.errors import NothingToRunError
from koppeling_harness.hosting.certification import Certification
from koppeling_harness.hosting.session import SessionOutcome, run_session
from koppeling_harness.model.order import Order
from koppeling_harness.model.run_journal import RunBegin
from koppeling_harness.plugin.guard import orphans_ended
from koppeling_harness.rules.sharding import cut
from koppeling_harness.scenario.keyword import keyword_filter
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.version import __version__
from koppeling_harness.workflow.run.by_release import ByRelease
from koppeling_harness.workflow.run.continuation import Continuation, continuation_of
from koppeling_harness.workflow.run.durations import Durations, kept_durations
from koppeling_harness.workflow.run.keep_results import ResultKeeper
from koppeling_harness.workflow.run.keep_traffic import TrafficKeeper
from koppeling_harness.workflow.run.make_record import certified_run
from koppeling_harness.workflow.run.one_run import Certified, Elsewhere, Run
from koppeling_harness.workflow.run.plan import RunPlan, plan_runs
from koppeling_harness.workflow.run.prepared_order import PreparedOrder
from koppeling_harness.workflow.run.waivers import granted_waivers
from koppeling_harness.workflow.secret_search import Leaks

if TYPE_CHECKING:
    from koppeling_harness.hosting.shared_out import SharedOut

_CORES_EACH = 2
"""Of what a run takes of the processors, less than half is the engine's work (`bench fleet`)."""
_WORTH = 200
"""So many scenarios, each some 30 ms of that work, are worth another process of 150 MiB."""


def certify(
    prepared: PreparedOrder,
    *,
    clock: Clock,
    observer: Observer | None = None,
    traffic: Path | None = None,
    reports: Path | None = None,
    elsewhere: Elsewhere | None = None,
) -> Certified:
    """Run the scenarios that apply on one release, and judge every integration.

    See `certify_releases`.
    """
    (certified,) = certify_releases(
        (prepared,),
        clock=clock,
        observer=observer,
        traffic=traffic,
        reports=reports,
        elsewhere=elsewhere,
    )
    return certified


def certify_releases(
    many: Sequence[PreparedOrder],
    *,
    clock: Clock,
    observer: Observer | None = None,
    traffic: Path | None = None,
    reports: Path | None = None,
    elsewhere: Elsewhere | None = None,
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
        elsewhere: Carries it out; this machine does when None.

    Raises:
        NothingToRunError: No integration, no scenario that applies to one, or nothing to repeat.
        ConfigurationError: An integration that was asked for by name cannot be loaded.
        DocumentError: Scenario files have problems.
        UsageError: The keyword expression cannot be understood.
    """
    runs = _begin(many, clock, elsewhere)
    chosen = _chosen(runs)
    keepers = {
        each.label: _keepers(each, traffic=traffic, reports=reports, clock=clock) for each in runs
    }
    current = runs[-1]
    observers = [ByRelease(keepers), observer or Observer()]
    if elsewhere is not None:
        session = elsewhere.carry_out(runs, chosen, Observers(*observers), reports=traffic)
        return tuple(certified_run(each, _part(each, session), clock) for each in runs)
    durations = Durations(kept_durations())
    if current.prepared.real is None:  # those of a real environment say nothing of this machine
        observers.insert(0, durations)
    certification = _certification(runs, chosen, clock, durations)
    with orphans_ended():
        session = run_session(certification, chosen, Observers(*observers))
    return tuple(certified_run(each, _part(each, session), clock) for each in runs)


def _certification(
    runs: Sequence[Run], chosen: Sequence[PlannedScenario], clock: Clock, durations: Durations
) -> "Certification | SharedOut":
    """Return what carries a session out, in this process or in several."""
    current = runs[-1]
    order, integrations = current.prepared.order, current.plan.discovery.integrations
    run_ids = {each.label: each.begin.run_id for each in runs}
    count = _processes_for(order, chosen)
    if count > 1:
        from koppeling_harness.hosting.shared_out import SharedOut  # noqa: PLC0415 - large runs

        return SharedOut(
            order,
            integrations,
            count=count,
            run_id=current.begin.run_id,
            seed=current.begin.seed,
            clock=clock,
            redactor=current.redactor,
            expected=durations.expected,
            run_ids=run_ids,
        )
    return Certification(
        order,
        integrations,
        run_id=current.begin.run_id,
        seed=current.begin.seed,
        clock=clock,
        redactor=current.redactor,
        real=current.prepared.real,
        continued=current.continuation.number if current.continuation else 0,
        expected=durations.expected,
        run_ids=run_ids,
    )


def _processes_for(order: Order, chosen: Sequence[PlannedScenario]) -> int:
    """Return to how many processes a session is shared out; 1: it is carried out in this one.

    A real environment is asked by one, and hooks that a debugger follows are in this one.
    """
    if order.in_process or order.environment:
        return 1
    integrations = len({each.manifest.id for each in chosen})
    worth = min((os.cpu_count() or 1) // _CORES_EACH, len(chosen) // _WORTH)
    return max(1, min(order.processes or worth, integrations, order.concurrency))


def _part(run: Run, session: SessionOutcome) -> SessionOutcome:
    """Return what a session gave for one run, with what that run kept of before."""
    part = session.on(run.label)
    if run.continuation is None:
        return part
    return replace(part, results=run.continuation.completed(part.results, run.plan.scenarios))


def _begin(
    many: Sequence[PreparedOrder], clock: Clock, elsewhere: Elsewhere | None
) -> tuple[Run, ...]:
    """Return the runs with what identifies each: that of the one gone on with, else new."""
    with_runtimes = elsewhere.with_runtimes if elsewhere else None
    plans = plan_runs(many, as_of=today(clock), elsewhere=with_runtimes)
    many = [_cut(each, plan) for each, plan in zip(many, plans, strict=True)]
    order, integrations = many[-1].order, plans[-1].discovery.integrations
    waivers = granted_waivers(
        tuple(map(Path, order.decisions)),
        [each.manifest.id for each in integrations],
        folder=Path(),
        now=clock.now(),
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
            Run(
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


def _chosen(runs: Sequence[Run]) -> tuple[PlannedScenario, ...]:
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


def _selected(run: Run) -> Iterator[PlannedScenario]:
    names = run.plan.discovery.names
    for each in run.plan.scenarios:
        if run.prepared.selects(each, names) and not run.plan.is_set_aside(each):
            yield each


def _keepers(run: Run, *, traffic: Path | None, reports: Path | None, clock: Clock) -> Observer:
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
