import asyncio
import contextlib
import gzip
from collections.abc import Awaitable, Callable

import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.erp.call import ErpCall
from koppeling_harness.erp.client import ErpAnswer, ErpClient
from koppeling_harness.errors import ErpUnavailableError
from koppeling_harness.http.base_url import BaseUrl
from koppeling_harness.http.connection import Connection
from koppeling_harness.http.patience import PatientConnection
from koppeling_harness.model.access import ErpAccess
from koppeling_harness.model.secret import Secret
from koppeling_harness.model.shape import Release

REQUEST = b"GET /x HTTP/1.1\r\nHost: x\r\n\r\n"
PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Server:
    """Answers the requests of each connection with the given pieces, one list per request."""

    def __init__(self, *answers: list[bytes], then_close: bool = False) -> None:
        self.answers = list(answers)
        self.then_close = then_close
        self.asked: list[bytes] = []
        self.connections = 0
        self.has_closed = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while self.answers:
                self.asked.append(await reader.readuntil(b"\r\n\r\n"))
                for piece in self.answers.pop(0):
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(0.001)
                if self.then_close:
                    break
            else:
                await reader.read(1)
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()
            self.has_closed.set()


def carry_out(
    server: Server, act: Callable[[Connection, BaseUrl], Awaitable[object]], timeout_s: float = 2
) -> object:
    async def run() -> object:
        listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        async with listening, Connection(timeout_s=timeout_s) as connection:
            return await act(connection, BaseUrl("http", "127.0.0.1", port, ""))

    return asyncio.run(run())


def answer_to(*pieces: bytes, bodiless: bool = False, then_close: bool = False):
    return carry_out(
        Server(list(pieces), then_close=then_close),
        lambda connection, address: connection.ask(address, REQUEST, bodiless=bodiless),
    )


def test_one_connection_carries_many_requests():
    server = Server([PLAIN], [PLAIN], [PLAIN])

    async def three(connection, address):
        return [await connection.ask(address, REQUEST) for _ in range(3)]

    answers = carry_out(server, three)

    assert [each.body for each in answers] == [b"ok"] * 3
    assert server.connections == 1


def test_an_answer_in_pieces_and_chunks_is_put_together():
    answer = answer_to(
        b"HTTP/1.1 201 Crea",
        b"ted\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\nX-a: 2\r\n\r\n3\r\nab",
        b"c\r\n2;x=1\r\nde\r\n0\r\n\r\n",
    )

    assert (answer.status, answer.body, answer.headers["x-a"]) == (201, b"abcde", "1, 2")


def test_a_body_in_gzip_is_unpacked():
    packed = gzip.compress('{"Ds": "Müller"}'.encode())
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"

    assert answer_to(head.encode() + packed).text == '{"Ds": "Müller"}'


def test_the_charset_of_the_answer_is_minded():
    answer = answer_to(
        b"HTTP/1.1 200 OK\r\nContent-Type: a/b; charset=latin-1\r\nContent-Length: 1\r\n\r\n\xe9"
    )

    assert answer.text == "é"


def test_a_body_without_length_ends_with_the_connection():
    assert answer_to(b"HTTP/1.1 200 OK\r\n\r\nab", b"c", then_close=True).body == b"abc"


def test_an_interim_answer_is_passed_by():
    assert answer_to(b"HTTP/1.1 100 Continue\r\n\r\n", PLAIN).body == b"ok"


def test_an_answer_to_head_has_no_body():
    answer = answer_to(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", bodiless=True)

    assert (answer.status, answer.body) == (200, b"")


@pytest.mark.parametrize(
    "pieces",
    [
        [b""],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"],
        [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"],
        [b"SMTP ready\r\n\r\n"],
        [b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nno"],
    ],
)
def test_half_an_answer_is_none(pieces):
    with pytest.raises(ErpUnavailableError):
        answer_to(*pieces, then_close=True)


def test_no_answer_in_time_is_an_unavailable_erp():
    with pytest.raises(ErpUnavailableError, match=r"within 0\.05 s"):
        carry_out(
            Server([]), lambda connection, address: connection.ask(address, REQUEST), timeout_s=0.05
        )


def test_a_limit_of_the_caller_that_is_over_is_told_as_such():
    with pytest.raises(TimeoutError):
        carry_out(
            Server([]),
            lambda connection, address: connection.ask(address, REQUEST, limit_s=0.05),
        )


def test_a_limit_of_the_caller_allows_no_more_than_the_connection_does():
    with pytest.raises(ErpUnavailableError, match=r"within 0\.05 s"):
        carry_out(
            Server([]),
            lambda connection, address: connection.ask(address, REQUEST, limit_s=60),
            timeout_s=0.05,
        )


def test_after_a_limit_is_over_no_old_answer_is_taken_for_the_new_one():
    late = Server([], [PLAIN])

    async def twice(connection, address):
        with pytest.raises(TimeoutError):
            await connection.ask(address, REQUEST, limit_s=0.05)
        return await connection.ask(address, REQUEST)

    assert carry_out(late, twice).body == b"ok"
    assert late.connections == 2


def test_waiting_at_a_gate_counts_for_the_limit_of_the_caller():
    class Shut:
        @contextlib.asynccontextmanager
        async def call(self):
            await asyncio.sleep(60)
            yield

    async def run():
        async with PatientConnection(Shut()) as connection:
            await connection.ask(BaseUrl("http", "127.0.0.1", 1, ""), REQUEST, limit_s=0.05)

    with pytest.raises(TimeoutError):
        asyncio.run(run())


def test_after_a_cancelled_request_no_old_answer_is_taken_for_the_new_one():
    late = Server([], [PLAIN])

    async def twice(connection, address):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await connection.ask(address, REQUEST)
        return await connection.ask(address, REQUEST)

    assert carry_out(late, twice).body == b"ok"
    assert late.connections == 2


def test_a_connection_that_the_server_closed_is_opened_anew():
    server = Server([PLAIN], [PLAIN], then_close=True)

    async def twice(connection, address):
        await connection.ask(address, REQUEST)
        await server.has_closed.wait()
        await asyncio.sleep(0.02)
        return await connection.ask(address, REQUEST)

    assert carry_out(server, twice).body == b"ok"
    assert server.connections == 2


def test_the_connection_is_not_kept_when_the_server_says_so():
    closing = PLAIN.replace(b"OK\r\n", b"OK\r\nConnection: close\r\n")
    server = Server([closing], [PLAIN], then_close=True)

    async def twice(connection, address):
        await connection.ask(address, REQUEST)
        return await connection.ask(address, REQUEST)

    assert carry_out(server, twice).body == b"ok"


def send(call: ErpCall) -> tuple[ErpAnswer, str]:
    server = Server([PLAIN])

    async def act(connection, address):
        access = ErpAccess(
            environment="T1",
            base_url=f"http://127.0.0.1:{address.port}/T1",
            token=Secret("<token/>"),
            release=Release(label="Profit 8", version="8.0.1"),
        )
        client = ErpClient(access, connection=connection, clock=SystemClock(), integration_id="1_2")
        return await client.send(call)

    return carry_out(server, act), server.asked[0].decode()


def test_what_a_url_may_not_hold_is_escaped():
    _, asked = send(ErpCall(method="GET", path="/a b/é%20\r\nX: y"))

    assert asked.startswith("GET /T1/a%20b/%C3%A9%20%0D%0AX:%20y HTTP/1.1\r\n")


def test_a_header_of_the_call_replaces_one_of_the_harness_whatever_its_case():
    _, asked = send(ErpCall(method="GET", path="/", headers=(("integrationid", "9_9"),)))

    assert "integrationid: 9_9" in asked
    assert "1_2" not in asked


@pytest.mark.parametrize("name", ["X-A", "X\r\nY"])
def test_a_header_with_a_line_break_is_not_sent(name):
    with pytest.raises(ErpUnavailableError, match="no header may hold"):
        send(ErpCall(method="GET", path="/", headers=((name, "a\r\nInjected: 1"),)))
