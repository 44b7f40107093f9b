"""A gateway on a real socket, before a small ERP of our own."""

import asyncio
import gzip
import json
import socket
import ssl
import threading
from typing import Any, Self

import httpx
import uvicorn

from koppeling_harness.clock import SystemClock
from koppeling_harness.model.exchange import Exchange, Recording
from koppeling_harness.model.fault import CallFilter, Fault, FaultKind
from koppeling_harness.model.secret import Secret
from koppeling_harness.traffic.gateway import Gateway
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.traffic.wire import GatewayProtocol

ENVIRONMENT = "T12345AA"
TOKEN_DATA = "949C1A9C" * 8
TOKEN_XML = f"<token><version>1</version><data>{TOKEN_DATA}</data></token>"
TOKEN = Secret(TOKEN_XML)
ROWS = [{"EmployeeId": "000001", "Qu": 7.5}, {"EmployeeId": "000002", "Qu": 8.0}]


class TinyErp:
    """ASGI: answers rows to GET, keys to POST, and keeps what it was asked."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Be as new."""
        self.carried_out: list[tuple[str, str, bytes]] = []
        self.answer: dict[str, Any] = {"skip": 0, "take": 100, "rows": ROWS}
        self.body: bytes | None = None
        self.headers: list[tuple[bytes, bytes]] = []
        self.lets_nobody_in = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self.lets_nobody_in:  # as ERP1: before the body is read
            headers = [(b"content-length", b"0"), (b"connection", b"close")]
            await send({"type": "http.response.start", "status": 401, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        self.carried_out.append((scope["method"], scope["path"], body))
        data = self.body if self.body is not None else json.dumps(self.answer).encode()
        headers = [(b"content-type", b"application/json; charset=utf-8"), *self.headers]
        accepted = dict(scope["headers"]).get(b"accept-encoding", b"")
        if b"gzip" in accepted:
            data = gzip.compress(data)
            headers.append((b"content-encoding", b"gzip"))
        headers.append((b"content-length", str(len(data)).encode()))
        status = 200 if scope["method"] == "GET" else 201
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": data})


class Front:
    """One listener for the door that is open: which one that is changes from test to test."""

    door: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.door(scope, receive, send)

    def unreadable(self, head: Any) -> None:
        self.door.unreadable(head)


class Served:
    """A context manager: the gateway, listening on loopback in a thread of its own."""

    def __init__(self, upstream: Any = None, *, tls: ssl.SSLContext | None = None) -> None:
        self.erp = TinyErp()
        self.redactor = Redactor(b"key of this run")
        self.gateway = Gateway(redactor=self.redactor, clock=SystemClock())
        self._upstream = upstream or self.erp
        self.front = Front()
        self._server = uvicorn.Server(
            uvicorn.Config(
                self.front,
                http=GatewayProtocol,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                date_header=False,
                timeout_graceful_shutdown=1,
            )
        )
        if tls is not None:
            self._server.config.load()
            self._server.config.ssl = tls
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive()
        self.open()
        self.base_url = f"http://127.0.0.1:{self.port}/{ENVIRONMENT}/ProfitRestServices"
        self.client = httpx.Client(base_url=self.base_url, headers={"Accept-Encoding": "identity"})
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self.loop = asyncio.get_running_loop()
        await self._server.serve(sockets=[self._socket])

    def call(self, method: str, *args: Any, **values: Any) -> Any:
        """Call the gateway where it lives: nothing else happens there meanwhile."""

        async def go() -> Any:
            return getattr(self.gateway, method)(*args, **values)

        return asyncio.run_coroutine_threadsafe(go(), self.loop).result(timeout=10)

    def reset(self) -> None:
        """Forget everything, so that the next test begins anew."""
        self.client.close()
        self.client = httpx.Client(base_url=self.base_url, headers={"Accept-Encoding": "identity"})
        self.erp.forget()

    def open(self, *faults: Fault, **values: Any) -> Self:
        """Begin recording."""
        self.front.door = self.call(
            "open", ENVIRONMENT, self._upstream, faults=faults, secrets=(TOKEN,), **values
        )
        return self

    def recording(self) -> Recording:
        """Return what was recorded."""
        recording: Recording = self.call("recording", ENVIRONMENT)
        return recording

    def only_exchange(self) -> Exchange:
        """Return the one exchange that was recorded."""
        (exchange,) = self.recording().exchanges
        return exchange


def a_fault(kind: FaultKind, **values: Any) -> Fault:
    """Return a fault on every call of a connector."""
    return Fault(**({"fault": kind, "of": CallFilter()} | values))
