"""From results to verdicts: an integration's part of the record, and what the process says."""

from collections.abc import Callable, Collection, Sequence
from datetime import date

from koppeling_harness.errors import ExitCode, first_that_holds
from koppeling_harness.model.deadline import Deadline
from koppeling_harness.model.order import Order
from koppeling_harness.model.partner import Identity
from koppeling_harness.model.registration import Waiver
from koppeling_harness.model.run import (
    IntegrationRecord,
    NotAsked,
    RequiredCount,
    RestsOn,
    RunRecord,
    ScenarioResult,
    Scope,
    Verdict,
)
from koppeling_harness.model.verdict import Cause, Level, Outcome
from koppeling_harness.plugin.discover import Integration, SetAside
from koppeling_harness.plugin.folder_text import texts_in
from koppeling_harness.rules.deadlines import endings, searched_texts
from koppeling_harness.rules.disputes import disputed
from koppeling_harness.rules.scope import by_another, exercised
from koppeling_harness.rules.sharding import own_part
from koppeling_harness.rules.unseen import with_unseen
from koppeling_harness.rules.verdict import result_id, verdict, with_waivers
from koppeling_harness.rules.waivers import covering, expired, is_about, may_be_waived, unused
from koppeling_harness.scenario.looking import looks
from koppeling_harness.scenario.plan import PlannedScenario

WHOLE = Scope(whole=True)

NO_ISOLATION, SANDBOX = "none", "sandbox"


def isolation_of(order: Order) -> str:
    """Return how the processes of integrations are kept apart."""
    return SANDBOX if order.sandbox else NO_ISOLATION


def _all_of_it(_integration: str, _scenario: str) -> bool:
    return True


def judged(
    integration: Integration,
    planned: Sequence[PlannedScenario],
    results: Sequence[ScenarioResult],
    *,
    release: str,
    as_of: date,
    is_share: Callable[[str, str], bool] = _all_of_it,
    waivers: Sequence[Waiver] = (),
    scope: Scope = WHOLE,
    not_asked: Sequence[NotAsked] = (),
    own: Collection[str] = (),
    rests_on: RestsOn | None = None,
    isolation: str = NO_ISOLATION,
    deadlines: Sequence[Deadline] | None = None,
    seen: Collection[str] | None = None,
) -> IntegrationRecord:
    """Return what is recorded of one integration, with its verdict.

    Args:
        integration: The integration.
        planned: All that applies to it, whatever was carried out.
        results: What was carried out.
        release: The release's label.
        as_of: The day on which waivers must hold.
        is_share: Whether a scenario of an integration is in the part of a run that this is; the
            verdict counts against that part alone.
        waivers: What AFAS granted; a partner's own file grants nothing.
        scope: How much of what is asked of it the run was about.
        not_asked: What could not be carried out there, and so is not required.
        own: Ids of what is the integration's own, and on no list.
        rests_on: What its verdict rests on.
        isolation: How its processes were kept apart.
        deadlines: What ends on which day; the data file when None.
        seen: The emulator's behaviours that were seen at AFAS; None for a real environment.
    """
    manifest = integration.manifest
    aside = {each.id for each in not_asked}
    needed = [each.id for each in planned if each.level is Level.REQUIRED]
    required = [each for each in needed if each not in aside]
    declared = tuple(sorted([*manifest.connectors, *manifest.calls], key=str.lower))
    marked = with_waivers(results, waivers, release=release, as_of=as_of)
    if seen is not None:
        marked = with_unseen(marked, seen)
    share = [each for each in required if is_share(manifest.id, each)]
    return IntegrationRecord(
        id=manifest.id,
        version=manifest.version,
        digest=integration.digest,
        verdict=verdict(marked, required=share, release=release, as_of=as_of),
        results=marked,
        title=manifest.title,
        partner=manifest.partner.name,
        waiver_problems=_waiver_problems(waivers, results, release, as_of),
        lapsed_waivers=_lapsed(waivers, results, release, as_of),
        required_ids=tuple(required),
        own_ids=tuple(each for each in required if each in own),
        own_looking=tuple(one.id for one in planned if one.id in own and looks(one.scenario)),
        by_another=by_another(manifest.operations, results),
        not_asked=tuple(not_asked),
        scope=scope,
        identity=Identity(
            integration_id=manifest.integration_id, subscription=manifest.partner.subscription
        ),
        declared=declared,
        release_declared=release in manifest.releases,
        exercised=exercised(results, declared),
        disputed=disputed(manifest.disputed, marked),
        ends=endings(
            manifest,
            results,
            day=as_of,
            texts=texts_in(integration.folder, searched_texts(deadlines)),
            book=deadlines,
        ),
        rests_on=rests_on,
        isolation=isolation,
        state=manifest.state,
        variables=integration.variables,
        variables_withheld=integration.withheld,
    )


def _waiver_problems(
    waivers: Sequence[Waiver], results: Sequence[ScenarioResult], release: str, as_of: date
) -> tuple[str, ...]:
    meant = [each for each in waivers if release in each.releases]
    failed = {result_id(each) for each in results if may_be_waived(each)}
    over = expired(meant, as_of=as_of)
    executed = {result_id(each) for each in results if each.outcome is not Outcome.NOT_RUN}
    idle = [
        each
        for each in unused(meant, failed=failed, executed=executed, release=release)
        if each not in over
    ]
    return (
        *(f"waiver {each.id} for {each.scenario} expired after {each.until}" for each in over),
        *(f"waiver {each.id} for {each.scenario} is not needed: it passed" for each in idle),
    )


def _lapsed(
    waivers: Sequence[Waiver], results: Sequence[ScenarioResult], release: str, as_of: date
) -> tuple[str, ...]:
    """Return which waivers expired while what they were for still fails."""
    failed = [result_id(each) for each in results if may_be_waived(each)]
    return tuple(
        each.id
        for each in expired(waivers, as_of=as_of)
        if any(is_about(each, scenario, release=release) for scenario in failed)
        and not any(
            covering(waivers, scenario, release=release, as_of=as_of)
            for scenario in failed
            if is_about(each, scenario, release=release)
        )
    )


LACKS_CONNECTORS = "missing_connectors"
"""Value of `problem_kind` for an integration that declares what ERP1 does not have."""
NEVER_BEGAN = "never_began"
"""Value of `problem_kind` for an integration whose program does not start."""
MISSING_RUNTIME = "missing_runtime"
"""Value of `problem_kind` for an integration whose programs are not there."""


def set_aside(each: SetAside, *, allow_missing: Collection[str] = ()) -> IntegrationRecord:
    """Return what is recorded of an integration that could not be loaded.

    Args:
        each: Which one, and why.
        allow_missing: Programs whose absence is known.
    """
    allowed = bool(each.missing) and set(each.missing) <= set(allow_missing)
    hint = f"\n    hint: {each.hint}" if each.hint else ""
    if each.missing and not allowed:
        names = ", ".join(f'"{name}"' for name in each.missing)
        hint += f"\n    known here? koppeling.toml, [run]: allow_missing = [{names}]"
    return IntegrationRecord(
        id=each.name,
        version="",
        digest="",
        verdict=Verdict(
            outcome=Outcome.NOT_RUN, required=RequiredCount(total=0, executed=0, passed=0)
        ),
        results=(),
        problem=f"{each.where}: {each.problem}{hint}",
        problem_kind=_kind(each),
        declared=each.declared,
        problem_advice=each.advice,
        missing=each.missing,
        missing_allowed=allowed,
    )


def _kind(each: SetAside) -> str:
    kinds = (
        (MISSING_RUNTIME, each.missing_runtime),
        (LACKS_CONNECTORS, each.lacks),
        (NEVER_BEGAN, each.never_began),
    )
    return next((kind for kind, holds in kinds if holds), "")


def run_exit_code(record: RunRecord, *, interrupted: bool = False) -> ExitCode:
    """Return what the process says of a run: the first of all that is true of it.

    In a shard an integration may have no required scenario, and which waivers are needed is known
    only when the shards are merged; neither is held against it, nor what another shard sets aside.
    """
    mine = own_part(record).integrations
    judged = [
        each
        for each in mine
        if not each.problem and not (record.shard and each.verdict.required.total == 0)
    ]
    codes = {ExitCode.INTERRUPTED} if interrupted else set[ExitCode]()
    if any(each.secrets_found for each in record.integrations):
        codes.add(ExitCode.SECRET_FOUND)
    codes |= _of_set_aside(mine)
    codes |= _of_verdicts(judged)
    if record.shard is None and any(each.lapsed_waivers for each in judged):
        codes.add(ExitCode.WAIVER)
    return first_that_holds(codes)


def _of_set_aside(meant: Sequence[IntegrationRecord]) -> set[ExitCode]:
    """Return what follows from what could not be loaded: nobody was judged, or not everybody."""
    aside = [each for each in meant if each.problem]
    if aside and len(aside) == len(meant):
        return {ExitCode.CONFIGURATION}
    if all(each.missing_allowed for each in aside):
        return set()
    return {ExitCode.REQUIRED_NOT_EXECUTED}


def _of_verdicts(judged: Sequence[IntegrationRecord]) -> set[ExitCode]:
    outcomes = {each.verdict.outcome for each in judged}
    causes = {
        result.cause
        for each in judged
        for result in each.results
        if result.outcome is not Outcome.PASSED and result.level is Level.REQUIRED
    }
    codes = set()
    if Outcome.FAILED in outcomes:
        codes.add(ExitCode.NOT_PASSED)
    if Cause.HARNESS in causes:
        codes.add(ExitCode.HARNESS_ERROR)
    if Outcome.NOT_RUN in outcomes:
        codes.add(ExitCode.REQUIRED_NOT_EXECUTED)
    if Outcome.INCONCLUSIVE in outcomes:
        only_configuration = causes == {Cause.CONFIGURATION}
        codes.add(ExitCode.CONFIGURATION if only_configuration else ExitCode.ENVIRONMENT)
    return codes
