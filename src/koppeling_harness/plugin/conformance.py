"""Try with an integration what its way of connecting asks of it."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from koppeling_harness.model.manifest import CommandRuntime, HttpRuntime
from koppeling_harness.model.operation import RunContext
from koppeling_harness.plugin.check import Check, on_a_line
from koppeling_harness.plugin.check_others import check_command, check_service
from koppeling_harness.plugin.check_stdio import check_stdio
from koppeling_harness.plugin.discover import Integration
from koppeling_harness.plugin.guard import folder_prefix
from koppeling_harness.plugin.proxy_environ import proxy_environ
from koppeling_harness.plugin.worker import Start

_LOG_LIMIT_BYTES = 64 * 1024
_START_LIMIT_S = 30.0


async def check_integration(
    integration: Integration, context: RunContext, *, redact: Callable[[str], str]
) -> tuple[Check, ...]:
    """Return what was tried with an integration, in order, and what came of it.

    Args:
        integration: The integration.
        context: An environment that is thrown away afterwards.
        redact: Replaces secrets in what the integration says.
    """
    home = Path(tempfile.mkdtemp(prefix=folder_prefix()))
    start = Start(
        integration=integration,
        home=home,
        log_limit_bytes=_LOG_LIMIT_BYTES,
        limit_s=_START_LIMIT_S,
        environ=proxy_environ(context, home=home),
    )
    try:
        checks = await _checked(start, context)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return tuple(replace(each, found=on_a_line(redact(each.found))) for each in checks)


async def _checked(start: Start, context: RunContext) -> tuple[Check, ...]:
    runtime = start.integration.manifest.runtime
    match runtime:
        case CommandRuntime():
            return await check_command(runtime, start, context)
        case HttpRuntime():
            return await check_service(runtime, start, context)
        case _:
            return await check_stdio(start, context)
