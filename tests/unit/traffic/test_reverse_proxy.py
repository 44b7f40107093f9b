import asyncio
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
import trustme

from koppeling_harness.errors import ProductionRefusedError
from koppeling_harness.http.pool import Pool
from koppeling_harness.model.fault import FaultKind
from koppeling_harness.traffic.reverse_proxy import ReverseProxy
from support.gateway import ENVIRONMENT, TOKEN_DATA, Served, a_fault


@pytest.fixture(scope="module")
def _pair() -> Iterator[tuple[Served, Served]]:
    """A real environment, and a gateway before it."""
    with Served() as real:
        proxy = ReverseProxy({ENVIRONMENT: real.base_url})
        with Served(proxy) as gateway:
            yield real, gateway
            asyncio.run_coroutine_threadsafe(proxy.aclose(), gateway.loop).result(10)


@pytest.fixture
def pair(_pair: tuple[Served, Served]) -> tuple[Served, Served]:
    real, gateway = _pair
    real.reset()
    gateway.reset()
    return real.open(), gateway.open()


def test_a_request_arrives_as_it_was_sent(pair):
    real, gateway = pair
    answer = gateway.client.request(
        "DELETE",
        "/connectors/KnX/KnX/@Id/A%2FB?filtervalues=a%2Cb+c&x=",
        content=b"{}",
        headers={"IntegrationId": "1_2", "X-Own": "y"},
    )
    seen = real.only_exchange()

    assert answer.status_code == 201
    assert (seen.path, seen.query) == (
        "/connectors/KnX/KnX/@Id/A%2FB",
        "filtervalues=a%2Cb+c&x=",
    )
    assert (seen.header("integrationid"), seen.header("x-own")) == ("1_2", "y")
    assert seen.header("host") == f"127.0.0.1:{real.port}"
    assert (seen.request_body, seen.header("content-length")) == ("{}", "2")


def test_both_sides_record_the_same(pair):
    real, gateway = pair
    gateway.client.get("/connectors/Uren", headers={"Accept-Encoding": "gzip"})
    one, other = real.only_exchange(), gateway.only_exchange()

    assert one.response_body == other.response_body
    assert one.response_header("content-encoding") == other.response_header("content-encoding")


def test_a_body_of_unknown_length_streams_through(pair):
    real, gateway = pair

    def pieces():
        yield b"abc"
        yield b"def"

    gateway.client.post("/connectors/Uren", content=pieces())

    assert real.only_exchange().request_body == "abcdef"


def test_nothing_is_remembered_between_requests(pair):
    real, gateway = pair
    real.erp.headers = [(b"set-cookie", b"session=1")]
    gateway.client.get("/metainfo")
    httpx.get(gateway.base_url + "/metainfo")

    assert real.recording().exchanges[1].header("cookie") is None


def test_faults_work_before_a_real_environment_too(pair):
    real, gateway = pair
    gateway.open(a_fault(FaultKind.LOST_ANSWER))
    with pytest.raises(httpx.RemoteProtocolError):
        gateway.client.post("/connectors/Uren", content=b"{}")

    assert len(real.recording().exchanges) == 1


def test_an_environment_that_breaks_off_is_broken_off(pair):
    real, gateway = pair
    real.open(a_fault(FaultKind.RESET))
    with pytest.raises(httpx.RemoteProtocolError):
        gateway.client.post("/connectors/Uren", content=b"{}")

    assert gateway.only_exchange().status is None


def test_half_an_answer_stays_half(pair):
    real, gateway = pair
    real.open(a_fault(FaultKind.HALF_BODY))
    with pytest.raises(httpx.RemoteProtocolError):
        gateway.client.get("/connectors/Uren")


def test_an_unknown_environment_is_404(pair):
    _, gateway = pair
    answer = gateway.client.get(f"http://127.0.0.1:{gateway.port}/T99999AA/ProfitRestServices/x")

    assert answer.status_code == 404


def test_who_does_not_speak_tls_is_not_reached(pair):
    real, _ = pair
    proxy = ReverseProxy({ENVIRONMENT: real.base_url.replace("http:", "https:")})
    with Served(proxy) as gateway:
        gateway.open()
        answer = gateway.client.get("/metainfo", headers={"Authorization": TOKEN_DATA})
        asyncio.run_coroutine_threadsafe(proxy.aclose(), gateway.loop).result(10)

    assert answer.status_code == 502
    assert real.recording().exchanges == ()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def served_over_tls(certificate: trustme.LeafCert) -> Served:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return Served(tls=context)


def asked_over_tls(real: Served, *, host: str, tls: ssl.SSLContext | None) -> httpx.Response:
    """Return what a client gets from a gateway before an environment that speaks TLS."""
    url = f"https://{host}:{real.port}/{ENVIRONMENT}/ProfitRestServices"
    proxy = ReverseProxy({ENVIRONMENT: url}, tls=tls)
    with Served(proxy) as gateway:
        gateway.open()
        answer = gateway.client.get("/connectors/Uren")
        asyncio.run_coroutine_threadsafe(proxy.aclose(), gateway.loop).result(10)
    return answer


def test_an_environment_whose_certificate_is_in_order_is_reached_over_tls(authority):
    with served_over_tls(authority.issue_cert("localhost")) as real:
        real.open()
        answer = asked_over_tls(real, host="localhost", tls=trusting(authority))

        assert answer.json()["rows"]
        assert len(real.recording().exchanges) == 1


@pytest.mark.parametrize(
    ("name", "trusted", "said"),
    [
        ("elsewhere.example", True, "Hostname mismatch"),
        ("localhost", False, "certificate verify failed"),
    ],
)
def test_an_environment_whose_certificate_is_not_in_order_gets_no_request(
    authority, name, trusted, said
):
    with served_over_tls(authority.issue_cert(name)) as real:
        real.open()
        tls = trusting(authority) if trusted else None
        answer = asked_over_tls(real, host="localhost", tls=tls)

        assert answer.status_code == 502
        assert said in answer.text
        assert real.recording().exchanges == ()


def test_a_certificate_that_has_expired_is_refused(authority):
    expired = datetime(2020, 1, 1, tzinfo=UTC)
    with served_over_tls(authority.issue_cert("localhost", not_after=expired)) as real:
        real.open()
        answer = asked_over_tls(real, host="localhost", tls=trusting(authority))

        assert (answer.status_code, real.recording().exchanges) == (502, ())
        assert "expired" in answer.text


def test_a_connection_to_the_environment_is_kept_open(pair):
    real, gateway = pair
    for _ in range(3):
        gateway.client.post("/connectors/Uren", content=b"{}")

    assert {each.connection for each in real.recording().exchanges} == {1}


def test_an_answer_before_the_whole_body_was_sent_comes_through():
    async def impatient(scope, receive, send):
        headers = [(b"content-length", b"3"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 413, "headers": headers})
        await send({"type": "http.response.body", "body": b"big"})

    with Served(impatient) as real:
        real.open()
        proxy = ReverseProxy({ENVIRONMENT: real.base_url})
        with Served(proxy) as gateway:
            gateway.open()
            try:
                answer = gateway.client.post("/connectors/Uren", content=b"x" * 30_000_000)
                assert (answer.status_code, answer.text) == (413, "big")
            except httpx.TransportError:
                pass  # the client was still sending when the connection went: no answer to see
            until = time.monotonic() + 10
            while not gateway.recording().exchanges and time.monotonic() < until:
                time.sleep(0.01)  # and the gateway may still be at it
            (exchange,) = gateway.recording().exchanges
            asyncio.run_coroutine_threadsafe(proxy.aclose(), gateway.loop).result(10)

    assert exchange.status in {413, None}


def test_an_answer_without_a_length_ends_with_its_connection():
    async def go() -> bytes:
        async def serve(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nwhole")
            await writer.drain()
            writer.close()

        listening = await asyncio.start_server(serve, "127.0.0.1", 0)
        pool = Pool("127.0.0.1", listening.sockets[0].getsockname()[1], None)
        async with listening:
            line = await pool.line()
            line.begin(bodiless=False)
            await line.send(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert (await line.head()).status == 200
            body = b"".join([data async for data, _ in line.body()])
            pool.release(line)
            await pool.aclose()
        return body

    assert asyncio.run(go()) == b"whole"


def test_production_gets_no_request():
    with pytest.raises(ProductionRefusedError):
        ReverseProxy({"O12345AA": "https://12345.rest.afas.online"})
