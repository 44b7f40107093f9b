"""The rest of a request: taken as it comes, and not waited for without end."""

import asyncio

import pytest

from koppeling_harness.emulator import request_body
from koppeling_harness.emulator.request_body import GoneError, UnfitError, read_body

HEADERS = {b"content-length": b"6"}


def read(*messages, pause_s=0.0):
    """Read a body whose messages each come after a pause."""
    left = list(messages)
    stopped = []

    async def receive():
        try:
            await asyncio.sleep(pause_s)
            if not left:
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            stopped.append(True)
            raise
        return left.pop(0)

    async def both():
        return await read_body(HEADERS, receive)

    return asyncio.run(both()), stopped


def piece(body, *, more=False):
    return {"type": "http.request", "body": body, "more_body": more}


@pytest.mark.parametrize("pause_s", [0.0, 0.01])
def test_a_body_that_comes_in_pieces_is_whole(pause_s):
    assert read(piece(b"abc", more=True), piece(b"def"), pause_s=pause_s) == (b"abcdef", [])


@pytest.mark.parametrize("pause_s", [0.0, 0.01])
def test_a_body_that_breaks_off_is_none(pause_s):
    with pytest.raises(GoneError):
        read(piece(b"abc", more=True), {"type": "http.disconnect"}, pause_s=pause_s)


def test_a_body_that_does_not_come_on_is_given_up(monkeypatch):
    monkeypatch.setattr(request_body, "_REST_LIMIT_S", 0.05)

    with pytest.raises(UnfitError) as gone:
        read(piece(b"abc", more=True))

    assert gone.value.status == 408


def test_what_goes_wrong_while_it_waits_is_told():
    async def receive():
        await asyncio.sleep(0.01)
        message = "the socket broke"
        raise OSError(message)

    with pytest.raises(OSError, match="the socket broke"):
        asyncio.run(read_body(HEADERS, receive))
