"""What is carried out in one piece on one machine: the scenarios of an integration on a release.

As a program it does so in a folder into which everything was laid out; see `carry_out_unit`.
"""

import contextlib
import sys
from pathlib import Path

from koppeling_harness.aside import end_with_parent
from koppeling_harness.clock import SystemClock
from koppeling_harness.document import dump_json, load_json, read_content
from koppeling_harness.errors import ExitCode, HarnessError, place_of_fault
from koppeling_harness.model.order import Order
from koppeling_harness.model.shape import OPEN
from koppeling_harness.store.files import write_files
from koppeling_harness.store.recordings import kept_recordings
from koppeling_harness.store.runs import RUN
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.cluster.parcel import packed
from koppeling_harness.workflow.run.certify import certify
from koppeling_harness.workflow.run.conclude import write_searched
from koppeling_harness.workflow.run.prepare_order import prepare_orders
from koppeling_harness.workflow.run.report_files import ReportFiles

ORDER = "order.json"
"""Name of the file that says what to carry out."""
REPLY = "reply.zip"
"""Name of the file with the record and the recordings."""
ENDED = "ended.json"
"""Name of the file that says how it ended."""
REPORTS = Path("reports")
PLUGINS = "plugins"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a unit ended.

    Attributes:
        exit_code: 0 when there is a record, whatever its verdict.
        message: Why there is none.
        hint: What to do about it.
    """

    __pydantic_config__ = OPEN

    exit_code: int
    message: str = ""
    hint: str = ""


def carry_out_unit(folder: Path) -> Ended:
    """Carry out what the order in a folder asks, and leave the reply there.

    Everything is searched for secrets by the one who knows them: what is sent back is clean.

    Args:
        folder: The project that was laid out; it is the current folder.
    """
    order = load_json(Order, read_content(folder / ORDER), name=ORDER)
    clock = SystemClock()
    (prepared,) = prepare_orders(order, REPORTS, clock=clock, releases=[order.release])
    traffic = REPORTS if order.keep_traffic else None
    certified = certify(prepared, clock=clock, traffic=traffic, reports=REPORTS)
    files = ReportFiles(certified.session.redactor)
    record, is_there = write_searched(certified.record, REPORTS, files=files)
    if not is_there:
        said = "\n".join(each.message for each in files.unwritten)
        return Ended(exit_code=ExitCode.HARNESS_ERROR, message=f"no record: {said}")
    run = REPORTS / record.run_id
    kept = [run / RUN, *(run / name for name in kept_recordings(run))]
    write_files(folder, {REPLY: packed(run, kept)})
    return Ended(exit_code=ExitCode.INTERRUPTED if certified.session.interrupted else 0)


def main() -> int:
    """Carry out the unit of this folder, and say how it ended; nothing is printed."""
    end_with_parent()
    folder = Path()
    try:
        ended = carry_out_unit(folder)
    except HarnessError as error:
        ended = Ended(exit_code=error.exit_code, message=error.message, hint=error.hint)
    except KeyboardInterrupt:
        ended = Ended(exit_code=ExitCode.INTERRUPTED, message="it was ended")
    except Exception as error:  # noqa: BLE001 - our own fault, told as such
        failed = f"the harness failed, with {type(error).__name__} in {place_of_fault(error)}"
        ended = Ended(exit_code=ExitCode.HARNESS_ERROR, message=failed)
    with contextlib.suppress(HarnessError):
        write_files(folder, {ENDED: dump_json(ended).encode()})
    return ended.exit_code


if __name__ == "__main__":
    sys.exit(main())
