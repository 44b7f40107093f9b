"""Waivers: what each covers, and which have had their day.

A waiver holds through its last day, for the releases and the scenario it names; it turns a
failure, or a scenario that ran and proves nothing, into "passed with a waiver", and nothing else
(rule R17).
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date

from koppeling_harness.model.registration import Waiver
from koppeling_harness.model.result_id import ResultId
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.model.verdict import UNPROVEN, Outcome


def may_be_waived(result: ScenarioResult) -> bool:
    """Return whether a result is what a waiver may cover: it failed, or ran and proves nothing."""
    if result.outcome is Outcome.NOT_RUN:
        return any(each.code in UNPROVEN for each in result.findings)
    return result.outcome is Outcome.FAILED


def is_expired(waiver: Waiver, *, as_of: date) -> bool:
    """Return whether the waiver's last day has passed."""
    return as_of > waiver.until


def is_about(waiver: Waiver, scenario: str, *, release: str) -> bool:
    """Return whether the waiver is meant for a scenario on a release, whatever the date.

    Args:
        waiver: The waiver; one for `scenario` is meant for each of its operations.
        scenario: `scenario` or `scenario[operation]`.
        release: The release's label.
    """
    return release in waiver.releases and waiver.scenario in (
        scenario,
        ResultId.read(scenario).scenario,
    )


def covering(
    waivers: Iterable[Waiver], scenario: str, *, release: str, as_of: date
) -> Waiver | None:
    """Return the waiver that covers a scenario on a day; of several, the longest."""
    found = [
        each
        for each in waivers
        if is_about(each, scenario, release=release) and not is_expired(each, as_of=as_of)
    ]
    return max(found, key=lambda each: (each.until, each.id), default=None)


def expired(waivers: Iterable[Waiver], *, as_of: date) -> tuple[Waiver, ...]:
    """Return the waivers whose last day has passed."""
    return tuple(each for each in waivers if is_expired(each, as_of=as_of))


def unused(
    waivers: Sequence[Waiver],
    *,
    failed: Collection[str],
    executed: Collection[str] | None = None,
    release: str,
) -> tuple[Waiver, ...]:
    """Return the waivers for a release whose scenarios were carried out and did not fail.

    Args:
        waivers: All of them.
        failed: Ids of the scenarios that failed on the release, or proved nothing.
        executed: Ids of those that were carried out; of all, when None.
        release: Its label; waivers for other releases only are left out.
    """
    return tuple(
        each
        for each in waivers
        if release in each.releases
        and (
            executed is None
            or any(is_about(each, scenario, release=release) for scenario in executed)
        )
        and not any(is_about(each, scenario, release=release) for scenario in failed)
    )
