"""Look again and again, and do something once for each new version.

What was begun for a version is written down before it is begun and again when it has ended, so a
watch that was stopped, cut off or started twice never does it a second time, and one that was cut
off in the middle says so when it starts again.
"""

from collections.abc import Callable, Sequence

from koppeling_harness.clock import Clock
from koppeling_harness.store.claims import Claims
from koppeling_harness.value import dataclass
from koppeling_harness.watch.notice import Notice, State

INTERRUPTED = 130
"""The exit code of a command that was stopped with the watch, as shells write it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A watch and what it works with.

    Attributes:
        look: Looks at every environment.
        claims: What was begun for which version.
        command: What is to be done for a new version; empty to tell only.
        run: Does it, and returns its exit code.
        say: Takes each line for the user.
        pause: Waits until the next look.
        clock: Tells when.
    """

    look: Callable[[], Sequence[Notice]]
    claims: Claims
    command: str
    run: Callable[[], int]
    say: Callable[[str], None]
    pause: Callable[[], None]
    clock: Clock

    def keep_on(self) -> None:
        """Watch until interrupted.

        Raises:
            KeyboardInterrupt: It was interrupted; what had been begun has been stopped.
        """
        self._tell_unfinished()
        while True:
            notices = self.look()
            for each in notices:
                self.say(self._line(each))
            for version in self._new_versions(notices):
                self._once(version)
            self.pause()

    def _new_versions(self, notices: Sequence[Notice]) -> list[str]:
        """Claim versions that were there from the first; return the others, each once.

        From the first is what the first snapshot of an environment says, whatever command kept it;
        one that another command noticed after that is new.
        """
        found: dict[str, None] = {}
        for each in notices:
            if each.state in {State.UNREACHABLE, State.REFUSED}:
                continue
            is_met = self.claims.has_met(each.environment)
            is_unmet = each.state is State.UNCHANGED and not is_met
            is_as_ever = each.first_version in {"", each.version}
            if each.state is State.FIRST or (is_unmet and is_as_ever):
                self.claims.begin(each.version, "", at=self.clock.now())
            else:
                found[each.version] = None
            self.claims.meet(each.environment)
        return list(found)

    def _once(self, version: str) -> None:
        if not self.claims.begin(version, self.command, at=self.clock.now()):
            return  # it was dealt with before, or another watch was first
        if not self.command:
            return
        self.say(f"Profit {version} is new: {self.command}")
        code = INTERRUPTED
        try:
            code = self.run()
        finally:
            self.claims.end(version, at=self.clock.now(), exit_code=code)
        self.say(f"Profit {version}: it ended with exit code {code}")

    def _tell_unfinished(self) -> None:
        for each in self.claims.all().values():
            if each.command and not each.ended_at:
                self.say(
                    f"Profit {each.version}: `{each.command}` was begun at {each.began_at} and "
                    "never ended; it is not begun again. Run it by hand when it is still wanted."
                )

    def _line(self, notice: Notice) -> str:
        at = f"{self.clock.now():%Y-%m-%dT%H:%M:%SZ}"
        return f"{at} {notice.environment}: {_said(notice)}"


def _said(notice: Notice) -> str:
    match notice.state:
        case State.FIRST:
            return f"Profit {notice.version}, seen for the first time"
        case State.UNCHANGED:
            return f"Profit {notice.version}, unchanged"
        case State.CHANGED:
            return f"changed: {_differences(notice)}"
        case State.UNREACHABLE:
            return f"cannot be reached, trying again later: {notice.problem}"
        case State.REFUSED:
            return f"no sign-in, trying again later: {notice.problem}"


def _differences(notice: Notice) -> str:
    count = len(notice.changes.changes) if notice.changes else 0
    release = f"Profit {notice.version}"
    if notice.version != notice.known_version:
        release = f"Profit {notice.known_version} -> {notice.version}"
    return f"{release}, {count} changes in its API; {notice.previous} -> {notice.snapshot}"
