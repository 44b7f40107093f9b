import asyncio
from collections.abc import Iterator

import httpx
import pytest

from koppeling_harness.errors import ProductionRefusedError
from koppeling_harness.model.fault import FaultKind
from koppeling_harness.traffic.reverse_proxy import ReverseProxy
from support.gateway import ENVIRONMENT, TOKEN_DATA, Served, a_fault


def refuse_nothing(base_url: str) -> None:
    assert base_url.startswith("http")


@pytest.fixture(scope="module")
def _pair() -> Iterator[tuple[Served, Served]]:
    """A real environment, and a gateway before it."""
    with Served() as real:
        proxy = ReverseProxy({ENVIRONMENT: real.base_url}, refuse=refuse_nothing)
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
    answer = gateway.client.post(
        "/connectors/A%2FB/@Id/1?filtervalues=a%2Cb+c&x=",
        content=b"{}",
        headers={"IntegrationId": "1_2", "X-Own": "y"},
    )
    seen = real.only_exchange()

    assert answer.status_code == 201
    assert (seen.path, seen.query) == ("/connectors/A%2FB/@Id/1", "filtervalues=a%2Cb+c&x=")
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
    proxy = ReverseProxy(
        {ENVIRONMENT: real.base_url.replace("http:", "https:")}, refuse=refuse_nothing
    )
    with Served(proxy) as gateway:
        gateway.open()
        answer = gateway.client.get("/metainfo", headers={"Authorization": TOKEN_DATA})
        asyncio.run_coroutine_threadsafe(proxy.aclose(), gateway.loop).result(10)

    assert answer.status_code == 502
    assert real.recording().exchanges == ()


def test_production_gets_no_request():
    def refuse(base_url: str) -> None:
        raise ProductionRefusedError(base_url)

    with pytest.raises(ProductionRefusedError):
        ReverseProxy({"O12345AA": "https://12345.rest.afas.online"}, refuse=refuse)
