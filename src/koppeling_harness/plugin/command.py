"""Integrations of kind `command`: a process for each operation."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from koppeling_harness.document import to_plain
from koppeling_harness.model.exchange import Exchange
from koppeling_harness.model.finding import Finding
from koppeling_harness.model.manifest import CommandRuntime
from koppeling_harness.model.operation import OperationCall, OperationResult, RunContext
from koppeling_harness.plugin.answer import read_result
from koppeling_harness.plugin.breakdown import Breakdown, BreakdownKind
from koppeling_harness.plugin.log import Log
from koppeling_harness.plugin.patience import patience
from koppeling_harness.plugin.process import (
    ANSWER_LIMIT_BYTES,
    Process,
    crashed,
    flood,
    hung,
    not_started,
)
from koppeling_harness.plugin.sandbox import ports_of
from koppeling_harness.plugin.worker import Start, filled
from koppeling_harness.rules.told import has_trace

_SAYS_NO = 1
"""The exit code of an operation that did not succeed, and says so in JSON."""

_OF_UNCAUGHT_ERRORS = frozenset({1, 2, 101})
"""With these Python, Node, Ruby and Java (1), Go (2) and Rust (101) end by an uncaught error."""

_HOW_TO_REFUSE = (
    'To say no, write `{"ok": false, "error": "..."}` to stdout, or name another exit code as '
    "`runtime.refused_exit_code` and write why on stderr."
)

_HELD_CHARACTERS = 64 * 1024
"""Far more than is shown: what must not be told is replaced first, and cut off afterwards."""


class CommandWorker:
    """Starts a process for each operation, and reads its exit code and what it wrote to stdout."""

    webhook_url = None
    checks_traffic = False
    is_alive = True

    def __init__(self, runtime: CommandRuntime, start: Start) -> None:
        self._runtime = runtime
        self._start = start
        self._log = Log(start.log_limit_bytes)
        self._process: Process | None = None

    def new_log(self) -> Log:
        """Begin a fresh log, and return it."""
        self._log = Log(self._start.log_limit_bytes)
        return self._log

    async def prepare(self, context: RunContext, *, timeout_s: float) -> Breakdown | None:  # noqa: ARG002
        """Do nothing: there is nothing that lives longer than an operation."""
        return None

    async def trigger(
        self, call: OperationCall, *, timeout_s: float
    ) -> OperationResult | Breakdown:
        """Carry out an operation by a process of its own."""
        answer = bytearray()
        doing = f"`{call.operation}`"
        try:
            process = self._process = await self._begin(call, answer)
        except OSError as error:
            return not_started(self._start.name, error)
        try:
            async with patience(timeout_s):
                code = await process.ended()
        except TimeoutError:
            process.condemn(hung(self._start.name, doing, timeout_s))
            code = await process.ended()
        except asyncio.CancelledError:
            process.condemn(hung(self._start.name, doing, timeout_s))
            raise
        if process.condemned is not None:
            return process.condemned
        result = await self._read(bytes(answer), code)
        if result is None:
            self._log.add(bytes(answer))
            crash = crashed(process.launch, doing, code)
            return replace(crash, hint=_HOW_TO_REFUSE) if code == _SAYS_NO else crash
        return result

    async def check_traffic(
        self,
        exchanges: Sequence[Exchange],  # noqa: ARG002
        *,
        timeout_s: float,  # noqa: ARG002
    ) -> tuple[Finding, ...] | Breakdown:
        """Return nothing: a command has no traffic checks of its own."""
        return ()

    async def finish(self, context: RunContext, *, timeout_s: float) -> Breakdown | None:  # noqa: ARG002
        """Do nothing: every process has ended with its operation."""
        return None

    def kill(self) -> None:
        """End the process of an operation at once."""
        if self._process is not None:
            self._process.kill()

    async def close(self) -> None:
        """End the process of an operation that was left; nothing of it runs afterwards."""
        if self._process is not None:
            await self._process.close()

    async def _begin(self, call: OperationCall, answer: bytearray) -> Process:
        context = call.context
        text = json.dumps(to_plain(call)["input"], ensure_ascii=False).encode(
            "utf-8", "backslashreplace"
        )
        input_file = self._start.home / "input.json"
        input_file.write_bytes(text)
        values = {
            "folder": self._start.folder,
            "work_dir": context.work_dir,
            "operation": call.operation,
            "input_file": str(input_file),
        }
        launch = self._start.launch(
            filled(self._runtime.command, values),
            cwd=Path(context.work_dir),
            environ=_variables(call, str(input_file)),
            reaches=ports_of(context),
        )

        def take(data: bytes) -> None:
            answer.extend(data)
            if len(answer) > ANSWER_LIMIT_BYTES:
                process.condemn(flood(self._start.name, "answered", ANSWER_LIMIT_BYTES))

        process = Process(launch, on_output=take, log=self._log)
        await process.begin()
        process.write(text)
        process.end_input()
        return process

    async def _read(self, answer: bytes, code: int) -> OperationResult | Breakdown | None:
        """Return what the process said, by what it wrote to stdout and its exit code.

        None when it said nothing: an error code is a refusal only where the manifest says so, or
        with JSON. An uncaught error has one too, and tells nobody anything.
        """
        is_refused = code == self._runtime.refused_exit_code
        if code not in {0, _SAYS_NO} and not is_refused:
            return None
        result: OperationResult | Breakdown | None = OperationResult()
        if answer.strip():
            result = await read_result(answer, of=self._start.name)
            if result is None:
                self._log.add(answer)
                return self._rubbish(answer)
        elif code != 0 and not is_refused:
            return None
        assert result is not None  # noqa: S101 - for mypy
        if isinstance(result, Breakdown) or code == 0:
            return result
        printed = self._log.text()[-_HELD_CHARACTERS:]
        if not result.error and code in _OF_UNCAUGHT_ERRORS and has_trace(printed):
            return None
        told = _last_line(printed) if is_refused else None
        return OperationResult(ok=False, output=result.output, error=result.error or told)

    def _rubbish(self, answer: bytes) -> Breakdown:
        text = answer.decode("utf-8", errors="backslashreplace").strip()
        return Breakdown(
            kind=BreakdownKind.NO_ANSWER,
            message=f"{self._start.name} wrote `{text[:_HELD_CHARACTERS]}` to stdout, expected "
            "nothing or one JSON object",
            hint='Write `{"ok": true, "output": ...}` to stdout, and all else to stderr.',
        )


def _variables(call: OperationCall, input_file: str) -> dict[str, str]:
    context = call.context
    client = {
        "KOPPELING_CLIENT_ID": context.client_id,
        "KOPPELING_CLIENT_SECRET": context.client_secret,
    }
    return {
        **{name: value for name, value in client.items() if value is not None},
        "KOPPELING_BASE_URL": context.base_url,
        "KOPPELING_TOKEN": context.token,
        "KOPPELING_INTEGRATION_ID": context.integration_id,
        "KOPPELING_RELEASE": context.release.label,
        "KOPPELING_VERSION": context.release.version,
        "KOPPELING_OPERATION": call.operation,
        "KOPPELING_SCENARIO": context.scenario,
        "KOPPELING_INTEGRATION": context.integration,
        "KOPPELING_WORK_DIR": context.work_dir,
        "KOPPELING_INPUT_FILE": input_file,
    }


def _last_line(printed: str) -> str | None:
    lines = printed.strip().splitlines()
    return lines[-1] if lines else None


async def start_command(runtime: CommandRuntime, start: Start) -> CommandWorker:
    """Return what carries out operations; no process is started yet."""
    return CommandWorker(runtime, start)
