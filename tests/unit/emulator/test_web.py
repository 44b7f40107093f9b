"""The front of ERP1: what HTTP leaves to no one's taste."""

import asyncio

import pytest

from koppeling_harness.emulator import Erp1
from support.erp1 import caller


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("br, gzip;q=0.5", True),
        ("gzip ; q=1", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *", False),
        ("br", False),
        ("notgzip", False),
        ("", False),
    ],
)
def test_an_answer_is_packed_for_who_takes_it_so(accepted, packed):
    answer = caller().call("GET", "/metainfo", headers={"accept-encoding": accepted})

    assert ("content-encoding" in answer.headers) is packed


def asked(version, *headers):
    erp1 = Erp1(rows=0)
    access = erp1.open_environment()
    token = f"AfasToken {access.token_base64.reveal()}".encode()
    path = f"{access.path}/profitversion"
    scope = {
        "type": "http",
        "http_version": version,
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": [(b"authorization", token), *headers],
    }
    sent = []

    async def receive():
        return {"type": "http.request"}

    async def send(message):
        sent.append(message)

    asyncio.run(erp1.app(scope, receive, send))
    return sent[0]["status"]


def test_a_request_without_a_host_is_none_of_http_1_1():
    host = (b"host", b"erp1.example")

    assert asked("1.1", host) == 200
    assert asked("1.1") == 400
    assert asked("1.1", host, host) == 400
    assert asked("1.0") == 200
