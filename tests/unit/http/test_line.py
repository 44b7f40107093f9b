import asyncio
import contextlib

import pytest

from koppeling_harness.http.line import BrokenOffError
from koppeling_harness.http.pool import Pool

REQUEST = b"GET /x HTTP/1.1\r\nHost: x\r\n\r\n"
PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def with_server(serve, act):
    """Carry out something with connections to a server, and return what it returns."""

    async def run():
        served = []

        async def serve_one(reader, writer):
            served.append(asyncio.current_task())
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await serve(reader, writer)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

        listening = await asyncio.start_server(serve_one, "127.0.0.1", 0)
        pool = Pool("127.0.0.1", listening.sockets[0].getsockname()[1], None)
        async with listening, asyncio.timeout(20):
            try:
                return await act(pool)
            finally:
                await pool.aclose()
                await asyncio.gather(*served)

    return asyncio.run(run())


async def streamed(pool, *, slow=False):
    """Send a request in parts; return status and body of its answer."""
    line = await pool.line()
    try:
        line.begin(bodiless=False)
        await line.send(REQUEST)
        head = await line.head()
        await asyncio.sleep(0.05 if slow else 0)
        return head.status, b"".join([data async for data, _ in line.body()])
    finally:
        pool.release(line)


def answering(*answers: bytes):
    async def serve(reader, writer):
        for answer in answers:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
        await reader.read(1)

    return serve


def test_a_body_larger_than_is_held_comes_whole_and_the_connection_is_kept():
    size = 3_000_000
    large = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size

    async def both(pool):
        return [await streamed(pool, slow=True) for _ in range(3)]

    found = with_server(answering(PLAIN, large, PLAIN), both)

    assert [(status, len(body)) for status, body in found] == [(200, 2), (200, size), (200, 2)]


def test_a_body_that_nobody_takes_keeps_the_server_waiting():
    sent = 0

    async def serve(reader, writer):
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 200000000\r\n\r\n")
        for _ in range(200):
            writer.write(b"x" * 1_000_000)
            await writer.drain()
            sent += 1

    async def begin_only(pool):
        line = await pool.line()
        line.begin(bodiless=False)
        await line.send(REQUEST)
        await line.head()
        before = -1
        while before != sent:  # until no more goes
            before = sent
            await asyncio.sleep(0.1)
        await line.aclose()

    with_server(serve, begin_only)

    assert sent < 100


def test_a_request_goes_as_fast_as_the_server_takes_it():
    asked = asyncio.Event()

    async def serve(reader, writer):
        await asked.wait()
        await reader.readexactly(50_000_000)
        writer.write(PLAIN)
        await writer.drain()

    async def send_much(pool):
        line = await pool.line()
        line.begin(bodiless=False)
        sent = 0

        async def send():
            nonlocal sent
            for _ in range(50):
                await line.send(b"x" * 1_000_000)
                sent += 1

        sending = asyncio.create_task(send())
        await asyncio.sleep(0.2)
        at_first = sent
        asked.set()
        status = (await line.head()).status
        await sending
        await line.aclose()
        return at_first, sent, status

    at_first, sent, status = with_server(serve, send_much)

    assert at_first < 40
    assert (sent, status) == (50, 200)


def test_an_answer_that_nobody_asked_for_is_not_taken_for_the_next():
    async def both(pool):
        first = await streamed(pool)
        return first, await streamed(pool)

    unasked = PLAIN + b"HTTP/1.1 500 No\r\nContent-Length: 3\r\n\r\nbad"

    assert with_server(answering(unasked), streamed) == (200, b"ok")
    connections = 0

    async def serve(reader, writer):
        nonlocal connections
        connections += 1
        await answering(unasked, unasked)(reader, writer)

    assert with_server(serve, both) == ((200, b"ok"), (200, b"ok"))
    assert connections == 2


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
        b"SMTP ready\r\n\r\n",
    ],
)
def test_what_is_no_whole_answer_breaks_off(answer):
    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()

    with pytest.raises(BrokenOffError):
        with_server(serve, streamed)


def test_what_came_before_the_break_is_told_first():
    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
        await writer.drain()

    async def read(pool):
        line = await pool.line()
        line.begin(bodiless=False)
        await line.send(REQUEST)
        await line.head()
        await asyncio.sleep(0.1)
        body = line.body()
        first = await anext(body)
        with pytest.raises(BrokenOffError):
            await anext(body)
        pool.release(line)
        return first, line.is_open

    assert with_server(serve, read) == ((b"half", True), False)


def test_an_answer_to_head_has_no_body_and_ends_its_connection():
    async def head(pool):
        line = await pool.line()
        line.begin(bodiless=True)
        await line.send(REQUEST)
        status = (await line.head()).status
        body = [each async for each in line.body()]
        return status, body, line.is_open

    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"

    assert with_server(answering(answer), head) == (200, [(b"", False)], False)
