"""The main job: run integrations against ERP1, judge, record, report."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path

from koppeling_harness.clock import Clock, today
from koppeling_harness.errors import (
    ExitCode,
    NothingToRunError,
)
from koppeling_harness.hosting.certification import Request
from koppeling_harness.hosting.session import SessionOutcome, run_session
from koppeling_harness.model.exchange import Recording
from koppeling_harness.model.run import (
    ErpInfo,
    ErpKind,
    HarnessInfo,
    RunRecord,
    ScenarioLock,
    ScenarioResult,
)
from koppeling_harness.model.run_journal import RunBegin
from koppeling_harness.plugin.discover import Discovery, Integration
from koppeling_harness.scenario.load import load_scenarios
from koppeling_harness.scenario.lock import lock_for
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.value import dataclass
from koppeling_harness.version import __version__
from koppeling_harness.workflow.run.integrations import (
    find_integrations,
    kept_readings,
    own_scenarios,
)
from koppeling_harness.workflow.run.keep_traffic import TrafficKeeper
from koppeling_harness.workflow.run.plan import plan_all
from koppeling_harness.workflow.run.request import CertifyRequest
from koppeling_harness.workflow.run.resume import (
    ResultKeeper,
    Resumed,
    breaks_of,
    resumed,
    with_kept,
)
from koppeling_harness.workflow.run.verdicts import judged, run_exit_code, set_aside

OnResult = Callable[[PlannedScenario, ScenarioResult], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a run tells how far it is.

    Attributes:
        on_collected: Called once, with the number of scenarios.
        on_result: Called with each scenario and its result.
    """

    on_collected: Callable[[int], None] = field(default=lambda _count: None)
    on_result: OnResult = field(default=lambda _planned, _result: None)


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


def certify(
    request: CertifyRequest,
    *,
    clock: Clock,
    progress: Progress,
    traffic: Path | None = None,
    reports: Path | None = None,
) -> Certified:
    """Run the scenarios that apply, and judge every integration.

    Args:
        request: What to certify.
        clock: Tells the time.
        progress: Is told how far it is.
        traffic: Where runs are kept, to write there what goes over the wire in this one; nothing
            of it is written when None.
        reports: Where runs are kept, to write there each result as soon as it is there; nowhere
            when None.

    Raises:
        SecretFoundError: A recording holds something secret; see `TrafficKeeper`.
        NothingToRunError: No integration, or no scenario that applies to one.
        ConfigurationError: An integration that was asked for by name cannot be loaded.
        DocumentError: Scenario files have problems.
    """
    discovery = find_integrations(request)
    pack = load_scenarios(request.packs, kept_in=kept_readings())
    lock = lock_for(request.packs, pack, release=request.release)
    discovery, own = own_scenarios(discovery)
    planned = plan_all(discovery.integrations, pack, own, release=request.release)
    if not planned and not discovery.set_aside:
        message = f"no scenario applies to any integration on {request.release}"
        raise NothingToRunError(message, hint="See `koppeling scenarios list`.")
    _require_something_to_repeat(request, planned)
    digest = lock.digest(request.release)
    begin = _begin(request, discovery, digest, clock)
    run_id, seed, started_at = begin.run_id, begin.seed, begin.started_at
    resume = (
        resumed(request.resume, discovery.integrations, lock_digest=digest)
        if request.resume
        else None
    )
    redactor = Redactor(secrets.token_bytes(32))
    results_keeper = _result_keeper(begin, reports, redactor, request, resume, clock)
    keeper = None if traffic is None else TrafficKeeper(traffic / run_id, redactor)
    session = run_session(
        Request(
            discovery=discovery,
            release=request.release,
            run_id=run_id,
            seed=seed,
            concurrency=request.concurrency,
            clock=clock,
            on_result=progress.on_result,
            on_start=results_keeper.start if results_keeper else _not_noted,
            on_end=results_keeper.keep if results_keeper else _not_noted,
            selects=lambda each: request.selects(each) and not (resume and resume.is_kept(each)),
            redactor=redactor,
            on_recording=keeper.keep if keeper else _not_kept,
            retries=0 if request.real else request.retries,  # calls are waited for one by one
            real=request.real,
            in_process=request.in_process,
        ),
        [each for many in planned.values() for each in many],
        keyword=request.keyword,
        on_collected=progress.on_collected,
    )
    if keeper is not None:
        keeper.close()
    if results_keeper is not None:
        results_keeper.close()
    if resume is not None:
        every = [each for many in planned.values() for each in many]
        session = replace(session, results=with_kept(session.results, every, resume))
    erp = _erp(request, session)
    results, notes = _results(request, session, discovery, erp, digest, run_id)
    record = RunRecord(
        run_id=run_id,
        started_at=started_at,
        finished_at=clock.now(),
        harness=HarnessInfo(version=__version__),
        erp=erp,
        scenario_lock=ScenarioLock(digest=digest, required=len(lock.required(request.release))),
        integrations=(
            *(
                judged(
                    each,
                    planned.get(each.manifest.id, ()),
                    results.get(each.manifest.id, ()),
                    release=request.release,
                    as_of=today(clock),
                    shard=request.shard,
                )
                for each in discovery.integrations
            ),
            *(set_aside(each) for each in discovery.set_aside),
        ),
        shard=request.shard,
        rerun_of=request.rerun.earlier.run_id if request.rerun else "",
        seed=seed,
        breaks=breaks_of(resume, clock),
    )
    return Certified(
        record=record,
        session=session,
        exit_code=run_exit_code(record, interrupted=session.interrupted),
        integrations=discovery.integrations,
        notes=(*notes, *(resume.notes if resume else ()), *session.notes),
    )


def _begin(
    request: CertifyRequest, discovery: Discovery, lock_digest: str, clock: Clock
) -> RunBegin:
    """Return what identifies the run: that of the one that is gone on with, else a new one."""
    if request.resume is not None:
        return request.resume.begin
    now = clock.now()
    return RunBegin(
        run_id=f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}",
        started_at=now,
        seed=secrets.randbits(32) if request.seed is None else request.seed,
        harness=__version__,
        lock_digest=lock_digest,
        digests={each.manifest.id: each.digest for each in discovery.integrations},
        order=request.order(),
    )


def _result_keeper(
    begin: RunBegin,
    reports: Path | None,
    redactor: Redactor,
    request: CertifyRequest,
    resume: Resumed | None,
    clock: Clock,
) -> ResultKeeper | None:
    if reports is None:
        return None
    folder = reports / begin.run_id
    keeper = ResultKeeper(folder, redactor, durable=request.real is not None, resume=resume)
    keeper.begin(begin, clock=clock)
    return keeper


def _not_noted(*_: object) -> None:
    """Note nothing of a scenario that begins or ends."""


def _not_kept(_planned: PlannedScenario, _recording: Recording) -> None:
    """Take a recording, and forget it."""


def _require_something_to_repeat(
    request: CertifyRequest, planned: Mapping[str, tuple[PlannedScenario, ...]]
) -> None:
    if request.rerun is None or any(
        request.selects(each) for many in planned.values() for each in many
    ):
        return
    message = f"everything in run {request.rerun.earlier.run_id} passed: nothing is to be repeated"
    raise NothingToRunError(message, hint="Run without --rerun-failed for a new verdict.")


def _erp(request: CertifyRequest, session: SessionOutcome) -> ErpInfo:
    release = session.release
    return ErpInfo(
        kind=ErpKind.ENVIRONMENT if request.real else ErpKind.EMULATOR,
        environment=request.real.facts.environment if request.real else "ERP1",
        version=release.version if release else "",
        label=release.label if release else request.release,
    )


def _results(
    request: CertifyRequest,
    session: SessionOutcome,
    discovery: Discovery,
    erp: ErpInfo,
    lock_digest: str,
    run_id: str,
) -> tuple[Mapping[str, Sequence[ScenarioResult]], tuple[str, ...]]:
    """Return the results by integration, those of a repeated run among them, and what to say."""
    done: dict[str, list[ScenarioResult]] = {}
    for each, result in session.results:
        done.setdefault(each.manifest.id, []).append(result)
    results: dict[str, Sequence[ScenarioResult]] = dict(done)
    notes: list[str] = []
    if request.rerun is None:
        return results, ()
    for integration in discovery.integrations:
        name = integration.manifest.id
        changes = request.rerun.changes(integration, erp, lock_digest)
        if changes:
            notes.append(
                f"{name}: what passed in {request.rerun.earlier.run_id} is not counted, because "
                f"since then there is a change in {', '.join(changes)}"
            )
        else:
            now = results.get(name, ())
            results[name] = request.rerun.joined(integration, now, run_id=run_id)
    return results, tuple(notes)
