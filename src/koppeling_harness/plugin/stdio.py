"""Integrations that answer JSON-RPC calls: those of kind `stdio`, and hooks in Python."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from koppeling_harness.document import to_plain
from koppeling_harness.model.exchange import Exchange
from koppeling_harness.model.finding import Finding
from koppeling_harness.model.manifest import PythonRuntime, StdioRuntime
from koppeling_harness.model.operation import OperationCall, OperationResult, RunContext
from koppeling_harness.plugin.answer import read_answer
from koppeling_harness.plugin.breakdown import Breakdown, BreakdownKind
from koppeling_harness.plugin.channel import Channel, Child, LongAnswer
from koppeling_harness.plugin.foreign_interpreter import outside
from koppeling_harness.plugin.log import Log
from koppeling_harness.plugin.process import Launch, not_started
from koppeling_harness.plugin.sandbox import ports_of
from koppeling_harness.plugin.worker import Start, filled

PROTOCOL = "koppeling/stdio"
VERSIONS = (1,)
"""The versions of the protocol that the harness speaks."""

HOOKS = frozenset({"prepare", "trigger", "check_traffic", "finish"})
"""What an integration can be asked; `trigger` it must know."""

_CANCEL_LIMIT_S = 1.0


class StdioWorker:
    """An integration at the other end of a channel.

    Args:
        channel: Takes the calls.
        hooks: Which calls it knows.
    """

    webhook_url = None

    def __init__(self, channel: Channel, hooks: frozenset[str]) -> None:
        self._channel = channel
        self._hooks = hooks

    @property
    def is_alive(self) -> bool:
        """Whether it can be told something."""
        return self._channel.is_alive

    @property
    def checks_traffic(self) -> bool:
        """Whether it has rules of its own for what went over the wire."""
        return "check_traffic" in self._hooks

    def new_log(self) -> Log:
        """Begin a fresh log, and return it."""
        return self._channel.new_log()

    async def prepare(self, context: RunContext, *, timeout_s: float) -> Breakdown | None:
        """Make the integration ready for a scenario."""
        await self._channel.reach(ports_of(context))
        return await self._with_context("prepare", context, timeout_s)

    async def trigger(
        self, call: OperationCall, *, timeout_s: float
    ) -> OperationResult | Breakdown:
        """Have the integration carry out an operation."""
        answer = await self._call("trigger", {"call": to_plain(call)}, timeout_s)
        if isinstance(answer, Breakdown):
            return answer
        if isinstance(answer, LongAnswer):
            return await answer.read(_result)
        return _result(answer)

    async def check_traffic(
        self, exchanges: Sequence[Exchange], *, timeout_s: float
    ) -> tuple[Finding, ...] | Breakdown:
        """Return what the integration's own rules object to; nothing when it has none."""
        if "check_traffic" not in self._hooks:
            return ()
        params = {"exchanges": [to_plain(each) for each in exchanges]}
        answer = await self._call("check_traffic", params, timeout_s)
        if isinstance(answer, Breakdown):
            return answer
        if isinstance(answer, LongAnswer):
            return await answer.read(_findings)
        return _findings(answer)

    async def finish(self, context: RunContext, *, timeout_s: float) -> Breakdown | None:
        """Close what `prepare` opened."""
        return await self._with_context("finish", context, timeout_s)

    def kill(self) -> None:
        """End it at once."""
        self._channel.kill()

    async def close(self) -> None:
        """End it; nothing of it runs afterwards."""
        await self._channel.close()

    async def _with_context(
        self, method: str, context: RunContext, timeout_s: float
    ) -> Breakdown | None:
        if method not in self._hooks:
            return None
        answer = await self._call(method, {"context": to_plain(context)}, timeout_s)
        return answer if isinstance(answer, Breakdown) else None

    async def _call(
        self, method: str, params: Mapping[str, Any], timeout_s: float
    ) -> Any | Breakdown:
        return await self._channel.call(method, params, timeout_s=timeout_s)


def _result(answer: Any) -> OperationResult | Breakdown:
    return read_answer(OperationResult, answer, of="trigger")


def _findings(answer: Any) -> tuple[Finding, ...] | Breakdown:
    if not isinstance(answer, list):
        message = f"check_traffic returned {type(answer).__name__}, expected a list of findings"
        return Breakdown(kind=BreakdownKind.NO_ANSWER, message=message)
    findings: list[Finding] = []
    for plain in answer:
        finding = read_answer(Finding, plain, of="check_traffic")
        if isinstance(finding, Breakdown):
            return finding
        findings.append(finding)
    return tuple(findings)


async def start_stdio(start: Start) -> StdioWorker | Breakdown:
    """Start a child process: one in any language, or one that loads hooks in Python."""
    runtime = start.integration.manifest.runtime
    launch, told = told_at_start(start)
    is_ours = isinstance(runtime, PythonRuntime)
    if is_ours and start.in_process:
        from koppeling_harness.plugin.in_process import InProcess  # noqa: PLC0415 - rare

        return await introduced(InProcess(), start, told)
    child = Child(launch, cancel_limit_s=0.0 if is_ours else _CANCEL_LIMIT_S)
    try:
        await child.begin()
    except OSError as error:
        return not_started(start.name, error)
    return await introduced(child, start, told)


def told_at_start(start: Start) -> tuple[Launch, dict[str, str]]:
    """Return how a child process is started, and what it is told beside the protocol."""
    runtime = start.integration.manifest.runtime
    if isinstance(runtime, StdioRuntime):
        return start.launch(filled(runtime.command, {"folder": start.folder})), {}
    assert isinstance(runtime, PythonRuntime)  # noqa: S101 - the kinds that speak the protocol
    python = start.integration.python
    if python is None:
        command = [sys.executable, "-P", "-m", "koppeling_harness.plugin.child"]
    else:
        command = outside(python)
    told = {"folder": start.folder, "plugin": runtime.plugin}
    return start.launch(command, is_python=python is None), told


async def introduced(
    channel: Channel, start: Start, params: Mapping[str, Any]
) -> StdioWorker | Breakdown:
    """Agree on the protocol's version, and learn what the integration knows.

    Args:
        channel: Takes the calls; it is closed when there is no agreement.
        start: What was started.
        params: What the other side is told beside the protocol.
    """
    log = channel.new_log()
    hello = {"protocol": PROTOCOL, "versions": list(VERSIONS), "integration": start.name, **params}
    try:
        answer = await channel.call("initialize", hello, timeout_s=start.limit_s)
    except asyncio.CancelledError:
        await channel.close()
        raise
    hooks = answer if isinstance(answer, Breakdown) else _hooks(answer, start.name)
    if isinstance(hooks, Breakdown):
        await channel.close()
        if hooks.kind is BreakdownKind.HUNG:
            hooks = replace(hooks, hint="Answer `initialize` with one line on stdout; flush it.")
        return replace(hooks, kind=BreakdownKind.NOT_STARTED, log=log.text())
    return StdioWorker(channel, hooks)


def _hooks(answer: Any, name: str) -> frozenset[str] | Breakdown:
    if not isinstance(answer, dict) or answer.get("version") not in VERSIONS:
        found = answer.get("version") if isinstance(answer, dict) else answer
        message = f"{name}: initialize chose version {found!r} of {PROTOCOL}, expected one of "
        message += ", ".join(str(each) for each in VERSIONS)
        hint = 'Answer `{"version": 1, "hooks": ["trigger"]}`.'
        return Breakdown(kind=BreakdownKind.NOT_STARTED, message=message, hint=hint)
    hooks = answer.get("hooks")
    named = set(map(str, hooks)) if isinstance(hooks, list) else set()
    if "trigger" not in named or not named <= HOOKS:
        message = f"{name}: initialize named the hooks {hooks!r}, expected a list with `trigger`"
        hint = f"There are {', '.join(sorted(HOOKS))}."
        return Breakdown(kind=BreakdownKind.NOT_STARTED, message=message, hint=hint)
    return frozenset(named)
