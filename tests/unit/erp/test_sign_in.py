"""One token for all calls: renewed before it ends, and once after a refusal."""

import asyncio
import contextlib
import json
from dataclasses import dataclass, field
from urllib.parse import parse_qs

import pytest

from koppeling_harness.erp.call import ErpCall
from koppeling_harness.erp.client import ErpClient
from koppeling_harness.erp.sign_in import OAuthSignIn
from koppeling_harness.errors import ErpUnavailableError, SignInRefusedError
from koppeling_harness.http.connection import Connection
from koppeling_harness.model.access import NO_TOKEN, ErpAccess, OAuthClient
from koppeling_harness.model.secret import Secret
from koppeling_harness.model.shape import Release
from support.clock import HandClock

SECRET = "p:a%s+ w"
CALL = ErpCall(method="GET", path="/connectors/Profit_Article")


@dataclass
class Profit:
    """A server that gives tokens, and lets in who has one that it did not revoke."""

    answer: bytes = b""
    """What the token endpoint says instead."""
    expires_in: object = 3600
    lets_in: bool = True
    given: list[str] = field(default_factory=list)
    revoked: set[str] = field(default_factory=set)
    forms: list[dict[str, list[str]]] = field(default_factory=list)
    base_url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                writer.write(await self.answered(head, reader))
                await writer.drain()
        writer.close()

    async def answered(self, head: str, reader: asyncio.StreamReader) -> bytes:
        headers = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
        body = await reader.readexactly(int(headers.get("Content-Length", 0)))
        if head.startswith("POST /P/oauth/token "):
            self.forms.append(parse_qs(body.decode()))
            if self.answer:
                return self.answer
            self.given.append(f"token-{len(self.given) + 1}")
            told = {"access_token": self.given[-1], "token_type": "Bearer"}
            return http(200, told | {"expires_in": self.expires_in})
        token = headers["Authorization"].removeprefix("Bearer ")
        known = token in self.given and token not in self.revoked and self.lets_in
        return http(200 if known else 401, {"rows": []} if known else None)


def http(status: int, body: object = None, more: str = "") -> bytes:
    text = b"" if body is None else json.dumps(body).encode()
    head = f"HTTP/1.1 {status} Said\r\nContent-Length: {len(text)}\r\n{more}\r\n"
    return head.encode() + text


def with_client(profit, use, *, clients=1, told=None):
    """Let something use clients of a server that share one way to sign in."""

    async def run():
        async with await asyncio.start_server(profit.serve, "127.0.0.1", 0) as listening:
            port = listening.sockets[0].getsockname()[1]
            profit.base_url = f"http://127.0.0.1:{port}/P"
            clock = HandClock()
            async with contextlib.AsyncExitStack() as stack:
                lines = [await stack.enter_async_context(Connection()) for _ in range(clients + 1)]
                kept = OAuthSignIn(
                    OAuthClient(client_id="acme", client_secret=Secret(SECRET)),
                    base_url=profit.base_url,
                    connection=lines[0],
                    clock=clock,
                    tell=None if told is None else told.append,
                )
                access = ErpAccess(
                    environment="T1",
                    base_url=profit.base_url,
                    token=NO_TOKEN,
                    signed_in=kept,
                    release=Release(label="Profit 9", version="9.0.1"),
                )
                made = [ErpClient(access, connection=line, clock=clock) for line in lines[1:]]
                return await use(made, clock)

    return asyncio.run(run())


def test_many_lanes_use_one_token_and_its_secret_arrives_as_it_is():
    profit, told = Profit(), []

    async def use(clients, _):
        return await asyncio.gather(*(each.send(CALL) for each in clients for _ in range(1)))

    answers = with_client(profit, use, clients=5, told=told)

    assert [each.status for each in answers] == [200] * 5
    assert profit.given == ["token-1"]
    assert [each.reveal() for each in told] == ["token-1"]
    form = {"grant_type": ["client_credentials"], "client_id": ["acme"], "client_secret": [SECRET]}
    assert profit.forms == [form]


@pytest.mark.parametrize(
    ("expires_in", "passed_s", "tokens"),
    [(3600, 3500, 1), (3600, 3541, 2), (20, 14, 1), (20, 16, 2), (None, 3541, 2), (0, 1, 2)],
)
def test_a_token_is_renewed_before_it_ends(expires_in, passed_s, tokens):
    profit = Profit(expires_in=expires_in)

    async def use(clients, clock):
        await clients[0].send(CALL)
        clock.forward(seconds=passed_s)
        return await clients[0].send(CALL)

    assert with_client(profit, use).status == 200
    assert len(profit.given) == tokens


def test_a_token_that_is_refused_is_renewed_once_for_all_lanes():
    profit = Profit()

    async def use(clients, _):
        await asyncio.gather(*(each.send(CALL) for each in clients))
        profit.revoked.add("token-1")
        return await asyncio.gather(*(each.send(CALL) for each in clients))

    answers = with_client(profit, use, clients=4)

    assert [each.status for each in answers] == [200] * 4
    assert profit.given == ["token-1", "token-2"]


def test_who_is_let_in_by_no_token_asks_for_no_more_of_them():
    profit = Profit(lets_in=False)

    async def use(clients, _):
        return [await clients[0].send(CALL) for _ in range(3)]

    assert [each.status for each in with_client(profit, use)] == [401] * 3
    assert profit.given == ["token-1"]


@pytest.mark.parametrize(
    ("answer", "kind", "words", "hint"),
    [
        (http(400, {"error": "invalid_client"}), SignInRefusedError, "invalid_client", "revoked"),
        (http(401, {"error": "invalid_client"}), SignInRefusedError, "401 invalid_client", "end d"),
        (http(400, {"error": "invalid_scope"}), SignInRefusedError, "invalid_scope", "a scope"),
        (http(400, {"error": "<b>p:a%s+ w"}), SignInRefusedError, "no token: 400 at", "Is it"),
        (http(404), SignInRefusedError, "404", "Check the address"),
        (http(403), SignInRefusedError, "403", "IP address"),
        (http(503, None, "Retry-After: 7200\r\n"), ErpUnavailableError, "503", "7200 seconds"),
        (http(200, {"token": "x"}), ErpUnavailableError, "gave no Bearer token", "address of"),
        (http(200, ["x"]), ErpUnavailableError, "gave no Bearer token", "address of"),
        (
            http(200, {"access_token": "x\r\nX: y", "token_type": "Bearer"}),
            *(ErpUnavailableError, "gave no Bearer token", "address of"),
        ),
        (
            http(200, {"access_token": "x", "token_type": "DPoP"}),
            *(ErpUnavailableError, "gave no Bearer token", "address of"),
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", ErpUnavailableError, "reached", ""),
    ],
)
def test_what_is_said_instead_of_a_token_is_told_with_what_to_do(answer, kind, words, hint):
    async def use(clients, _):
        return await clients[0].send(CALL, limit_s=5)

    profit = Profit(answer=answer)
    if b"half" in answer:
        profit.serve = broken_off(answer)
    with pytest.raises(kind) as caught:
        with_client(profit, use)

    assert type(caught.value) is kind
    assert words in caught.value.message
    assert hint in caught.value.hint
    assert SECRET not in caught.value.render()


def broken_off(answer):
    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    return serve
