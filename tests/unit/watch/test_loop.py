"""The watch with real claims on disk; what it looks at is told by the test."""

import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.store.claims import Claims
from koppeling_harness.watch.loop import INTERRUPTED, Watch
from koppeling_harness.watch.notice import Notice, State


class StoppedError(Exception):
    """The test's Ctrl-C."""


def a_notice(state=State.UNCHANGED, version="8.0.12", environment="demo", **values):
    return Notice(environment=environment, state=state, version=version, **values)


FIRST = a_notice(State.FIRST)
CHANGED = a_notice(State.CHANGED, "9.0.3", known_version="8.0.12")
NINE = a_notice(version="9.0.3", known_version="9.0.3")
AWAY = a_notice(State.UNREACHABLE, "", problem="no answer")


class Watched:
    """Runs a watch over some looks; keeps what it said and did."""

    def __init__(self, folder, *, code=0, command="recheck", crash=None):
        self.claims = Claims(folder)
        self.said = []
        self.ran = 0
        self._code = code
        self._command = command
        self._crash = crash

    def over(self, *looks):
        coming = iter(looks)

        def look():
            notices = next(coming, None)
            if notices is None:
                raise StoppedError
            return notices if isinstance(notices, tuple) else (notices,)

        def run():
            self.ran += 1
            if self._crash:
                raise self._crash
            return self._code

        watch = Watch(
            look=look,
            claims=self.claims,
            command=self._command,
            run=run,
            say=self.said.append,
            pause=lambda: None,
            clock=SystemClock(),
        )
        with pytest.raises((StoppedError, KeyboardInterrupt)):
            watch.keep_on()
        return self


def test_the_version_that_is_there_from_the_first_is_not_new(tmp_path):
    watched = Watched(tmp_path).over(FIRST, a_notice(), a_notice())

    assert watched.ran == 0
    assert list(watched.claims.all()) == ["8.0.12"]


def test_a_new_version_is_acted_upon_once(tmp_path):
    watched = Watched(tmp_path, code=1).over(FIRST, CHANGED, NINE, NINE)

    assert watched.ran == 1
    assert watched.claims.all()["9.0.3"].exit_code == 1
    assert watched.said[-2].endswith("demo: Profit 9.0.3, unchanged")


def test_after_a_restart_it_is_not_done_again(tmp_path):
    Watched(tmp_path).over(FIRST, CHANGED)

    assert Watched(tmp_path).over(NINE, CHANGED, NINE).ran == 0


def test_two_environments_that_get_one_version_are_acted_upon_once(tmp_path):
    other = a_notice(State.CHANGED, "9.0.3", "accept", known_version="8.0.12")
    watched = Watched(tmp_path).over(
        (FIRST, a_notice(State.FIRST, environment="accept")), (FIRST, other), (CHANGED, NINE)
    )

    assert watched.ran == 1


def test_a_version_that_came_while_nobody_watched_is_acted_upon(tmp_path):
    Watched(tmp_path).over(FIRST)

    assert Watched(tmp_path).over(NINE).ran == 1, "an `updates check` had noticed it before"


def test_a_first_watch_takes_what_is_known_already_as_it_is(tmp_path):
    assert Watched(tmp_path / "a").over(a_notice(), a_notice()).ran == 0
    assert Watched(tmp_path / "b").over(CHANGED).ran == 1


def test_a_first_watch_acts_for_a_version_that_another_command_noticed_before(tmp_path):
    noticed = a_notice(version="9.0.3", known_version="9.0.3", first_version="8.0.12")
    as_ever = a_notice(version="9.0.3", known_version="9.0.3", first_version="9.0.3")

    assert Watched(tmp_path / "a").over(noticed, noticed).ran == 1
    assert Watched(tmp_path / "a").over(noticed).ran == 0
    assert Watched(tmp_path / "b").over(as_ever).ran == 0


def test_an_environment_that_was_away_when_the_watch_began_is_not_new(tmp_path):
    away = a_notice(State.UNREACHABLE, "", "accept", problem="no answer")
    back = a_notice(version="9.0.3", environment="accept", known_version="9.0.3")

    assert Watched(tmp_path).over((FIRST, away), (a_notice(), back), (a_notice(), back)).ran == 0


def test_an_environment_that_is_added_later_is_not_new(tmp_path):
    added = a_notice(State.FIRST, "9.0.3", "accept")

    assert Watched(tmp_path).over(FIRST, (a_notice(), added), (a_notice(), NINE)).ran == 0


def test_it_goes_on_when_an_environment_cannot_be_reached(tmp_path):
    watched = Watched(tmp_path).over(FIRST, AWAY, AWAY, CHANGED)

    assert watched.ran == 1
    assert "cannot be reached, trying again later: no answer" in watched.said[1]


def test_an_interruption_in_the_middle_is_written_down_and_it_is_not_begun_again(tmp_path):
    watched = Watched(tmp_path, crash=KeyboardInterrupt()).over(FIRST, CHANGED)
    again = Watched(tmp_path).over(NINE)

    assert watched.claims.all()["9.0.3"].exit_code == INTERRUPTED
    assert again.ran == 0


def test_a_crash_in_the_middle_is_told_at_the_next_start(tmp_path):
    Claims(tmp_path).begin("9.0.3", "recheck", at=SystemClock().now())
    watched = Watched(tmp_path).over(NINE)

    assert watched.ran == 0
    assert watched.said[0].startswith("Profit 9.0.3: `recheck` was begun at ")
    assert "never ended; it is not begun again" in watched.said[0]


def test_of_two_watches_only_one_acts(tmp_path):
    one, other = Watched(tmp_path), Watched(tmp_path)
    one.over(FIRST)
    other.over(NINE)

    assert (one.over(NINE).ran, other.ran) == (0, 1)


def test_without_a_command_it_tells_only(tmp_path):
    watched = Watched(tmp_path, command="").over(FIRST, CHANGED, NINE)

    assert watched.ran == 0
    assert "changed: Profit 8.0.12 -> 9.0.3" in watched.said[1]
