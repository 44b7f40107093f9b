"""What a worker of the engine does: tell what its machine has, and carry out units.

These functions travel by their names: the worker has the same version of this program. A unit is
carried out by a process of its own, which ends with the worker, and with it all that it started.
"""

import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from distributed import Lock, Worker, get_worker

from koppeling_harness.document import load_json, read_content
from koppeling_harness.errors import ExitCode, HarnessError
from koppeling_harness.plugin.requires import programs_here
from koppeling_harness.value import dataclass
from koppeling_harness.version import __version__
from koppeling_harness.workflow.cluster.parcel import lay_out
from koppeling_harness.workflow.cluster.unit import ENDED, REPLY, Ended

_LOOK_EVERY_S = 0.2
_TIME_TO_END_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What the machine of a worker has.

    Attributes:
        version: Of this program there.
        host: Its name.
        programs: What is there of the programs that were asked for, with their versions.
    """

    version: str
    host: str
    programs: dict[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came of a unit.

    Attributes:
        ended: How it ended.
        parcel: Record and recordings; empty without a record.
        host: Where it was carried out.
    """

    ended: Ended
    parcel: bytes
    host: str


def machine(programs: Mapping[str, bool]) -> Machine:
    """Return what the machine of this worker has.

    Args:
        programs: See `programs_here`.
    """
    return Machine(version=__version__, host=platform.node(), programs=programs_here(programs))


def held(parcel: bytes) -> bytes:
    """Return a parcel: as a task of the engine it is kept where it was needed, and made again."""
    return parcel


def carry_out(
    parcels: Mapping[str, bytes], files: Mapping[str, bytes], topic: str, name: str, alone: str
) -> Reply:
    """Carry out a unit, and return what came of it.

    Args:
        parcels: By the folder in which each is laid out.
        files: By name, the order among them.
        topic: Where the begin is told, so that a second attempt is noticed.
        name: Of the unit.
        alone: Name of what only one worker may use at a time; empty when there is none.
    """
    worker = get_worker()
    worker.log_event(topic, {"unit": name, "host": platform.node(), "worker": worker.address})
    try:
        with Lock(alone) if alone else nullcontext():
            return _carried_out(worker, parcels, files)
    except HarnessError as error:
        ended = Ended(exit_code=error.exit_code, message=error.message, hint=error.hint)
        return Reply(ended=ended, parcel=b"", host=platform.node())


def _carried_out(worker: Worker, parcels: Mapping[str, bytes], files: Mapping[str, bytes]) -> Reply:
    task = worker.get_current_task()
    folder = Path(tempfile.mkdtemp(prefix="unit-", dir=worker.local_directory))
    try:
        for where, parcel in parcels.items():
            lay_out(parcel, folder / where)
        for name, content in files.items():
            (folder / name).write_bytes(content)
        ended = _process(worker, task, folder)
        reply = folder / REPLY
        parcel = reply.read_bytes() if not ended.exit_code and reply.is_file() else b""
        return Reply(ended=ended, parcel=parcel, host=platform.node())
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _process(worker: Worker, task: Any, folder: Path) -> Ended:
    """Carry out the unit of a folder in a process; end it when nobody wants it any more."""
    options: dict[str, Any] = {"process_group": 0}
    if sys.platform == "win32":
        options = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "koppeling_harness.workflow.cluster.unit"],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **options,
    )
    while process.poll() is None:
        if not _is_wanted(worker, task):
            process.terminate()
            try:
                process.wait(_TIME_TO_END_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            return Ended(exit_code=ExitCode.INTERRUPTED, message="it was ended")
        time.sleep(_LOOK_EVERY_S)
    if (folder / ENDED).is_file():
        return load_json(Ended, read_content(folder / ENDED), name=ENDED)
    said = f"its process was ended ({process.returncode})"  # by the machine: it had no last word
    return Ended(exit_code=ExitCode.ENVIRONMENT, message=said)


def _is_wanted(worker: Worker, task: Any) -> bool:
    found = worker.state.tasks.get(task)
    return found is not None and found.state == "executing"
