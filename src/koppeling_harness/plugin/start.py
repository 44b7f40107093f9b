"""Start an integration in the way that its manifest says."""

from typing import assert_never

from koppeling_harness.model.manifest import (
    CommandRuntime,
    HttpRuntime,
    PythonRuntime,
    Runtime,
    StdioRuntime,
)
from koppeling_harness.plugin.breakdown import Breakdown
from koppeling_harness.plugin.command import start_command
from koppeling_harness.plugin.service import start_service
from koppeling_harness.plugin.stdio import start_stdio
from koppeling_harness.plugin.worker import Start, Worker


async def start_worker(start: Start) -> Worker | Breakdown:
    """Return a worker for an integration, or why it cannot be started."""
    runtime = start.integration.manifest.runtime
    match runtime:
        case PythonRuntime() | StdioRuntime():
            return await start_stdio(start)
        case CommandRuntime():
            return await start_command(runtime, start)
        case HttpRuntime():
            return await start_service(runtime, start)
        case _:
            assert_never(runtime)


def most_workers(runtime: Runtime, wanted: int) -> int:
    """Return how many workers an integration may have at the same time.

    Of a service that the harness did not start there is one, and it is told one scenario at a
    time: it may mix up what belongs to which.
    """
    return 1 if isinstance(runtime, HttpRuntime) and runtime.command is None else wanted
