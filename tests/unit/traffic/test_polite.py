"""Whose doing a refusal of access is, by how one signs in."""

import asyncio
import json

import pytest

from koppeling_harness.model.exchange import Sender
from koppeling_harness.traffic.polite import Door

CLASSIC = "AfasToken abc"


def door(*, sender=Sender.INTEGRATION, authorization=""):
    return Door(name="d", sender=sender, authorization=authorization, scenario=("i", "s"))


def asked(one, *refusals):
    """Return of each refusal whether it tells of trouble, in one event loop."""

    async def ask():
        return [one.tells_of_trouble(status, said) for status, said in refusals]

    return asyncio.run(ask())


@pytest.mark.parametrize(("said", "trouble"), [(CLASSIC, True), ("AfasToken other", False)])
def test_the_classic_token_that_was_given_is_refused_by_the_environment(said, trouble):
    assert asked(door(authorization=CLASSIC), (401, said)) == [trouble]


@pytest.mark.parametrize(
    ("life", "said", "trouble"),
    [
        (3600, "Bearer t1", True),
        (3600, "DPoP t1", True),
        (3600, "Bearer t2", False),
        (0, "Bearer t1", False),
        ("x", "Bearer t1", False),
    ],
)
def test_a_token_that_was_given_and_has_not_ended_is_refused_by_the_environment(
    life, said, trouble
):
    async def ask():
        one = door()
        one.gave(json.dumps({"access_token": "t1", "expires_in": life}).encode())
        return one.tells_of_trouble(401, said)

    assert asyncio.run(ask()) is trouble


@pytest.mark.parametrize("answer", [b"", b"[]", b'"x"', b"{}", b"\xff", b"null"])
def test_an_answer_that_gives_no_token_is_no_reason_to_break(answer):
    async def give():
        one = door()
        one.gave(answer)
        return one.given

    assert asyncio.run(give()) == {}


def test_the_harness_asks_for_another_token_once_before_it_is_trouble():
    one = door(sender=Sender.HARNESS)

    assert asked(one, (401, "Bearer a"), (401, "Bearer b"), (401, "Bearer c")) == [
        *(False, True, False),
    ]
    assert asked(one, (403, "Bearer a")) == [True]
