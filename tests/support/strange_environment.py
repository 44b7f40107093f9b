"""A strange environment: ERP1 behind TLS in a process of its own, as a real one might be.

It has rows of others, others write in it meanwhile, it is slow, and it can be in maintenance. The
test learns from `truth` what stands in it and how many calls it saw at once.
"""

import asyncio
import contextlib
import json
import os
import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import trustme
import uvicorn

from koppeling_harness.clock import SystemClock
from koppeling_harness.config.manifest import load_manifest
from koppeling_harness.emulator import Erp1
from koppeling_harness.emulator.access import AppConnector
from koppeling_harness.emulator.specification import Field
from koppeling_harness.hosting.host import own_get_connectors
from koppeling_harness.model.secret import Secret

CLIENT, SECRET = "koppeling-test", "p:a%s+ w-" + "S3" * 16
"""Of the client that it knows when it takes OAuth; a secret that shows who encodes it wrongly."""
SOURCE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, kw_only=True)
class Strangeness:
    """What is strange.

    Attributes:
        manifests: Integrations whose own GetConnectors exist there.
        name: Its id; one that begins with O is production.
        latency_s: Lowest and highest time of an answer.
        maintenance_every: Every so many calls one is answered 503 with `Retry-After: 1`; 0 never.
        down_after: After so many calls every one is answered 503; 0 never.
        others_every_s: Pause between writes of other users; 0 for none.
        extra_rows: Projects and hours of others.
        missing: Connectors that are not on the app connector.
        expired: Whether the token has expired.
        release: Label of the release.
        clock_skew_s: How far its `Date` header is off.
        quirks: Switches in which its answers differ from those of its release.
        headers: Headers whose value it has otherwise, in every answer.
        replaced: Texts in its answers that it has otherwise.
        oauth: Whether it takes OAuth only; `client` and `secret` are then known to it.
        certificate_of: Certificate in PEM of a client that signs instead; empty for a secret.
        token_life_s: How long an access token lasts; one of the values of ERP1's switch.
    """

    manifests: tuple[str, ...] = ()
    name: str = "T45678AB"
    latency_s: tuple[float, float] = (0.0, 0.0)
    maintenance_every: int = 0
    down_after: int = 0
    others_every_s: float = 0.0
    extra_rows: int = 40
    missing: tuple[str, ...] = ()
    expired: bool = False
    release: str = "Profit 8"
    clock_skew_s: float = 0.0
    quirks: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    replaced: dict[str, str] = field(default_factory=dict)
    oauth: bool = False
    certificate_of: str = ""
    token_life_s: int = 3600
    seed: int = field(default=1)


@dataclass(frozen=True, kw_only=True)
class Strange:
    """Where it is."""

    base_url: str
    token: str
    ca_file: Path
    _truth: str

    def truth(self) -> dict[str, Any]:
        """Return what stands in it, and of the calls how many, for a token, and at once at most."""
        with urlopen(self._truth, timeout=30) as answer:
            return json.load(answer)

    def settings(self, **more: Any) -> str:
        """Return its part of `koppeling.toml`, under the name `strange`."""
        every = {"url": self.base_url, "ca_file": str(self.ca_file), **more}
        lines = [f"{name} = {json.dumps(value)}" for name, value in every.items()]
        return "\n".join(["[environments.strange]", *lines, ""])


@contextlib.contextmanager
def strange_environment(folder: Path, strangeness: Strangeness) -> Iterator[Strange]:
    """Serve one in a process of its own, as long as the context lasts."""
    folder.mkdir(parents=True, exist_ok=True)
    ca = trustme.CA()
    ca_file = folder / "ca.pem"
    ca.cert_pem.write_to_path(ca_file)
    certificate = folder / "server.pem"
    ca.issue_cert("127.0.0.1", "localhost").private_key_and_cert_chain_pem.write_to_path(
        certificate
    )
    order = json.dumps({**asdict(strangeness), "certificate": str(certificate)})
    process = subprocess.Popen(
        [sys.executable, "-m", "support.strange_environment", order],
        cwd=SOURCE,
        stdout=subprocess.PIPE,
        text=True,
        env={name: each for name, each in os.environ.items() if not name.startswith("COVERAGE_")},
    )
    try:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        yield Strange(
            base_url=told["base_url"], token=told["token"], ca_file=ca_file, _truth=told["truth"]
        )
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()


class _Strange:
    """The ASGI application: the emulator, with what is strange before it."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.order = order
        self.chance = random.Random(order["seed"])
        manifests = [load_manifest(Path(each)) for each in order["manifests"]]
        own = {each.id: each for one in manifests for each in own_get_connectors(one)}
        self.erp1 = Erp1(
            release=order["release"],
            rows=300 + order["extra_rows"],
            seed=7,
            quirks={"access_token_life": f"{order['token_life_s']}_s", **order["quirks"]},
        )
        self.access = self.erp1.open_environment(
            tuple(own.values()),
            name=order["name"],
            custom_fields={"PtProject": [Field(id="U1A2B3", type="string", length=20, label="Ei")]},
        )
        environment = self.erp1.environment(order["name"])
        self.app = environment.first_token.app
        if order["oauth"]:
            self._by_oauth(environment, order)
        if order["missing"]:
            self._trim(environment, {each.lower() for each in order["missing"]})
        if order["expired"]:
            environment.first_token.revoked = True
        self.at_once = self.most = self.calls = self.signed_in = 0
        self.writing = 0
        for number in range(order["extra_rows"]):
            self._project(f"Van een ander {number}")
        self.before = self.counts()

    def _by_oauth(self, environment: Any, order: dict[str, Any]) -> None:
        self.app.kind = "oauth"
        self.app.client_id, self.app.client_secret = CLIENT, Secret(SECRET)
        if order["certificate_of"]:
            self.app.certificates = (order["certificate_of"],)

    def _trim(self, environment: Any, missing: set[str]) -> None:
        gets = {each.id.lower() for each in environment.get_definitions()} - missing
        updates = set(environment.setup.catalogue) - missing
        trimmed = AppConnector(get_connectors=frozenset(gets), update_connectors=frozenset(updates))
        environment.first_token.app = trimmed

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.erp1.app(scope, receive, send)
            return
        self.calls += 1
        self.signed_in += scope["path"].endswith("/oauth/token")
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        over = False

        def ended() -> None:
            nonlocal over
            if not over:
                over = True
                self.at_once -= 1

        async def sent(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = list(message["headers"])
                message["headers"].append((b"date", self._skewed()))
                message["headers"] = self._odd(message["headers"])
            if message["type"] == "http.response.body" and self.order["replaced"]:
                message["body"] = self._replaced(message.get("body", b""))
            if message["type"] == "http.response.body" and not message.get("more_body"):
                ended()
            await send(message)

        try:
            await asyncio.sleep(self.chance.uniform(*self.order["latency_s"]))
            every = self.order["maintenance_every"]
            down = self.order["down_after"]
            is_down = bool(down) and self.calls > down
            if is_down or (every and self.calls % every == 0):
                wait = b"7200" if is_down else b"1"
                headers = [(b"retry-after", wait), (b"content-length", b"0")]
                await sent({"type": "http.response.start", "status": 503, "headers": headers})
                await sent({"type": "http.response.body", "body": b""})
                return
            await self.erp1.app(scope, receive, sent)
        finally:
            ended()

    def _odd(self, headers: Any) -> Any:
        """Return headers of which some are otherwise; the length goes where texts differ."""
        odd = {name.encode(): value.encode() for name, value in self.order["headers"].items()}
        gone = {b"content-length"} if self.order["replaced"] else set()
        kept = [each for each in headers if each[0].lower() not in {*odd, *gone}]
        return [*kept, *odd.items()]

    def _replaced(self, body: bytes) -> bytes:
        text = body.decode("latin-1")
        for one, other in self.order["replaced"].items():
            text = text.replace(one, other)
        return text.encode("latin-1")

    def _skewed(self) -> bytes:
        moment = SystemClock().now() + timedelta(seconds=self.order["clock_skew_s"])
        return format_datetime(moment, usegmt=True).encode()

    def _project(self, text: str) -> None:
        environment = self.erp1.environment(self.order["name"])
        self.writing += 1
        environment.connection.execute(
            "INSERT INTO project (PrId, Ds, UnFi, PrGp, ChOu, created, modified)"
            " VALUES (?, ?, 1, 'EXT', 0, ?, ?)",
            (f"X{self.writing:05}", text, environment.now(), environment.now()),
        )

    async def others(self) -> None:
        """Other users write meanwhile."""
        while self.order["others_every_s"]:
            await asyncio.sleep(self.order["others_every_s"])
            self._project("Intussen van een ander")

    def counts(self) -> dict[str, int]:
        connection = self.erp1.environment(self.order["name"]).connection
        tables = [
            row[0]
            for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {
            name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
            for name in tables
            if name not in {"sequence", "realization_day"}  # counters and a list of touched days
        }

    async def truth(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer what stands in it, for the test alone."""
        now = self.counts()
        more = {name: now[name] - self.before.get(name, 0) for name in now}
        more["project"] = more.get("project", 0) - (self.writing - self.order["extra_rows"])
        body = json.dumps(
            {
                "more": {name: count for name, count in more.items() if count},
                "most_at_once": self.most,
                "calls": self.calls,
                "signed_in": self.signed_in,
            }
        ).encode()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})


async def _serve(order: dict[str, Any]) -> None:
    strange = _Strange(order)

    def server(app: Any, **more: Any) -> tuple[uvicorn.Server, socket.socket]:
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen()  # who calls before uvicorn is there waits
        config = uvicorn.Config(
            app,
            date_header=False,
            lifespan="off",
            interface="asgi3",
            log_level="error",
            timeout_graceful_shutdown=1,
            **more,
        )
        return uvicorn.Server(config), listener

    tls, outside = server(strange, ssl_certfile=order["certificate"])
    plain, aside = server(strange.truth)
    sys.stdout.write(
        json.dumps(
            {
                "base_url": f"https://localhost:{outside.getsockname()[1]}/ProfitRestServices",
                "token": strange.access.token.reveal(),
                "truth": f"http://127.0.0.1:{aside.getsockname()[1]}/",
            }
        )
        + "\n"
    )
    sys.stdout.flush()
    await asyncio.gather(
        tls.serve(sockets=[outside]), plain.serve(sockets=[aside]), strange.others()
    )


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(json.loads(sys.argv[1])))
