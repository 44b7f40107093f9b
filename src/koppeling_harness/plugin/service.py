"""Integrations of kind `http`: a service, started for a worker or running already."""

import asyncio
import contextlib
import json
import socket
from collections.abc import Awaitable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

from koppeling_harness.aside import in_thread
from koppeling_harness.document import to_plain
from koppeling_harness.model.exchange import Exchange
from koppeling_harness.model.finding import Finding
from koppeling_harness.model.manifest import HttpRuntime
from koppeling_harness.model.operation import OperationCall, OperationResult, RunContext
from koppeling_harness.plugin.answer import read_result
from koppeling_harness.plugin.breakdown import Breakdown, BreakdownKind
from koppeling_harness.plugin.log import Log
from koppeling_harness.plugin.patience import patience
from koppeling_harness.plugin.process import (
    ANSWER_LIMIT_BYTES,
    Process,
    flood,
    hung,
    not_started,
)
from koppeling_harness.plugin.sandbox import ports_of
from koppeling_harness.plugin.worker import Start, filled

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")

_PROBE_PAUSE_S = 0.02
_HELD_CHARACTERS = 64 * 1024
"""Far more than is shown: what must not be told is replaced first, and cut off afterwards."""
_handed_out: set[int] = set()
"""Ports given to services in this process: none is given twice, as both might start at once."""


class ServiceWorker:
    """A service that is told by requests what to do.

    Args:
        runtime: How it is told.
        start: What it was started with.
        url: Where it listens.
        process: The process, None when it was running already.
    """

    checks_traffic = False

    def __init__(
        self, runtime: HttpRuntime, start: Start, url: str, process: Process | None
    ) -> None:
        import httpx  # noqa: PLC0415 - most runs have no service

        self._runtime = runtime
        self._start = start
        self._url = url
        self._process = process
        self._client = httpx.AsyncClient(
            timeout=None,  # noqa: S113 - ours are around every call
            trust_env=False,
            verify=url.startswith("https:"),  # else it reads certificates that nobody asks for
            limits=httpx.Limits(max_keepalive_connections=0),  # services close them when they like
        )
        self._failed = (httpx.TransportError, httpx.DecodingError)

    @property
    def is_alive(self) -> bool:
        """Whether it can be told something."""
        return self._process is None or self._process.is_alive

    @property
    def webhook_url(self) -> str | None:
        """Where ERP1 may deliver webhooks; None when the integration receives none."""
        wanted = self._runtime.webhooks
        return None if wanted is None else self._url + wanted.path

    def new_log(self) -> Log:
        """Begin a fresh log, and return it; what runs already keeps its log to itself."""
        if self._process is None:
            return Log(self._start.log_limit_bytes)
        return self._process.new_log()

    async def ready(self) -> Breakdown | None:
        """Wait until it says that it can be told something."""
        found = "no answer"
        path = self._runtime.ready

        async def probe() -> None:
            nonlocal found
            while True:
                with contextlib.suppress(*self._failed):
                    # its body may be of any size, and says nothing
                    async with self._client.stream("GET", self._url + path) as response:
                        status = response.status_code
                    if 200 <= status < 300:
                        return
                    found = f"status {status}"
                await asyncio.sleep(_PROBE_PAUSE_S)

        try:
            async with patience(self._start.limit_s):
                return await self._while_it_runs(probe(), "its start")
        except TimeoutError:
            message = f"{self._start.name}: GET {self._url}{path} gave {found}, expected 2xx "
            message += f"within {self._start.limit_s:g} s"
            hint = "Start the service, or mend `runtime.url` and `runtime.ready`."
            return Breakdown(kind=BreakdownKind.NOT_STARTED, message=message, hint=hint)

    async def prepare(self, context: RunContext, *, timeout_s: float) -> Breakdown | None:
        """Make the integration ready for a scenario."""
        if self._process is not None:
            await self._process.reach(ports_of(context))
        return await self._with_context(self._runtime.prepare, context, timeout_s)

    async def trigger(
        self, call: OperationCall, *, timeout_s: float
    ) -> OperationResult | Breakdown:
        """Have the integration carry out an operation."""
        told = self._runtime.operation(call.operation)
        answer = await self._send(told.method, told.path, to_plain(call), timeout_s)
        if isinstance(answer, Breakdown):
            return answer
        doing = f"{told.method} {told.path}"
        result = await read_result(answer, of=doing)
        if result is None:
            message = f"{self._start.name}: {doing} answered `{_shown(answer)}`, expected JSON"
            hint = 'Answer `{"ok": true, "output": ...}`.'
            return Breakdown(kind=BreakdownKind.NO_ANSWER, message=message, hint=hint)
        return result

    async def check_traffic(
        self,
        exchanges: Sequence[Exchange],  # noqa: ARG002
        *,
        timeout_s: float,  # noqa: ARG002
    ) -> tuple[Finding, ...] | Breakdown:
        """Return nothing: a service has no traffic checks of its own."""
        return ()

    async def finish(self, context: RunContext, *, timeout_s: float) -> Breakdown | None:
        """Close what `prepare` opened."""
        return await self._with_context(self._runtime.finish, context, timeout_s)

    def kill(self) -> None:
        """End the service at once when it was started for this."""
        if self._process is not None:
            self._process.kill()

    async def close(self) -> None:
        """End the service when it was started for this; one that ran already goes on."""
        await self._client.aclose()
        if self._process is not None:
            await self._process.close(politely=True)

    async def exit_code(self) -> int:
        """Return the code with which the service ended that was started for this."""
        return 0 if self._process is None else await self._process.ended()

    async def _with_context(
        self, path: str | None, context: RunContext, timeout_s: float
    ) -> Breakdown | None:
        if path is None:
            return None
        answer = await self._send("POST", path, {"context": to_plain(context)}, timeout_s)
        return answer if isinstance(answer, Breakdown) else None

    async def _send(
        self, method: str, path: str, body: Mapping[str, Any], timeout_s: float
    ) -> bytes | Breakdown:
        doing = f"{method} {path}"
        try:
            async with patience(timeout_s):
                return await self._while_it_runs(self._exchange(method, path, body), doing)
        except TimeoutError:
            return await self._given_up(hung(self._start.name, doing, timeout_s))
        except asyncio.CancelledError:
            if self._process is not None:
                self._process.condemn(hung(self._start.name, doing, timeout_s))
            raise

    async def _while_it_runs(self, waiting: Awaitable[T], doing: str) -> T | Breakdown:
        if self._process is None:
            return await waiting
        return await self._process.unless_over(waiting, doing)

    async def _exchange(self, method: str, path: str, body: Mapping[str, Any]) -> bytes | Breakdown:
        doing = f"{method} {path}"
        try:
            # as to who speaks over stdin: half of a pair of UTF-16 is no UTF-8, and stays an escape
            told = json.dumps(body, ensure_ascii=False).encode("utf-8", "backslashreplace")
            kind = {"Content-Type": "application/json"}
            sent = self._client.stream(method, self._url + path, content=told, headers=kind)
            async with sent as response:
                content = await _bounded(response)
        except self._failed as error:
            return await self._broken_off(doing, error)
        if content is None:
            return await self._given_up(flood(self._start.name, "answered", ANSWER_LIMIT_BYTES))
        if not 200 <= response.status_code < 300:
            message = f"{self._start.name}: {doing} answered status {response.status_code}: "
            hint = "Answer 200 with `ok: false` for what the integration tells its user."
            return Breakdown(
                kind=BreakdownKind.RAISED, message=f"{message}`{_shown(content)}`", hint=hint
            )
        return content

    async def _broken_off(self, doing: str, error: Exception) -> Breakdown:
        """Return why a request got no whole answer; a process that ends tells it better."""
        if self._process is not None:
            await asyncio.sleep(_PROBE_PAUSE_S * 10)  # until its end was noticed
        message = f"{self._start.name}: {doing} got no whole answer: {error!r}"
        return Breakdown(kind=BreakdownKind.NO_ANSWER, message=message)

    async def _given_up(self, why: Breakdown) -> Breakdown:
        if self._process is None:
            return why
        told = self._process.condemn(why)
        await self._process.ended()
        return told


async def _bounded(response: "httpx.Response") -> bytes | None:
    """Return the body, None when it is longer than is allowed."""
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > ANSWER_LIMIT_BYTES:
            return None
    return bytes(content)


def _shown(content: bytes) -> str:
    return content.decode("utf-8", errors="backslashreplace").strip()[:_HELD_CHARACTERS]


async def start_service(runtime: HttpRuntime, start: Start) -> ServiceWorker | Breakdown:
    """Start a service on a free port, or reach the one that runs; wait until it is ready."""
    await in_thread(import_module, "httpx")  # half a second, in which others have their turn
    url, process = runtime.url.rstrip("/"), None
    if runtime.command is not None:
        port = str(_free_port())
        url = url.replace("{port}", port)
        command = filled(runtime.command, {"folder": start.folder, "port": port})
        process = Process(start.launch(command, environ={"PORT": port}, has_input=False))
        try:
            await process.begin()
            await process.publish(int(port))
        except OSError as error:
            return not_started(start.name, error)
    worker = ServiceWorker(runtime, start, url, process)
    log = worker.new_log()
    try:
        broken = await worker.ready()
    except asyncio.CancelledError:
        await worker.close()
        raise
    if broken is None:
        return worker
    await worker.close()
    return Breakdown(
        kind=BreakdownKind.NOT_STARTED, message=broken.message, hint=broken.hint, log=log.text()
    )


def _free_port() -> int:
    while True:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port: int = listener.getsockname()[1]
        if port not in _handed_out:
            _handed_out.add(port)
            return port
