"""The main job: run integrations against ERP1, judge, record, report."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from koppeling_harness.clock import Clock, today
from koppeling_harness.errors import (
    ConfigurationError,
    DocumentError,
    ExitCode,
    NothingToRunError,
    UsageError,
)
from koppeling_harness.model.exchange import Recording
from koppeling_harness.model.run import (
    ErpInfo,
    ErpKind,
    HarnessInfo,
    RunRecord,
    ScenarioLock,
    ScenarioResult,
    Shard,
)
from koppeling_harness.model.run_journal import RunBegin, RunOrder
from koppeling_harness.model.scenario import Scenario
from koppeling_harness.plugin.discover import Discovery, Integration, SetAside, discover
from koppeling_harness.plugin.isolated import with_environments
from koppeling_harness.plugin.requires import with_runtimes
from koppeling_harness.pytest_plugin.certification import Request
from koppeling_harness.pytest_plugin.session import SessionOutcome, run_session
from koppeling_harness.rules.sharding import is_in_shard
from koppeling_harness.scenario.load import load_scenarios
from koppeling_harness.scenario.lock import lock_for
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.store.run_journal import BrokenRun
from koppeling_harness.traffic import Redactor
from koppeling_harness.version import __version__
from koppeling_harness.workflow.judged import judged, run_exit_code, set_aside
from koppeling_harness.workflow.keep_traffic import TrafficKeeper
from koppeling_harness.workflow.plan_all import plan_all
from koppeling_harness.workflow.rerun import Rerun
from koppeling_harness.workflow.resume import (
    ResultKeeper,
    Resumed,
    breaks_of,
    resumed,
    with_kept,
)

if TYPE_CHECKING:
    from koppeling_harness.pytest_plugin.real_erp import RealTarget

OnResult = Callable[[PlannedScenario, ScenarioResult], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class CertifyRequest:
    """What is to be certified.

    Attributes:
        plugins: Folders of integrations; each an integration's own or one that holds several.
        packs: Folders and files with scenarios.
        release: Label of the Profit release that ERP1 imitates.
        concurrency: Scenarios in flight at most.
        only: Ids of the integrations that are meant; all when empty.
        keyword: As pytest's `-k`.
        entry_points: Whether installed plugins count too.
        shard: The part of the run to carry out; all of it when None.
        retries: How often a scenario is repeated when the environment kept it from being judged.
        rerun: The run of which to repeat what did not pass.
        ids: By integration the ids of the scenarios that are meant; all when None.
        seed: What generated values follow from; chosen when None.
        keep_traffic: Whether what went over the wire is written too.
        isolated: Whether each integration in Python gets an environment of its own, also one
            whose manifest names no requirements.
        in_process: Whether hooks in Python run in this process, for a debugger.
        real: The real environment to run against; the emulated ERP1 when None.
        environment: Its name in the settings.
        resume: The run that was broken off, to go on with; None for a new one.
    """

    plugins: tuple[Path, ...]
    packs: tuple[Path, ...]
    release: str
    concurrency: int
    only: tuple[str, ...] = ()
    keyword: str = ""
    entry_points: bool = True
    shard: Shard | None = None
    retries: int = 0
    rerun: Rerun | None = None
    ids: Mapping[str, frozenset[str]] | None = None
    seed: int | None = None
    keep_traffic: bool = True
    isolated: bool = False
    in_process: bool = False
    real: "RealTarget | None" = None
    environment: str = ""
    resume: BrokenRun | None = None

    def order(self) -> RunOrder:
        """Return what is asked, to be asked again."""
        return RunOrder(
            plugins=tuple(map(str, self.plugins)),
            packs=tuple(map(str, self.packs)),
            release=self.release,
            concurrency=self.concurrency,
            only=self.only,
            keyword=self.keyword,
            entry_points=self.entry_points,
            shard=self.shard,
            retries=self.retries,
            rerun_of=self.rerun.earlier.run_id if self.rerun else "",
            environment=self.environment,
            keep_traffic=self.keep_traffic,
            isolated=self.isolated,
        )

    def selects(self, planned: PlannedScenario) -> bool:
        """Return whether a scenario is to be carried out."""
        integration, scenario = planned.manifest.id, planned.id
        return (
            (self.shard is None or is_in_shard(integration, scenario, self.shard))
            and (self.rerun is None or self.rerun.is_repeated(integration, scenario))
            and (self.ids is None or scenario in self.ids.get(integration, ()))
        )


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
    pack = load_scenarios(request.packs)
    lock = lock_for(request.packs, pack, release=request.release)
    discovery, own = _own_scenarios(discovery)
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


def find_integrations(request: CertifyRequest) -> Discovery:
    """Return the integrations that a request means, ready to be started.

    Raises:
        NothingToRunError: There is none.
        ConfigurationError: One that was asked for by name cannot be loaded.
        UsageError: It asks for hooks in this process, of more than one integration.
    """
    found = discover(request.plugins, entry_points=request.entry_points)
    if request.rerun is not None:
        found = _of_run(found, request.rerun)
    if request.only:
        found = _named(found, request.only)
    elif not found.integrations and not found.set_aside:
        places = ", ".join(str(path) for path in request.plugins) or "no folder"
        message = f"no integration found ({places})"
        raise NothingToRunError(message, hint="Point --plugin at a folder with koppeling.yaml.")
    found = with_runtimes(found)
    if request.in_process:
        _require_one(found, isolated=request.isolated)
    else:
        found = with_environments(found, everyone=request.isolated)
    asked_for = {str(path) for path in request.plugins}
    for each in found.set_aside:
        if each.name in request.only or (each.missing_runtime and each.where in asked_for):
            message = f"{each.where}: {each.problem}"
            raise ConfigurationError(message, hint=each.hint)
    return found


def _require_one(found: Discovery, *, isolated: bool) -> None:
    """Raise when hooks cannot run in this process: two integrations would be in each other's way.

    Raises:
        UsageError: It is not one integration in Python, or it is to be isolated as well.
    """
    kinds = [each.manifest.runtime.kind for each in found.integrations]
    if kinds != ["python"] or isolated:
        message = "--in-process is for a debugger: it takes one integration, in Python"
        hint = "Name the integration, and leave out --isolated."
        raise UsageError(message, hint=hint)


def _named(found: Discovery, names: Sequence[str]) -> Discovery:
    refused = [each for each in found.set_aside if each.name in names]
    if refused:
        raise ConfigurationError("\n".join(f"{each.where}: {each.problem}" for each in refused))
    known = {each.manifest.id for each in found.integrations}
    unknown = [name for name in names if name not in known]
    if unknown:
        message = f"no integration {', '.join(unknown)}; there are: {', '.join(sorted(known))}"
        raise ConfigurationError(message)
    chosen = tuple(each for each in found.integrations if each.manifest.id in names)
    return Discovery(integrations=chosen, set_aside=())


def _of_run(found: Discovery, rerun: Rerun) -> Discovery:
    """Return only what an earlier run was about."""
    known = rerun.integrations
    return Discovery(
        integrations=tuple(each for each in found.integrations if each.manifest.id in known),
        set_aside=tuple(each for each in found.set_aside if each.name in known),
    )


def _own_scenarios(
    discovery: Discovery,
) -> tuple[Discovery, Mapping[str, tuple[Scenario, ...]]]:
    """Return each integration's own scenarios; whose files have problems is set aside."""
    own: dict[str, tuple[Scenario, ...]] = {}
    kept: list[Integration] = []
    set_aside: list[SetAside] = list(discovery.set_aside)
    for each in discovery.integrations:
        try:
            own[each.manifest.id] = load_scenarios([each.scenarios] if each.scenarios else [])
        except DocumentError as error:
            set_aside.append(
                SetAside(
                    name=each.manifest.id,
                    where=str(each.scenarios),
                    problem=error.render(),
                    hint="Run `koppeling scenarios check`.",
                )
            )
        else:
            kept.append(each)
    return Discovery(integrations=tuple(kept), set_aside=tuple(set_aside)), own


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
    results: dict[str, Sequence[ScenarioResult]] = {}
    for each, result in session.results:
        results[each.manifest.id] = (*results.get(each.manifest.id, ()), result)
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
