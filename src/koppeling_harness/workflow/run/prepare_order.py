"""Prepare an order: read the runs that it names, look at the environment that it is for."""

from dataclasses import replace
from pathlib import Path

from koppeling_harness.clock import Clock
from koppeling_harness.errors import UsageError
from koppeling_harness.model.order import Order
from koppeling_harness.model.run import RunRecord
from koppeling_harness.workflow.run.earlier_run import sound_run
from koppeling_harness.workflow.run.prepared_order import PreparedOrder, with_defaults
from koppeling_harness.workflow.run.rerun import Rerun


def prepare_order(order: Order, reports: Path, *, clock: Clock, resume: str = "") -> PreparedOrder:
    """Return an order with what it takes: earlier runs are read, a real environment is looked at.

    Args:
        order: What is asked.
        reports: Where runs are kept.
        clock: Tells the time.
        resume: A run that was broken off, to go on with: what it was asked for holds, not `order`.

    Raises:
        UsageError: A run that is named is not there, or does not go with the rest of the order.
        RecordError: The record of one contradicts itself.
        ConfigurationError: Something of the real environment is set wrongly.
        ErpUnavailableError: It cannot be used now.
    """
    if resume:
        from koppeling_harness.workflow.run.continuation import continue_run  # noqa: PLC0415 - seldom needed

        prepared = continue_run(resume, reports, clock=clock)
    else:
        prepared = PreparedOrder(order=with_defaults(order))
        if order.rerun_of:
            prepared = repeating(prepared, sound_run(order.rerun_of, reports, clock=clock))
    if prepared.order.environment:
        from koppeling_harness.workflow.run.real_environment import against_environment  # noqa: PLC0415

        prepared = against_environment(prepared, folder=Path(), clock=clock)
    return prepared


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
