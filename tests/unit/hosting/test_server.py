import asyncio

import httpx
import pytest

from koppeling_harness.hosting.server import Doors, Server
from support.scenarios import a_manifest


class Application:
    """Answers at once, or never."""

    def __init__(self):
        self.was_asked = asyncio.Event()
        self.was_cancelled = False

    async def __call__(self, scope, receive, send):
        if scope["path"] == "/never":
            self.was_asked.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.was_cancelled = True
                raise
        headers = [(b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"ok"})


def within_limit(work):
    async def limited():
        async with asyncio.timeout(10):
            await work

    asyncio.run(limited())


def test_it_answers_until_it_is_stopped_though_a_connection_is_kept():
    async def work():
        server = Server(Application())
        address = await server.start()
        async with httpx.AsyncClient() as client:
            answer = await client.get(address)
            assert answer.text == "ok"
            assert answer.headers["date"]
            await server.stop()
            with pytest.raises(httpx.ConnectError):
                await client.get(address)

    within_limit(work())


@pytest.mark.slow
def test_a_request_that_is_never_answered_does_not_keep_it():
    async def work():
        application = Application()
        server = Server(application)
        address = await server.start()
        async with httpx.AsyncClient() as client:
            waiting = asyncio.create_task(client.get(f"{address}/never"))
            await application.was_asked.wait()
            await server.stop()
            assert await asyncio.gather(waiting, return_exceptions=True)
        assert application.was_cancelled

    within_limit(work())


def test_one_that_was_never_started_can_be_stopped():
    async def work():
        await Server(Application()).stop()

    within_limit(work())


def test_one_scenario_has_no_more_than_some_connections():
    async def work():
        doors = Doors()
        address = (await doors.open(Application(), a_manifest())).removeprefix("http://").split(":")
        opened = [await asyncio.open_connection(*address) for _ in range(300)]
        for _, writer in opened:
            writer.write(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        answers = [await _beginning(reader) for reader, _ in opened]
        for _, writer in opened:
            writer.close()
        await doors.aclose()
        assert answers.count(b"HTTP/1.1 200") == 256
        assert answers.count(b"") == 300 - 256

    within_limit(work())


async def _beginning(reader):
    try:
        return await reader.read(12)
    except ConnectionError:
        return b""


def test_what_is_broken_off_at_the_end_is_not_told_as_an_error(capfd):
    async def work():
        application, doors = Application(), Doors()
        address = await doors.open(application, a_manifest())
        async with httpx.AsyncClient() as client:
            waiting = asyncio.create_task(client.get(f"{address}/never"))
            await application.was_asked.wait()
            await doors.aclose()
            with pytest.raises(httpx.TransportError):
                await waiting
        assert application.was_cancelled

    within_limit(work())

    assert capfd.readouterr().err == ""
