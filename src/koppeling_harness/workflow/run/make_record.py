"""Judge what a session gave, and make the record of a run of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from koppeling_harness.clock import Clock, today
from koppeling_harness.config.settings import load_settings
from koppeling_harness.emulator.ledger import seen_on
from koppeling_harness.emulator.quirks import QUIRKS
from koppeling_harness.hosting.session import SessionOutcome
from koppeling_harness.model.run import (
    ErpInfo,
    HarnessInfo,
    IntegrationRecord,
    RestsOn,
    RunRecord,
    ScenarioLock,
    ScenarioResult,
)
from koppeling_harness.model.verdict import ErpKind
from koppeling_harness.plugin.folder_digest import file_digests
from koppeling_harness.rules.sharding import has_part_of, is_in_shard
from koppeling_harness.scenario.known_lists import list_book
from koppeling_harness.version import __version__
from koppeling_harness.workflow.deadline_book import deadline_book
from koppeling_harness.workflow.run.never_began import never_began
from koppeling_harness.workflow.run.one_run import Certified, Run
from koppeling_harness.workflow.run.prepared_order import PreparedOrder, repeat_options
from koppeling_harness.workflow.run.scope import scope
from koppeling_harness.workflow.run.verdicts import isolation_of, judged, run_exit_code, set_aside

_Results = Mapping[str, Sequence[ScenarioResult]]


def certified_run(run: Run, session: SessionOutcome, clock: Clock) -> Certified:
    """Return what a run came to, each integration judged by what the session gave on its release.

    Args:
        run: What was to be carried out.
        session: What it gave, on that release alone.
        clock: Tells the time.
    """
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
        integrations=_with_facts_of_elsewhere(
            _with_late(
                _integration_records(run, results, clock, interrupted=session.interrupted), session
            ),
            session,
            run.label,
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
    run: Run, results: _Results, clock: Clock, *, interrupted: bool
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
            isolation=isolation_of(order),
            deadlines=deadlines,
            seen=None if run.prepared.real else seen_on(order.release),
        )
        for each in discovery.integrations
    ]
    folders = {each.manifest.id: str(each.folder) for each in discovery.integrations}
    files = {
        each.manifest.id: file_digests(each.folder)
        for each in discovery.integrations
        if order.shard is not None and has_part_of(order.shard, each.manifest.id, names)
    }
    idle = {
        each.id: aside
        for each in carried_out
        if (order.shard is None or order.shard.by == "integration")
        and (aside := never_began(each, where=folders[each.id])) is not None
    }
    records = (
        *(
            replace(each, files=files.get(each.id, {}))
            for each in carried_out
            if each.id not in idle
        ),
        *(
            set_aside(each, allow_missing=order.allow_missing)
            for each in (*idle.values(), *discovery.set_aside)
        ),
    )
    return tuple(
        replace(each, secrets_found=run.leaks.of(each.id)) if run.leaks.of(each.id) else each
        for each in records
    )


def _with_facts_of_elsewhere(
    records: tuple[IntegrationRecord, ...], session: SessionOutcome, release: str
) -> tuple[IntegrationRecord, ...]:
    """Return records with what only the machine knows that carried an integration out."""
    told = []
    for each in records:
        there = session.elsewhere.get((each.id, release))
        if there is None:
            told.append(each)
        elif there.problem:  # it could not be judged there
            told.append(there)
        else:
            facts = replace(
                each,
                late=there.late,
                variables=there.variables,
                variables_withheld=there.variables_withheld,
            )
            told.append(facts)
    return tuple(told)


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


def _results(run: Run, session: SessionOutcome, erp: ErpInfo) -> tuple[_Results, tuple[str, ...]]:
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
