"""Look at the configured environments, once or until stopped."""

import asyncio
import json
import os
import re
import shlex
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from koppeling_harness.clock import Clock
from koppeling_harness.config.folders import REPORTS
from koppeling_harness.config.settings import Settings, load_settings
from koppeling_harness.document import dump_json, read_content
from koppeling_harness.errors import (
    ConfigurationError,
    DocumentError,
    ErpUnavailableError,
    ExitCode,
    SignInRefusedError,
    UsageError,
)
from koppeling_harness.http.patience import PatientConnection
from koppeling_harness.http.trust import trusting
from koppeling_harness.model.access import ErpAccess
from koppeling_harness.model.environment import EnvironmentSetting
from koppeling_harness.model.snapshot import Snapshot
from koppeling_harness.report.updates_text import counted
from koppeling_harness.store.call_limits import FileGate
from koppeling_harness.store.claims import Claims
from koppeling_harness.store.machine import limits_folder
from koppeling_harness.store.snapshots import (
    SNAPSHOTS,
    newest_snapshot,
    oldest_snapshot,
    save_snapshot,
    snapshot_folder,
)
from koppeling_harness.value import dataclass
from koppeling_harness.watch.look import look
from koppeling_harness.watch.loop import Watch
from koppeling_harness.watch.metainfo import snapshot_of
from koppeling_harness.watch.notice import Notice, State, differences
from koppeling_harness.workflow.environment.access import access_for

_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_SECONDS = (86_400, 3_600, 60, 1)
_PATIENCE_S = 30.0
"""How long a command may take to end after the watch was interrupted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """One environment, with what the settings say of it."""

    access: ErpAccess
    setting: EnvironmentSetting


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where things are.

    Attributes:
        folder: The project, whose settings hold.
        reports: Where snapshots are kept, below `snapshots/`.
    """

    folder: Path = Path()
    reports: Path = REPORTS


def check(names: Sequence[str], places: Places, *, clock: Clock) -> tuple[Notice, ...]:
    """Look at environments, compare with the last known, and keep what is different.

    Args:
        names: Of the environments; all that are configured when empty.
        places: Where things are.
        clock: Tells when.

    Raises:
        ConfigurationError: There is no environment, or one has no token.
        DocumentError: The settings, or a snapshot that was kept, cannot be read.
    """
    return _look_at(_targets(names, places, clock), places, clock)


def snapshot_of_environment(name: str, folder: Path, *, clock: Clock) -> str:
    """Return what an environment of the settings says of its API, as it is kept.

    Args:
        name: Of the environment.
        folder: The project, whose settings hold.
        clock: Tells when.

    Raises:
        ConfigurationError: There is no such environment, or it has no token or secret.
        ErpUnavailableError: It does not answer, or refuses.
    """
    [target] = _targets([name], Places(folder=folder), clock)
    return dump_json(asyncio.run(_snapshot(target, clock)), indent=1)


def exit_code(notices: Sequence[Notice]) -> ExitCode:
    """Return what the process says: 16 changed, else 11 not reachable, 10 no sign-in, else 0.

    A change goes before: it is told once, while what cannot be reached is told every time.
    """
    states = {each.state for each in notices}
    if State.CHANGED in states:
        return ExitCode.DIFFERS
    if State.UNREACHABLE in states:
        return ExitCode.ENVIRONMENT
    return ExitCode.CONFIGURATION if State.REFUSED in states else ExitCode.PASSED


def as_text(notices: Sequence[Notice], *, lang: str) -> str:
    """Return a line per environment, and below it what to look at."""
    return "\n".join(line for each in notices for line in _lines(each, lang))


def as_json(notices: Sequence[Notice]) -> str:
    """Return the same as a JSON list."""
    return json.dumps([_plain(each) for each in notices], ensure_ascii=False, indent=1)


def keep_watch(
    names: Sequence[str],
    places: Places,
    *,
    every: str,
    then: str,
    say: Callable[[str], None],
    clock: Clock,
) -> None:
    """Look again and again until interrupted; run a command once for each new version.

    Args:
        names: Of the environments; all that are configured when empty.
        places: Where things are.
        every: The time between two looks: `1h`, `30m`, `1h30m`.
        then: The command; empty to tell only. No shell reads it.
        say: Takes each line for the user.
        clock: Tells when.

    Raises:
        KeyboardInterrupt: It was interrupted; nothing is left running.
        UsageError: `every` cannot be understood.
        ConfigurationError: There is no environment, one has no token, or no such command.
    """
    every_s = duration_s(every)
    arguments = _arguments(then)
    targets = _targets(names, places, clock)
    Watch(
        look=lambda: _look_at(targets, places, clock),
        claims=Claims(places.reports / SNAPSHOTS / ".watch"),
        command=then,
        run=lambda: _run(arguments),
        say=say,
        pause=lambda: time.sleep(every_s),
        clock=clock,
    ).keep_on()


def duration_s(text: str) -> int:
    """Return how many seconds `1h`, `30m`, `90s` or `1h30m` is.

    Raises:
        UsageError: It is none of these, or nothing at all.
    """
    match = _DURATION.fullmatch(text.strip())
    parts = [int(each or 0) for each in match.groups()] if match else []
    found = sum(part * unit for part, unit in zip(parts, _SECONDS, strict=False))
    if not found:
        message = f"--every {text!r}: expected a time such as 1h, 30m or 1h30m"
        raise UsageError(message)
    return found


def _targets(names: Sequence[str], places: Places, clock: Clock) -> list[_Target]:
    settings = load_settings(places.folder)
    return [
        _Target(
            access=access_for(each, settings, clock=clock),
            setting=settings.environment_named(each),
        )
        for each in list(names) or _all(settings)
    ]


def _all(settings: Settings) -> list[str]:
    if not settings.environments:
        message = "no environment is configured, expected at least one to look at"
        hint = "Add [environments.NAME] to koppeling.toml, with participant and kind, or url."
        raise ConfigurationError(message, hint=hint)
    return list(settings.environments)


def _look_at(targets: Sequence[_Target], places: Places, clock: Clock) -> tuple[Notice, ...]:
    return tuple(_look_at_one(each, places, clock) for each in targets)


def _look_at_one(target: _Target, places: Places, clock: Clock) -> Notice:
    access = target.access
    folder = snapshot_folder(places.reports, access.environment)
    known_file = newest_snapshot(folder)
    known = _read(known_file) if known_file else None
    before = str(known_file or "")
    try:
        now = asyncio.run(_snapshot(target, clock))
    except ErpUnavailableError as error:
        return Notice(
            environment=access.environment,
            state=State.REFUSED if isinstance(error, SignInRefusedError) else State.UNREACHABLE,
            known_version=known.version if known else "",
            problem=error.message,
            snapshot=before,
        )
    if known is None:
        path = save_snapshot(folder, now)
        return Notice(
            environment=access.environment,
            state=State.FIRST,
            version=now.version,
            snapshot=str(path),
        )
    if known.version != now.version:
        now = replace(now, label="")  # the settings spoke of the one before
    changes = differences(known, now, names=(before, access.environment))
    return Notice(
        environment=access.environment,
        state=State.CHANGED if changes else State.UNCHANGED,
        version=now.version,
        known_version=known.version,
        first_version=_first_version(folder, known),
        changes=changes,
        snapshot=str(save_snapshot(folder, now)) if changes else before,
        previous=before if changes else "",
    )


def _first_version(folder: Path, known: Snapshot) -> str:
    """Return what the first snapshot says; what the last one does when it cannot be read."""
    oldest = oldest_snapshot(folder)
    try:
        return _read(oldest).version if oldest else known.version
    except ConfigurationError:
        return known.version


async def _snapshot(target: _Target, clock: Clock) -> Snapshot:
    setting = target.setting
    gate = FileGate(
        limits_folder(setting.base_url, setting.limits),
        max_parallel=setting.max_parallel,
        budget=setting.budget,
        clock=clock,
    )
    async with PatientConnection(gate, tls=trusting(*setting.tls_files)) as connection:
        return await look(target.access, connection=connection, clock=clock, label=setting.release)


def _read(path: Path) -> Snapshot:
    try:
        raw = json.loads(read_content(path))
    except (DocumentError, ValueError, RecursionError) as error:
        message = f"{path}: expected the last snapshot, but it cannot be read: {error}"
        raise ConfigurationError(message, hint="Remove it: the one before is then known.") from None
    return snapshot_of(raw, name=str(path))


def _lines(each: Notice, lang: str) -> Iterator[str]:
    match each.state:
        case State.FIRST:
            yield f"{each.environment}: Profit {each.version}, seen for the first time"
            yield f"  {each.snapshot}"
        case State.UNCHANGED:
            yield f"{each.environment}: Profit {each.version}, unchanged"
        case State.REFUSED:
            yield f"{each.environment}: no sign-in: {each.problem}"
            yield f"  koppeling doctor {each.environment}"
        case State.UNREACHABLE:
            yield f"{each.environment}: cannot be reached: {each.problem}"
        case State.CHANGED:
            changes = each.changes.changes if each.changes else ()
            yield f"{each.environment}: changed, Profit {each.known_version} -> {each.version}"
            yield f"  {counted(changes, lang=lang)}"
            yield f"  koppeling updates diff {each.previous} {each.snapshot}"


def _plain(each: Notice) -> dict[str, Any]:
    counts = Counter(one.breaking.value for one in each.changes.changes) if each.changes else {}
    return {
        "environment": each.environment,
        "state": each.state.value,
        "version": each.version,
        "known_version": each.known_version,
        "snapshot": each.snapshot,
        "previous": each.previous,
        "changes": dict(counts),
        "problem": each.problem,
    }


def _arguments(then: str) -> list[str] | str:
    """Return a command line as a process is started with it: on Windows that is one text.

    Raises:
        ConfigurationError: There is no such program, or a quote is not closed.
    """
    if not then:
        return []
    try:
        arguments = shlex.split(then, posix=os.name != "nt")
    except ValueError as error:
        message = f"--then {then!r}: {error}"
        raise ConfigurationError(message) from None
    if not arguments or shutil.which(arguments[0].strip('"')) is None:
        message = f"--then {then!r}: there is no such program"
        raise ConfigurationError(message, hint="Give a program that PATH finds, or its whole path.")
    return then if os.name == "nt" else arguments


def _run(arguments: list[str] | str) -> int:
    """Run a command to its end; when interrupted, give it time to end and then stop it."""
    with subprocess.Popen(arguments) as process:  # noqa: S603 - the user's own command
        try:
            return process.wait()
        except KeyboardInterrupt:
            _stop(process)
            raise


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(timeout=_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
