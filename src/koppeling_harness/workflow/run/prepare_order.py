"""Prepare an order: read the runs that it names, look at the environment that it is for."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from koppeling_harness.clock import Clock, today
from koppeling_harness.errors import UsageError
from koppeling_harness.model.order import Order
from koppeling_harness.model.run import RunRecord
from koppeling_harness.workflow.run.earlier_run import sound_run
from koppeling_harness.workflow.run.prepared_order import PreparedOrder, with_defaults
from koppeling_harness.workflow.run.releases import (
    RunRelease,
    releases_that_count,
    without_absent,
)
from koppeling_harness.workflow.run.rerun import Rerun


def prepare_orders(
    order: Order, reports: Path, *, clock: Clock, releases: Sequence[str] = (), resume: str = ""
) -> tuple[PreparedOrder, ...]:
    """Return the orders of a command, one per release, with what they take.

    Earlier runs are read, and a real environment is looked at. Without a release that is named, an
    order is about every release that counts; about one where another run, a real environment or a
    debugger sets it.

    Args:
        order: What is asked, whatever its release.
        reports: Where runs are kept.
        clock: Tells the time.
        releases: Labels of those that are meant.
        resume: A run or a command that was broken off, to go on with: what it was asked for holds,
            not `order`.

    Raises:
        UsageError: A run that is named is not there, or does not go with the rest of the order.
        RecordError: The record of one contradicts itself.
        ConfigurationError: Something of the real environment is set wrongly.
        ErpUnavailableError: It cannot be used now.
    """
    if resume:
        from koppeling_harness.workflow.run.continuation import continue_runs  # noqa: PLC0415 - seldom needed

        found = continue_runs(resume, reports, clock=clock)
        if len(found) > 1:
            named = releases_that_count(Path(), today=today(clock))
            advisory = {each.label for each in named if not each.counts}
            found = tuple(
                replace(each, counts=each.order.release not in advisory) for each in found
            )
    else:
        found = _new(order, reports, clock=clock, releases=releases)
    if not found[-1].order.environment:
        return found
    from koppeling_harness.workflow.run.real_environment import against_environment  # noqa: PLC0415

    return tuple(against_environment(each, folder=Path(), clock=clock) for each in found)


def _new(
    order: Order, reports: Path, *, clock: Clock, releases: Sequence[str]
) -> tuple[PreparedOrder, ...]:
    asked = with_defaults(replace(order, release=releases[-1] if releases else ""))
    if order.rerun_of:
        earlier = sound_run(order.rerun_of, reports, clock=clock)
        return (repeating(PreparedOrder(order=asked), earlier),)
    if len(releases) > 1:
        meant = tuple(RunRelease(label=each) for each in dict.fromkeys(releases))
    elif releases or order.environment or order.in_process:
        meant = (RunRelease(label=asked.release),)
    else:
        meant = releases_that_count(Path(), today=today(clock))
    found, notes = [], []
    for each, why_not in without_absent(meant, tuple(map(Path, asked.packs))):
        if why_not is None:
            prepared = replace(asked, release=each.label)
            found.append(PreparedOrder(order=prepared, counts=each.counts))
        else:
            notes.append(f"{each.label}: {why_not.en}")
    found[-1] = replace(found[-1], notes=tuple(notes))
    return tuple(found)


def repeating(prepared: PreparedOrder, earlier: RunRecord) -> PreparedOrder:
    """Return what is prepared to repeat what did not pass in an earlier run.

    Raises:
        UsageError: A shard is asked for; which one it is follows from the earlier run.
    """
    order = prepared.order
    if order.shard is not None:
        message = "--shard and --rerun-failed do not go together"
        raise UsageError(message, hint="The shard is that of the run that is repeated.")
    order = replace(order, release=earlier.erp.label, shard=earlier.shard)
    return replace(prepared, order=order, rerun=Rerun(earlier=earlier))
