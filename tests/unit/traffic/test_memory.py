"""A large body passes in pieces: the gateway holds no more than it records."""

import asyncio
import tracemalloc

import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.traffic.gateway import Gateway
from koppeling_harness.traffic.redactor import Redactor

PIECE = b"x" * 64 * 1024
PIECES = 800
MEGABYTE = 1024 * 1024


async def echo(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    more = True
    while more:
        message = await receive()
        more = message["more_body"]
        body = bytes(bytearray(message["body"]))
        await send({"type": "http.response.body", "body": body, "more_body": more})


@pytest.mark.slow
def test_fifty_megabytes_there_and_back_take_a_few_megabytes():
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/T12345AA/ProfitRestServices/connectors/Uren",
        "query_string": b"",
        "headers": [],
    }
    left = PIECES
    received = 0

    async def receive():
        nonlocal left
        left -= 1
        return {"type": "http.request", "body": bytes(bytearray(PIECE)), "more_body": left > 0}

    async def send(message):
        nonlocal received
        received += len(message.get("body", b""))

    gateway = Gateway(redactor=Redactor(b"key"), clock=SystemClock())
    door = gateway.open("T12345AA", echo)
    tracemalloc.start()
    try:
        asyncio.run(door(scope, receive, send))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    (exchange,) = gateway.close("T12345AA").exchanges

    assert received == exchange.request_size == exchange.response_size == PIECES * len(PIECE)
    assert peak < 16 * MEGABYTE
