import asyncio

import pytest

from koppeling_harness.http import patience
from koppeling_harness.http.patience import TRIES, patiently


def asked(monkeypatch, *retry_after):
    """Return how often was asked and how long was waited; each answer says to wait, or None."""
    answers, waited = list(retry_after), []

    async def wait(seconds):
        waited.append(seconds)

    monkeypatch.setattr(patience.asyncio, "sleep", wait)

    async def ask():
        return answers.pop(0)

    last = asyncio.run(patiently(ask, lambda answer: answer))
    return len(retry_after) - len(answers), waited, last


def test_an_answer_that_is_no_maintenance_is_returned_at_once(monkeypatch):
    assert asked(monkeypatch, None, "1") == (1, [], None)


def test_maintenance_is_waited_for_as_long_as_it_says(monkeypatch):
    assert asked(monkeypatch, "3", "0", None) == (3, [3.0, 0.0], None)


@pytest.mark.parametrize("said", ["", "soon", "nan", "inf", "Wed, 25 Nov 2026 07:28:00 GMT"])
def test_without_seconds_the_pause_doubles(monkeypatch, said):
    assert asked(monkeypatch, said, said, said, said)[1] == [1.0, 2.0, 4.0]


def test_a_pause_below_zero_is_none(monkeypatch):
    assert asked(monkeypatch, "-5", None)[1] == [0.0]


def test_it_is_asked_a_few_times_only(monkeypatch):
    assert asked(monkeypatch, *["0"] * 9) == (TRIES, [0.0] * (TRIES - 1), "0")


@pytest.mark.parametrize(("said", "times"), [("60", 2), ("60.1", 1)])
def test_long_maintenance_is_not_waited_for(monkeypatch, said, times):
    assert asked(monkeypatch, said, None)[0] == times
