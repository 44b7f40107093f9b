"""Check that a command, or a service, answers as docs/how-to/any-language.md says."""

import signal
import sys

from koppeling_harness.model.manifest import CommandRuntime, HttpRuntime
from koppeling_harness.model.operation import OperationCall, OperationResult, RunContext
from koppeling_harness.plugin.breakdown import Breakdown, BreakdownKind
from koppeling_harness.plugin.check import Check, shown
from koppeling_harness.plugin.check_stdio import NO_SUCH
from koppeling_harness.plugin.command import start_command
from koppeling_harness.plugin.service import start_service
from koppeling_harness.plugin.worker import Start

_LIMIT_S = 10.0


async def check_command(
    runtime: CommandRuntime, start: Start, context: RunContext
) -> tuple[Check, ...]:
    """Have a command carry out an operation that does not exist."""
    worker = await start_command(runtime, start)
    try:
        call = OperationCall(operation=NO_SUCH, input={}, context=context)
        answer = await worker.trigger(call, timeout_s=_LIMIT_S)
    finally:
        await worker.close()
    return (
        Check(
            what="an operation that does not exist",
            is_ok=isinstance(answer, OperationResult),
            found=_told(answer),
            expected="one JSON object on stdout and exit code 0 or 1, or `refused_exit_code`",
            remedy='Handle what koppeling.yaml declares; for all else write `{"ok": false, '
            '"error": "..."}` to stdout.',
        ),
    )


async def check_service(
    runtime: HttpRuntime, start: Start, context: RunContext
) -> tuple[Check, ...]:
    """Start a service, or reach the one that runs, and ask what it must refuse."""
    worker = await start_service(runtime, start)
    if isinstance(worker, Breakdown):
        told = _told(worker) + (f"\n{worker.log}" if worker.log else "")
        return (_ready(told, is_ok=False, path=runtime.ready),)
    checks = [_ready("2xx", is_ok=True, path=runtime.ready)]
    try:
        broken = await worker.prepare(context, timeout_s=_LIMIT_S)
        if runtime.prepare:
            checks.append(_accepted(f"POST {runtime.prepare}", broken))
        call = OperationCall(operation=NO_SUCH, input={}, context=context)
        checks.append(_unknown(await worker.trigger(call, timeout_s=_LIMIT_S)))
        broken = await worker.finish(context, timeout_s=_LIMIT_S)
        if runtime.finish:
            checks.append(_accepted(f"POST {runtime.finish}", broken))
        again = await worker.ready()
        checks.append(_ready(_told(again) if again else "2xx", is_ok=again is None, path="after"))
    finally:
        await worker.close()
    if runtime.command is not None and sys.platform != "win32":
        checks.append(_ended(await worker.exit_code()))
    return tuple(checks)


def _ready(found: str, *, is_ok: bool, path: str) -> Check:
    return Check(
        what="it is still there after that" if path == "after" else f"GET {path}",
        is_ok=is_ok,
        found=shown(found),
        expected="2xx",
        remedy="Listen at `runtime.url`, answer `runtime.ready` with 2xx, and go on after a "
        "request that is refused.",
    )


def _accepted(what: str, broken: Breakdown | None) -> Check:
    return Check(
        what=what,
        is_ok=broken is None,
        found=_told(broken) if broken else "2xx",
        expected="2xx",
        remedy="Take the context of the scenario, and answer 2xx.",
    )


def _unknown(answer: OperationResult | Breakdown) -> Check:
    return Check(
        what="an operation that does not exist",
        is_ok=isinstance(answer, OperationResult) or answer.kind is BreakdownKind.RAISED,
        found=_told(answer),
        expected="an answer, best a status from 400 to 499, or 200 with `ok: false`",
        remedy="Handle what koppeling.yaml declares, and refuse all else.",
    )


def _ended(code: int) -> Check:
    return Check(
        what="SIGTERM",
        is_ok=code != -signal.SIGKILL,
        found=f"it ended with code {code}" if code >= 0 else f"it ended by signal {-code}",
        expected="that it ends within some seconds",
        remedy="Close the server on SIGTERM; else it is killed, and loses what it did not save.",
    )


def _told(answer: OperationResult | Breakdown) -> str:
    if isinstance(answer, Breakdown):
        return shown(f"{answer.kind}: {answer.message}")
    return shown(f"ok: {str(answer.ok).lower()}" + (f", {answer.error}" if answer.error else ""))
