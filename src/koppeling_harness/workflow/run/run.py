"""`koppeling run` from end to end: prepare, certify, and conclude."""

from pathlib import Path
from typing import TYPE_CHECKING

from koppeling_harness.clock import Clock
from koppeling_harness.engine.observer import Observer, Observers
from koppeling_harness.model.order import Order
from koppeling_harness.store.files import require_writable
from koppeling_harness.workflow.run.certify import certify
from koppeling_harness.workflow.run.prepare_order import prepare_order
from koppeling_harness.workflow.run.prepare_reports import ReportPreparer
from koppeling_harness.workflow.run.prepared_order import PreparedOrder

if TYPE_CHECKING:
    from koppeling_harness.workflow.run.conclude import RunDone, Written


def run_and_write(
    order: Order, reports: Path, *, clock: Clock, observer: Observer, resume: str = ""
) -> "RunDone":
    """Certify what an order asks, and write the reports.

    Args:
        order: What is asked.
        reports: Where runs are kept.
        clock: Tells the time.
        observer: Is told how far the run is.
        resume: A run that was broken off, to go on with; what it was asked for holds.

    Raises:
        HarnessError: No verdict was reached; see `prepare_order`, `certify` and `conclude`.
    """
    prepared = prepare_order(order, reports, clock=clock, resume=resume)
    where = prepared.reports or reports  # what is gone on with stays where it is
    require_writable(where)
    return certify_and_write(prepared, where, clock=clock, observer=observer).done


def certify_and_write(
    prepared: PreparedOrder, reports: Path, *, clock: Clock, observer: Observer
) -> "Written":
    """Certify, and write record and reports.

    Args:
        prepared: What to certify.
        reports: Where runs are kept.
        clock: Tells the time.
        observer: Is told how far the run is.

    Raises:
        HarnessError: No verdict was reached; see `certify` and `conclude`.
    """
    preparer = ReportPreparer()
    certified = certify(
        prepared,
        clock=clock,
        observer=Observers(observer, preparer),
        traffic=reports if prepared.order.keep_traffic else None,
        reports=reports,
    )
    from koppeling_harness.workflow.run.conclude import conclude  # noqa: PLC0415 - by now it is there

    return conclude(certified, reports, clock=clock, forms=preparer.forms)
