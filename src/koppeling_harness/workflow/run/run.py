"""`koppeling run` from end to end: prepare, certify, and conclude."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from koppeling_harness.clock import Clock
from koppeling_harness.engine.observer import Observer, Observers
from koppeling_harness.model.order import Order
from koppeling_harness.store.files import require_writable
from koppeling_harness.workflow.run.certify import certify_releases
from koppeling_harness.workflow.run.prepare_order import prepare_orders
from koppeling_harness.workflow.run.prepare_reports import ReportPreparer
from koppeling_harness.workflow.run.prepared_order import PreparedOrder

if TYPE_CHECKING:
    from koppeling_harness.workflow.run.conclude import RunDone, Written


def run_and_write(
    order: Order,
    reports: Path,
    *,
    clock: Clock,
    observer: Observer,
    releases: Sequence[str] = (),
    resume: str = "",
    junit: str = "strict",
) -> "RunDone":
    """Certify what an order asks on every release that is meant, and write the reports.

    Args:
        order: What is asked.
        reports: Where runs are kept.
        clock: Tells the time.
        observer: Is told how far the run is.
        releases: Labels of those that are meant; those that count when empty.
        resume: What was broken off, to go on with; what it was asked for holds.
        junit: Which tools `junit.xml` is for: `strict`, or `pytest`.

    Raises:
        HarnessError: No verdict was reached; see `prepare_orders`, `certify_releases` and
            `conclude`.
    """
    prepared = prepare_orders(order, reports, clock=clock, releases=releases, resume=resume)
    where = prepared[-1].reports or reports  # what is gone on with stays where it is
    require_writable(where)
    written = certify_and_write(prepared, where, clock=clock, observer=observer, junit=junit)
    sets_one = order.environment or order.rerun_of or order.in_process or resume
    return written.done(as_one=len(prepared) == 1 and bool(len(set(releases)) == 1 or sets_one))


def certify_and_write(
    prepared: Sequence[PreparedOrder],
    reports: Path,
    *,
    clock: Clock,
    observer: Observer,
    junit: str = "strict",
) -> "Written":
    """Certify, and write records and reports.

    Args:
        prepared: What to certify, an order per release; see `certify_releases`.
        reports: Where runs are kept.
        clock: Tells the time.
        observer: Is told how far the run is.
        junit: Which tools `junit.xml` is for: `strict`, or `pytest`.

    Raises:
        HarnessError: No verdict was reached; see `certify_releases` and `conclude`.
    """
    preparer = ReportPreparer()
    certified = certify_releases(
        prepared,
        clock=clock,
        observer=Observers(observer, preparer),
        traffic=reports if prepared[-1].order.keep_traffic else None,
        reports=reports,
    )
    # by now they are there
    from koppeling_harness.report.junit import JunitDialect  # noqa: PLC0415
    from koppeling_harness.workflow.run.conclude import conclude  # noqa: PLC0415

    dialect = JunitDialect(junit)
    return conclude(certified, reports, clock=clock, forms=preparer.forms, junit=dialect)
