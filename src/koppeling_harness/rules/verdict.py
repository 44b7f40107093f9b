"""The verdict of one run for one integration: N of M required executed and passed."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from koppeling_harness.model.proof import ProofState
from koppeling_harness.model.registration import Waiver
from koppeling_harness.model.result_id import ResultId
from koppeling_harness.model.run import Attempt, RequiredCount, ScenarioResult, Verdict
from koppeling_harness.model.verdict import NOT_STARTED, Outcome
from koppeling_harness.rules.judge import judge
from koppeling_harness.rules.waivers import covering, may_be_waived

_WORST_FIRST = (Outcome.FAILED, Outcome.INCONCLUSIVE, Outcome.NOT_RUN, Outcome.PASSED)


def result_id(result: ScenarioResult) -> ResultId:
    """Return the id by which a result is planned and waived: `scenario[operation]`."""
    return ResultId(result.scenario, result.operation)


def verdict(
    results: Sequence[ScenarioResult],
    *,
    required: Collection[str],
    waivers: Sequence[Waiver] = (),
    release: str,
    as_of: date,
) -> Verdict:
    """Judge one integration on one release.

    Args:
        results: What was carried out. Of several results of one id the worst counts: what passed
            at a second try did not pass. One that is marked with a waiver is waived.
        required: The planned ids that had to be executed, `scenario` or `scenario[operation]`.
        waivers: Of the registration.
        release: The release's label.
        as_of: The day on which waivers must hold.
    """
    outcomes = _worst_outcomes(results)
    required_outcomes = {each: outcomes.get(each, Outcome.NOT_RUN) for each in set(required)}
    failed = [each for each, outcome in required_outcomes.items() if outcome is Outcome.FAILED]
    marked = {result_id(each) for each in results if each.waiver}
    open_to_one = {result_id(each) for each in results if may_be_waived(each)}
    waived = [
        each
        for each, outcome in required_outcomes.items()
        if outcome in {Outcome.FAILED, Outcome.NOT_RUN}
        and each in open_to_one
        and (each in marked or covering(waivers, each, release=release, as_of=as_of))
    ]
    held = len([each for each in failed if each in waived])
    counted = list(required_outcomes.values())
    passed = counted.count(Outcome.PASSED)
    not_run = counted.count(Outcome.NOT_RUN)
    return Verdict(
        outcome=judge(
            passed=passed + len(waived),
            failed=len(failed) - held,
            inconclusive=counted.count(Outcome.INCONCLUSIVE),
            not_run=not_run - (len(waived) - held),
        ),
        required=RequiredCount(
            total=len(counted),
            executed=len(counted)
            - not_run
            - len(_never_started(results) & required_outcomes.keys()),
            passed=passed,
            proven=len(_seen_to_pass(results) & required_outcomes.keys()),
        ),
        waived=len(waived),
    )


def with_waivers(
    results: Sequence[ScenarioResult], waivers: Sequence[Waiver], *, release: str, as_of: date
) -> tuple[ScenarioResult, ...]:
    """Return results in which each that a waiver covers bears the waiver's id."""
    marked = []
    for each in results:
        waiver = covering(waivers, result_id(each), release=release, as_of=as_of)
        covered = waiver is not None and may_be_waived(each)
        marked.append(replace(each, waiver=waiver.id) if waiver and covered else each)
    return tuple(marked)


def settled(attempts: Sequence[ScenarioResult], *, run_ids: Sequence[str]) -> ScenarioResult:
    """Return what several attempts at one scenario come to: the worst of them, with all in it.

    Args:
        attempts: In the order in which they were made.
        run_ids: The run that each belongs to.
    """
    worst = min(attempts, key=lambda each: _WORST_FIRST.index(each.outcome))
    if len(attempts) == 1:
        return worst
    return replace(
        worst,
        attempts=tuple(
            made
            for each, run_id in zip(attempts, run_ids, strict=True)
            for made in each.attempts or (_attempt(each, run_id),)
        ),
        passed_on_retry=worst.outcome is not Outcome.PASSED
        and (attempts[-1].passed_on_retry or attempts[-1].outcome is Outcome.PASSED),
    )


def _attempt(result: ScenarioResult, run_id: str) -> Attempt:
    return Attempt(
        outcome=result.outcome,
        cause=result.cause,
        findings=result.findings,
        duration_s=result.duration_s,
        run_id=run_id,
    )


def _never_started(results: Sequence[ScenarioResult]) -> set[str]:
    """Return what could not be judged because the integration never came to life in it."""
    worst = _worst_outcomes(results)
    began = {result_id(each) for each in results if each.exchanges}
    never: set[str] = {
        result_id(each)
        for each in results
        if worst[result_id(each)] is Outcome.INCONCLUSIVE
        and any(one.code == NOT_STARTED for one in each.findings)
    }
    return never - began


def _seen_to_pass(results: Sequence[ScenarioResult]) -> set[str]:
    """Return what passed, with a witness, or where none is asked for a call that was observed."""
    worst = _worst_outcomes(results)
    shown = {
        result_id(each) for each in results if (_is_shown(each) if each.proof else each.exchanges)
    }
    return {each for each in shown if worst[each] is Outcome.PASSED}


def _is_shown(result: ScenarioResult) -> bool:
    return any(each.state is ProofState.PROVEN for each in result.proof)


def _worst_outcomes(results: Sequence[ScenarioResult]) -> dict[str, Outcome]:
    worst: dict[str, Outcome] = {}
    for each in results:
        known = worst.get(result_id(each), Outcome.PASSED)
        worst[result_id(each)] = min(known, each.outcome, key=_WORST_FIRST.index)
    return worst
