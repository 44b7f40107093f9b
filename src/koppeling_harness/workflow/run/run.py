"""`koppeling run` from end to end: prepare, certify, and conclude."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from koppeling_harness.clock import Clock
from koppeling_harness.engine.observer import Observer, Observers
from koppeling_harness.errors import ExitCode, HarnessError
from koppeling_harness.model.order import Order
from koppeling_harness.report.clean import one_line
from koppeling_harness.store.files import require_writable
from koppeling_harness.workflow.run.certify import certify_releases
from koppeling_harness.workflow.run.prepare_order import prepare_orders
from koppeling_harness.workflow.run.prepare_reports import ReportPreparer
from koppeling_harness.workflow.run.prepared_order import PreparedOrder

if TYPE_CHECKING:
    from koppeling_harness.evidence.keys import SigningKey
    from koppeling_harness.workflow.run.conclude import RunDone, Written
    from koppeling_harness.workflow.run.one_run import Elsewhere


def run_and_write(
    order: Order,
    reports: Path,
    *,
    clock: Clock,
    observer: Observer,
    releases: Sequence[str] = (),
    resume: str = "",
    junit: str = "strict",
    key: "SigningKey | None" = None,
    elsewhere: "Elsewhere | None" = None,
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
        key: Signs what was written; nothing is signed when None.
        elsewhere: Carries it out; this machine does when None.

    Raises:
        HarnessError: No verdict was reached; see `prepare_orders`, `certify_releases` and
            `conclude`.
    """
    prepared = prepare_orders(order, reports, clock=clock, releases=releases, resume=resume)
    where = prepared[-1].reports or reports  # what is gone on with stays where it is
    require_writable(where)
    written = certify_and_write(
        prepared, where, clock=clock, observer=observer, junit=junit, elsewhere=elsewhere
    )
    sets_one = order.environment or order.rerun_of or order.in_process or resume
    done = written.done(as_one=len(prepared) == 1 and bool(len(set(releases)) == 1 or sets_one))
    return done if key is None else _signed(done, written, where, key, clock)


def _signed(
    done: "RunDone", written: "Written", reports: Path, key: "SigningKey", clock: Clock
) -> "RunDone":
    """Sign what was written, and return what is said of it too; a verdict stands without it."""
    # only who signs waits for it
    from koppeling_harness.workflow.evidence.sign import sign, signed_lines  # noqa: PLC0415

    lines: list[str] = []
    code = done.exit_code
    for each in written.certified:
        try:
            signed = sign(reports / each.record.run_id, key, clock=clock)
        except HarnessError as error:
            lines.append(f"not signed: {one_line(error.message, limit=1000)}")
            code = error.exit_code if code is ExitCode.PASSED else code
        else:
            lines += signed_lines([signed])
    text = "\n".join([done.text, *dict.fromkeys(lines)])
    return replace(done, text=text, exit_code=code)


def certify_and_write(
    prepared: Sequence[PreparedOrder],
    reports: Path,
    *,
    clock: Clock,
    observer: Observer,
    junit: str = "strict",
    elsewhere: "Elsewhere | None" = None,
) -> "Written":
    """Certify, and write records and reports.

    Args:
        prepared: What to certify, an order per release; see `certify_releases`.
        reports: Where runs are kept.
        clock: Tells the time.
        observer: Is told how far the run is.
        junit: Which tools `junit.xml` is for: `strict`, or `pytest`.
        elsewhere: Carries it out; this machine does when None.

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
        elsewhere=elsewhere,
    )
    # by now they are there
    from koppeling_harness.report.junit import JunitDialect  # noqa: PLC0415
    from koppeling_harness.workflow.run.conclude import conclude  # noqa: PLC0415

    dialect = JunitDialect(junit)
    return conclude(certified, reports, clock=clock, forms=preparer.forms, junit=dialect)
