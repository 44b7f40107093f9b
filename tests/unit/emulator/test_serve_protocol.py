"""Connections on which no whole head comes are not kept for ever."""

import asyncio
import time

import pytest
import uvicorn

from koppeling_harness.emulator import serve_protocol
from koppeling_harness.emulator.serve_protocol import TimedProtocol


async def app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"whole"})


async def asked(*pieces: bytes, pause_s: float = 0.0) -> bytes:
    """Return what comes back for pieces of a request, up to where the server closes."""
    config = uvicorn.Config(app, port=0, lifespan="off", log_config=None, http=TimedProtocol)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for piece in pieces:
        writer.write(piece)
        await asyncio.sleep(pause_s)
    try:
        return await asyncio.wait_for(reader.read(), 10)
    finally:
        writer.close()
        server.should_exit = True
        await serving


@pytest.mark.parametrize("begun", [b"", b"GE", b"GET / HTTP/1.1\r\nHos"])
def test_a_head_that_does_not_come_on_is_answered_408_and_closed(monkeypatch, begun):
    monkeypatch.setattr(serve_protocol, "HEAD_LIMIT_S", 0.2)
    began = time.monotonic()

    assert asyncio.run(asked(begun)).startswith(b"HTTP/1.1 408 ")
    assert time.monotonic() - began < 5


def test_a_head_that_comes_in_pieces_is_answered_and_the_next_one_too(monkeypatch):
    monkeypatch.setattr(serve_protocol, "HEAD_LIMIT_S", 0.5)
    first = (b"GET / HT", b"TP/1.1\r\nHost: x\r\n", b"\r\n")
    last = (b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",)

    answer = asyncio.run(asked(*first, b"", *last, pause_s=0.1))
    assert answer.count(b"HTTP/1.1 200 ") == answer.count(b"whole") == 2
