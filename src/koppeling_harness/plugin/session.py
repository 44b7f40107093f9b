"""Drive one integration: sessions of one scenario each, in child processes that are reused."""

import asyncio
import dataclasses
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from koppeling_harness.document import load_json, to_plain
from koppeling_harness.errors import DocumentError
from koppeling_harness.model.exchange import Exchange
from koppeling_harness.model.finding import Finding
from koppeling_harness.model.operation import OperationCall, OperationResult, RunContext
from koppeling_harness.plugin.breakdown import Breakdown, BreakdownKind
from koppeling_harness.plugin.discover import Integration
from koppeling_harness.plugin.environ import child_environ
from koppeling_harness.plugin.log import Log
from koppeling_harness.plugin.process import Child

__all__ = ["Breakdown", "BreakdownKind", "IntegrationRunner", "Session"]

T = TypeVar("T")

_START_LIMIT_S = 30.0
_CHECK_LIMIT_S = 10.0
_MOST_PROCESSES = min(8, 2 * (os.cpu_count() or 1))
"""More would only start at each other's expense: measured on two cores, 4 take 2/3 of the CPU of 8
and no more time."""
_FLOOD_LIMIT_BYTES = 8 * 1024 * 1024


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Worker:
    """A child process with the plugin loaded, and the hooks that the plugin has."""

    child: Child
    hooks: frozenset[str]


class IntegrationRunner:
    """Gives sessions with one integration, each in a child process of its own.

    Processes are kept between scenarios; each serves one scenario at a time, and goes when it
    has had nothing to do for a while, so that of many integrations only few are there at once.

    Args:
        integration: The integration.
        python: The interpreter that runs its hooks.
        log_limit_bytes: How much of its output is kept per scenario.
        max_processes: How many may be busy at the same time; `open` waits for one of them.
        idle_limit_s: How long a process without work is kept.
    """

    def __init__(
        self,
        integration: Integration,
        *,
        python: str = sys.executable,
        log_limit_bytes: int = 64 * 1024,
        max_processes: int = _MOST_PROCESSES,
        idle_limit_s: float = 2.0,
    ) -> None:
        self._integration = integration
        self._python = python
        self._log_limit_bytes = log_limit_bytes
        self._idle_limit_s = idle_limit_s
        self._idle: dict[_Worker, asyncio.TimerHandle] = {}
        self._children: set[Child] = set()
        self._leaving: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(max_processes)
        self._refused: Breakdown | None = None

    async def open(self, context: RunContext) -> "Session | Breakdown":
        """Return a session for one scenario, with `koppeling_prepare` carried out."""
        await self._room.acquire()
        worker: _Worker | Breakdown | None = None
        try:
            worker = self._waiting() or await self._start(Path(context.work_dir))
        finally:
            if not isinstance(worker, _Worker):
                self._room.release()
        if isinstance(worker, Breakdown):
            return worker
        session = Session(self, worker, context)
        try:
            broken = await session.prepare(timeout_s=_START_LIMIT_S)
        except asyncio.CancelledError:
            self.give_back(worker, is_sound=False)
            raise
        if broken is None:
            return session
        await session.finish(timeout_s=_CHECK_LIMIT_S)
        return dataclasses.replace(broken, log=session.log)

    async def close(self) -> None:
        """End every process, also those of sessions that were never finished."""
        while self._waiting():
            pass
        await asyncio.gather(*self._leaving, *(child.close() for child in self._children))
        self._children.clear()

    async def check(self, work_dir: Path) -> Breakdown | None:
        """Load the plugin once, and return what is wrong with it.

        Args:
            work_dir: An empty folder to start in.
        """
        worker = await self._start(work_dir)
        if isinstance(worker, Breakdown):
            return worker
        self._keep(worker)
        return None

    def give_back(self, worker: _Worker, *, is_sound: bool) -> None:
        """Take back the process of a session that ended. Called by `Session`."""
        if is_sound and worker.child.is_alive:
            self._keep(worker)
        self._room.release()

    def _keep(self, worker: _Worker) -> None:
        loop = asyncio.get_running_loop()
        self._idle[worker] = loop.call_later(self._idle_limit_s, self._dismiss, worker)

    def _waiting(self) -> _Worker | None:
        """Return the process that was given back last, and take it out of those that wait."""
        if not self._idle:
            return None
        worker, dismissal = self._idle.popitem()
        dismissal.cancel()
        return worker

    def _dismiss(self, worker: _Worker) -> None:
        del self._idle[worker]
        task = asyncio.get_running_loop().create_task(self._end(worker.child))
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def _start(self, work_dir: Path) -> _Worker | Breakdown:
        if self._refused is not None:
            return self._refused
        manifest = self._integration.manifest
        try:
            child = await Child.start(
                [self._python, "-P", "-m", "koppeling_harness.plugin.child"],
                name=manifest.id,
                cwd=work_dir,
                environ=child_environ(os.environ),
                log_limit_bytes=self._log_limit_bytes,
                flood_limit_bytes=_FLOOD_LIMIT_BYTES,
            )
        except OSError as error:
            message = f"{manifest.id}: its process cannot be started: {error}"
            return Breakdown(kind=BreakdownKind.NOT_STARTED, message=message)
        self._children.add(child)
        log = child.new_log()
        folder = str(self._integration.folder.resolve())
        answer = await child.call(
            "initialize",
            {"folder": folder, "plugin": manifest.runtime.plugin, "timeout_s": _START_LIMIT_S},
            timeout_s=_START_LIMIT_S,
        )
        if isinstance(answer, Breakdown):
            await self._end(child)
            refused = dataclasses.replace(answer, kind=BreakdownKind.NOT_STARTED, log=log.text())
            self._refused = refused  # it would be refused for every scenario alike
            return refused
        return _Worker(child=child, hooks=frozenset(answer["hooks"]))

    async def _end(self, child: Child) -> None:
        await child.close()
        self._children.discard(child)


class Session:
    """One integration for the length of one scenario. Made by `IntegrationRunner.open`."""

    def __init__(self, runner: IntegrationRunner, worker: _Worker, context: RunContext) -> None:
        self._runner = runner
        self._worker = worker
        self._context = {"context": to_plain(context)}
        self._log: Log = worker.child.new_log()
        self._is_sound = True

    @property
    def log(self) -> str:
        """The last of what the integration printed during this scenario."""
        return self._log.text()

    async def prepare(self, *, timeout_s: float) -> Breakdown | None:
        """Make the integration ready. Called by `IntegrationRunner.open`."""
        answer = await self._call("koppeling_prepare", self._context, timeout_s)
        return answer if isinstance(answer, Breakdown) else None

    async def trigger(
        self, call: OperationCall, *, timeout_s: float
    ) -> OperationResult | Breakdown:
        """Have the integration carry out an operation.

        When it takes longer than `timeout_s`, or the caller is cancelled, its process and all
        that it started are ended.
        """
        answer = await self._call("koppeling_trigger", {"call": to_plain(call)}, timeout_s)
        if isinstance(answer, Breakdown):
            return answer
        return self._read(OperationResult, answer, "koppeling_trigger")

    async def check_traffic(self, exchanges: Sequence[Exchange]) -> tuple[Finding, ...] | Breakdown:
        """Return what the integration's own rules object to; nothing when it has none."""
        hook = "koppeling_check_traffic"
        if hook not in self._worker.hooks:
            return ()
        params = {"exchanges": [to_plain(each) for each in exchanges]}
        answer = await self._call(hook, params, _CHECK_LIMIT_S)
        if isinstance(answer, Breakdown):
            return answer
        findings: list[Finding] = []
        for plain in answer:
            finding = self._read(Finding, plain, hook)
            if isinstance(finding, Breakdown):
                return finding
            findings.append(finding)
        return tuple(findings)

    async def finish(self, *, timeout_s: float) -> Breakdown | None:
        """End the session, whatever came before; its process serves again only when all was well.

        Afterwards nothing of an unsound process runs any more.
        """
        answer: Any | Breakdown = None
        try:
            if self._worker.child.is_alive:
                answer = await self._call("koppeling_finish", self._context, timeout_s)
            if not self._is_sound:
                await self._worker.child.close()
        finally:
            self._runner.give_back(self._worker, is_sound=self._is_sound)
        return answer if isinstance(answer, Breakdown) else None

    async def _call(
        self, method: str, params: Mapping[str, Any], timeout_s: float
    ) -> Any | Breakdown:
        was_sound, self._is_sound = self._is_sound, False  # until it answers; also when cancelled
        answer = await self._worker.child.call(
            method, {**params, "timeout_s": timeout_s}, timeout_s=timeout_s
        )
        self._is_sound = was_sound and not isinstance(answer, Breakdown)
        return answer

    def _read(self, cls: type[T], plain: Any, hook: str) -> T | Breakdown:
        try:
            return load_json(cls, json.dumps(plain), name=hook)
        except DocumentError as error:
            self._is_sound = False
            return Breakdown(
                kind=BreakdownKind.NO_ANSWER,
                message=f"{hook} returned a {cls.__name__} that does not fit: {error.message}",
            )
