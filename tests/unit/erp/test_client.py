import asyncio
import base64
import contextlib
from collections.abc import AsyncIterator

import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.erp.call import ErpCall
from koppeling_harness.erp.client import ErpAnswer, ErpClient
from koppeling_harness.errors import ErpUnavailableError, ProductionRefusedError
from koppeling_harness.http.connection import Connection
from koppeling_harness.model.access import ErpAccess
from koppeling_harness.model.secret import Secret
from koppeling_harness.model.shape import Release

TOKEN = "<token><version>1</version><data>AB</data></token>"


def access(base_url: str) -> ErpAccess:
    return ErpAccess(
        environment="T1",
        base_url=base_url,
        token=Secret(TOKEN),
        release=Release(label="Profit 8", version="8.0.1"),
    )


@contextlib.asynccontextmanager
async def server(answer: bytes) -> AsyncIterator[tuple[str, list[str]]]:
    """Answers every connection with fixed bytes; keeps what was asked."""
    asked: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(answer)
        await writer.drain()
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with listening:
        port = listening.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}/T1/ProfitRestServices", asked


async def ask(base_url: str, call: ErpCall) -> ErpAnswer:
    async with Connection(timeout_s=2) as connection:
        client = ErpClient(
            access(base_url), connection=connection, clock=SystemClock(), integration_id="1_2"
        )
        return await client.send(call)


def answer_to(answer: bytes, call: ErpCall) -> tuple[ErpAnswer, str]:
    async def run() -> tuple[ErpAnswer, str]:
        async with server(answer) as (base_url, asked):
            return await ask(base_url, call), asked[0]

    return asyncio.run(run())


def http(body: str, status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


def test_the_token_goes_along_as_base64_with_the_integration_id():
    _, asked = answer_to(http("{}"), ErpCall(method="GET", path="/profitversion"))

    encoded = base64.b64encode(TOKEN.encode()).decode()
    assert asked.startswith("GET /T1/ProfitRestServices/profitversion HTTP/1.1\r\n")
    assert f"Authorization: AfasToken {encoded}\r\n" in asked
    assert "IntegrationId: 1_2\r\n" in asked


def test_a_call_without_authorisation_has_no_token():
    _, asked = answer_to(http("{}"), ErpCall(method="GET", path="/x", authorised=False))

    assert "Authorization" not in asked


def test_rows_are_counted_in_the_result():
    answer, _ = answer_to(http('{"rows":[{"A":1}]}'), ErpCall(method="GET", path="/x"))

    assert (answer.result()["count"], answer.result()["rows"]) == (1, [{"A": 1}])


def test_a_body_that_is_not_json_is_text():
    answer, _ = answer_to(http("<html>", "503 X"), ErpCall(method="GET", path="/x"))

    assert (answer.status, answer.body) == (503, "<html>")


def test_a_connection_that_closes_without_answer_is_an_unavailable_erp():
    with pytest.raises(ErpUnavailableError, match="no answer"):
        answer_to(b"", ErpCall(method="GET", path="/x"))


def test_production_is_refused_before_anything_is_sent():
    with pytest.raises(ProductionRefusedError):
        asyncio.run(
            ask(
                "https://12345.rest.afas.online/ProfitRestServices", ErpCall(method="GET", path="/")
            )
        )
