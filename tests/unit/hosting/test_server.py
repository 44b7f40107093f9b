import asyncio

import httpx
import pytest

from koppeling_harness.hosting.server import Server


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
