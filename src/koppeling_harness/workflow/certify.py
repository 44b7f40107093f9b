"""The main job: run integrations against ERP1, judge, record, report."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from koppeling_harness.clock import Clock, today
from koppeling_harness.config.registration import load_waivers
from koppeling_harness.errors import (
    ConfigurationError,
    DocumentError,
    ExitCode,
    NothingToRunError,
)
from koppeling_harness.model.registration import Waiver
from koppeling_harness.model.run import (
    ErpInfo,
    ErpKind,
    HarnessInfo,
    IntegrationRecord,
    RequiredCount,
    RunRecord,
    ScenarioLock,
    ScenarioResult,
    Verdict,
)
from koppeling_harness.model.scenario import Scenario
from koppeling_harness.model.verdict import Cause, Level, Outcome
from koppeling_harness.plugin.discover import Discovery, Integration, SetAside, discover
from koppeling_harness.pytest_plugin.certification import Request
from koppeling_harness.pytest_plugin.session import SessionOutcome, run_session
from koppeling_harness.rules.verdict import result_id, verdict
from koppeling_harness.rules.waivers import expired, unused
from koppeling_harness.scenario.load import load_scenarios
from koppeling_harness.scenario.lock import Lock, lock_for
from koppeling_harness.scenario.plan import PlannedScenario, plan
from koppeling_harness.version import __version__

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
    """

    plugins: tuple[Path, ...]
    packs: tuple[Path, ...]
    release: str
    concurrency: int
    only: tuple[str, ...] = ()
    keyword: str = ""
    entry_points: bool = True


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
        session: What pytest gave, with the redactor that knows its secrets.
        exit_code: What the process says.
        folders: Where the integrations that were judged lie.
    """

    record: RunRecord
    session: SessionOutcome
    exit_code: ExitCode
    folders: tuple[Path, ...]


def certify(request: CertifyRequest, *, clock: Clock, progress: Progress) -> Certified:
    """Run the scenarios that apply, and judge every integration.

    Raises:
        NothingToRunError: No integration, or no scenario that applies to one.
        ConfigurationError: An integration that was asked for by name cannot be loaded.
        DocumentError: Scenario files have problems.
    """
    started_at = clock.now()
    discovery = _discover(request)
    pack = load_scenarios(request.packs)
    lock = lock_for(request.packs, pack, release=request.release)
    discovery, own = _own_scenarios(discovery)
    planned = _plan_all(discovery.integrations, pack, own, request.release)
    if not planned and not discovery.set_aside:
        message = f"no scenario applies to any integration on {request.release}"
        raise NothingToRunError(message, hint="See `koppeling scenarios list`.")
    run_id = f"{started_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    session = run_session(
        Request(
            discovery=discovery,
            release=request.release,
            run_id=run_id,
            seed=secrets.randbits(32),
            concurrency=request.concurrency,
            clock=clock,
            on_result=progress.on_result,
            loaded=_by_path([*pack, *(each for many in own.values() for each in many)]),
        ),
        _paths(request, discovery),
        keyword=request.keyword,
        on_collected=progress.on_collected,
    )
    record = _record(request, session, discovery, planned, lock, (run_id, started_at, clock))
    return Certified(
        record=record,
        session=session,
        exit_code=_exit_code(record, session),
        folders=tuple(each.folder for each in discovery.integrations),
    )


def _discover(request: CertifyRequest) -> Discovery:
    found = discover(request.plugins, entry_points=request.entry_points)
    if not request.only:
        if not found.integrations and not found.set_aside:
            places = ", ".join(str(path) for path in request.plugins) or "no folder"
            message = f"no integration found ({places})"
            raise NothingToRunError(message, hint="Point --plugin at a folder with koppeling.yaml.")
        return found
    refused = [each for each in found.set_aside if each.name in request.only]
    if refused:
        raise ConfigurationError("\n".join(f"{each.where}: {each.problem}" for each in refused))
    known = {each.manifest.id for each in found.integrations}
    unknown = [name for name in request.only if name not in known]
    if unknown:
        message = f"no integration {', '.join(unknown)}; there are: {', '.join(sorted(known))}"
        raise ConfigurationError(message)
    chosen = tuple(each for each in found.integrations if each.manifest.id in request.only)
    return Discovery(integrations=chosen, set_aside=())


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


def _plan_all(
    integrations: Sequence[Integration],
    pack: Sequence[Scenario],
    own: Mapping[str, tuple[Scenario, ...]],
    release: str,
) -> dict[str, tuple[PlannedScenario, ...]]:
    planned = {
        each.manifest.id: plan([*pack, *own[each.manifest.id]], each.manifest, release=release)
        for each in integrations
    }
    return {name: many for name, many in planned.items() if many}


def _by_path(scenarios: Sequence[Scenario]) -> dict[Path, Scenario]:
    return {Path(each.place.rsplit(":", 2)[0]).resolve(): each for each in scenarios}


def _paths(request: CertifyRequest, discovery: Discovery) -> list[Path]:
    """Return where scenarios lie: folders, because pytest reads a file's folder for each file."""
    own = [each.scenarios for each in discovery.integrations if each.scenarios is not None]
    return [*request.packs, *own]


def _record(
    request: CertifyRequest,
    session: SessionOutcome,
    discovery: Discovery,
    planned: Mapping[str, tuple[PlannedScenario, ...]],
    lock: Lock,
    run: tuple[str, datetime, Clock],
) -> RunRecord:
    run_id, started_at, clock = run
    results: dict[str, list[ScenarioResult]] = {}
    for each, result in session.results:
        results.setdefault(each.manifest.id, []).append(result)
    integrations = [
        _judged(
            each,
            planned.get(each.manifest.id, ()),
            tuple(results.get(each.manifest.id, ())),
            request,
            clock,
        )
        for each in discovery.integrations
    ]
    release = session.release
    return RunRecord(
        run_id=run_id,
        started_at=started_at,
        finished_at=clock.now(),
        harness=HarnessInfo(version=__version__),
        erp=ErpInfo(
            kind=ErpKind.EMULATOR,
            environment="ERP1",
            version=release.version if release else "",
            label=release.label if release else request.release,
        ),
        scenario_lock=ScenarioLock(
            digest=lock.digest(request.release), required=len(lock.required(request.release))
        ),
        integrations=(*integrations, *(_set_aside(each) for each in discovery.set_aside)),
    )


def _judged(
    integration: Integration,
    planned: Sequence[PlannedScenario],
    results: tuple[ScenarioResult, ...],
    request: CertifyRequest,
    clock: Clock,
) -> IntegrationRecord:
    manifest = integration.manifest
    required = [each.id for each in planned if each.scenario.level is Level.REQUIRED]
    waivers, as_of = load_waivers(integration.folder), today(clock)
    return IntegrationRecord(
        id=manifest.id,
        version=manifest.version,
        digest=integration.digest,
        verdict=verdict(
            results, required=required, waivers=waivers, release=request.release, as_of=as_of
        ),
        results=results,
        title=manifest.title,
        partner=manifest.partner.name,
        waiver_problems=_waiver_problems(waivers, results, request.release, as_of),
    )


def _waiver_problems(
    waivers: Sequence[Waiver], results: Sequence[ScenarioResult], release: str, as_of: date
) -> tuple[str, ...]:
    meant = [each for each in waivers if release in each.releases]
    failed = {result_id(each) for each in results if each.outcome is Outcome.FAILED}
    over = expired(meant, as_of=as_of)
    idle = [each for each in unused(meant, failed=failed, release=release) if each not in over]
    return (
        *(f"waiver {each.id} for {each.scenario} expired after {each.until}" for each in over),
        *(f"waiver {each.id} for {each.scenario} is not needed: nothing failed" for each in idle),
    )


def _set_aside(each: SetAside) -> IntegrationRecord:
    hint = f"\n    hint: {each.hint}" if each.hint else ""
    return IntegrationRecord(
        id=each.name,
        version="",
        digest="",
        verdict=Verdict(
            outcome=Outcome.NOT_RUN, required=RequiredCount(total=0, executed=0, passed=0)
        ),
        results=(),
        problem=f"{each.where}: {each.problem}{hint}",
    )


def _exit_code(record: RunRecord, session: SessionOutcome) -> ExitCode:
    """Return what the process says of a run; the heaviest thing that is true of it."""
    if session.interrupted:
        return ExitCode.INTERRUPTED
    outcomes = {each.verdict.outcome for each in record.integrations if not each.problem}
    causes = {
        result.cause
        for each in record.integrations
        for result in each.results
        if result.outcome is not Outcome.PASSED and result.level is Level.REQUIRED
    }
    if Outcome.FAILED in outcomes:
        return ExitCode.NOT_PASSED
    if Cause.HARNESS in causes:
        return ExitCode.HARNESS_ERROR
    if Outcome.NOT_RUN in outcomes:
        return ExitCode.REQUIRED_NOT_EXECUTED
    if Outcome.INCONCLUSIVE in outcomes:
        return ExitCode.CONFIGURATION if causes == {Cause.CONFIGURATION} else ExitCode.ENVIRONMENT
    if any(each.problem for each in record.integrations):
        return ExitCode.CONFIGURATION
    if any(each.waiver_problems for each in record.integrations):
        return ExitCode.WAIVER
    return ExitCode.PASSED
