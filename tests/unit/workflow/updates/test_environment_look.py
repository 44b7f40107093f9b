import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.errors import ConfigurationError, ExitCode, UsageError
from koppeling_harness.watch.notice import Notice, State
from koppeling_harness.workflow.updates.environment_look import (
    Places,
    as_json,
    as_text,
    check,
    duration_s,
    exit_code,
)


def notices(*states):
    return [Notice(environment=each.value, state=each, version="8.0.12") for each in states]


@pytest.mark.parametrize(
    ("states", "code"),
    [
        ((), ExitCode.PASSED),
        ((State.FIRST, State.UNCHANGED), ExitCode.PASSED),
        ((State.UNCHANGED, State.UNREACHABLE), ExitCode.ENVIRONMENT),
        ((State.UNREACHABLE, State.CHANGED), ExitCode.DIFFERS),
    ],
)
def test_a_change_goes_before_an_outage_because_it_is_told_once(states, code):
    assert exit_code(notices(*states)) is code


@pytest.mark.parametrize(
    ("text", "expected"), [("1h", 3600), ("30m", 1800), ("90s", 90), ("1h30m", 5400), ("1d", 86400)]
)
def test_a_time_between_looks_is_understood(text, expected):
    assert duration_s(text) == expected


@pytest.mark.parametrize("text", ["", "1", "h", "-1h", "1 hour", "0m"])
def test_what_is_no_time_is_told(text):
    with pytest.raises(UsageError):
        duration_s(text)


def test_every_state_has_a_line():
    lines = as_text(notices(*State), lang="en").splitlines()

    assert [line.partition(":")[0] for line in lines if not line.startswith(" ")] == list(State)
    assert all(f'"{each}"' in as_json(notices(*State)) for each in State)


def test_the_hint_says_where_an_environment_is_configured(tmp_path):
    with pytest.raises(ConfigurationError) as caught:
        check((), Places(folder=tmp_path, reports=tmp_path), clock=SystemClock())

    assert "[environments.NAME]" in caught.value.hint
