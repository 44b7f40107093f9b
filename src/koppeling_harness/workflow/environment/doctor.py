"""`koppeling doctor`: look at everything that a run needs, before anything is done."""

import shutil
import socket
import sys
from collections.abc import Sequence
from dataclasses import field
from pathlib import Path
from typing import Any

from koppeling_harness.clock import Clock
from koppeling_harness.config.folders import places_of_integrations
from koppeling_harness.config.settings import Settings, load_settings
from koppeling_harness.errors import (
    ConfigurationError,
    DocumentError,
    ErpUnavailableError,
    ExitCode,
)
from koppeling_harness.hosting.connectors import Connectors, with_connectors
from koppeling_harness.hosting.real_erp import RealTarget
from koppeling_harness.model.diagnosis import DoctorLine
from koppeling_harness.model.manifest import Manifest
from koppeling_harness.model.verdict import Cause
from koppeling_harness.plugin.discover import Discovery, discover
from koppeling_harness.plugin.requires import with_runtimes
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.environment.access import TokenSources
from koppeling_harness.workflow.environment.diagnose import EnvironmentDoctor
from koppeling_harness.workflow.environment.diagnosis_lines import failed, passed

_ROOM_BYTES = 200 * 1024 * 1024
_OLDEST_PYTHON = (3, 11)


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What the doctor found.

    Attributes:
        environment: Name of the environment; empty when only this machine was looked at.
        lines: Everything that was looked at, in order.
        target: How to run against the environment; None when something is in the way.
    """

    environment: str
    lines: tuple[DoctorLine, ...]
    target: RealTarget | None = field(default=None, repr=False)

    @property
    def exit_code(self) -> ExitCode:
        """What the process says: 10 when something is set wrongly, else 11, else 0."""
        causes = {each.cause for each in self.lines if each.ok is False}
        if Cause.CONFIGURATION in causes:
            return ExitCode.CONFIGURATION
        return ExitCode.ENVIRONMENT if causes else ExitCode.PASSED

    def problems(self) -> str:
        """Return what is not in order, for a person; empty when everything is."""
        return "\n".join(text_of(each) for each in self.lines if each.ok is False)


def diagnose(
    environment: str,
    *,
    plugins: Sequence[Path],
    folder: Path,
    clock: Clock,
    sources: TokenSources | None = None,
) -> Diagnosis:
    """Look at this machine, and at an environment when one is named.

    Args:
        environment: Its name in the settings; empty for this machine alone.
        plugins: Folders of integrations; `plugins` here when empty.
        folder: Of the project.
        clock: Tells the time.
        sources: Where a token may come from.
    """
    lines: list[DoctorLine] = []
    settings = _settings(folder, lines)
    places = plugins or tuple(folder / each for each in places_of_integrations())
    found = _integrations(places, settings, lines, on_erp1=not environment)
    lines += _machine(folder)
    target = None
    if environment and settings is not None:
        manifests = [each.manifest for each in found.integrations]
        target = look_at(
            environment, settings, manifests, lines=lines, clock=clock, sources=sources
        )
    return Diagnosis(environment=environment, lines=tuple(lines), target=target)


def look_at(
    name: str,
    settings: Settings,
    manifests: Sequence[Manifest],
    *,
    lines: list[DoctorLine],
    clock: Clock,
    sources: TokenSources | None = None,
) -> RealTarget | None:
    """Look at an environment; return how to run against it, None when something is in the way.

    Args:
        name: Of the environment.
        settings: Of the project.
        manifests: Of the integrations that will run.
        lines: What was looked at is added here.
        clock: Tells the time.
        sources: Where a token may come from.
    """
    doctor = EnvironmentDoctor(
        name=name,
        settings=settings,
        manifests=tuple(manifests),
        clock=clock,
        sources=sources or TokenSources(),
    )
    target = doctor.look()
    lines += doctor.lines
    return target


def require_healthy(diagnosis: Diagnosis) -> RealTarget:
    """Return how to run against the environment that was looked at.

    Raises:
        ConfigurationError: Something is set wrongly.
        ErpUnavailableError: The environment cannot be used now.
    """
    hint = f"`koppeling doctor {diagnosis.environment}` shows everything that was looked at."
    if diagnosis.exit_code is ExitCode.CONFIGURATION:
        raise ConfigurationError(diagnosis.problems(), hint=hint)
    if diagnosis.exit_code is not ExitCode.PASSED or diagnosis.target is None:
        raise ErpUnavailableError(diagnosis.problems(), hint=hint)
    return diagnosis.target


def as_plain(diagnosis: Diagnosis) -> dict[str, Any]:
    """Return a diagnosis as JSON types, for `koppeling doctor --json`."""
    return {
        "schema": "koppeling/doctor@1",
        "environment": diagnosis.environment or None,
        "exit_code": int(diagnosis.exit_code),
        "lines": [
            {
                "what": each.what,
                "ok": each.ok,
                "found": each.found,
                "expected": each.expected,
                "remedy": each.remedy,
                "cause": each.cause.value if each.cause else None,
            }
            for each in diagnosis.lines
        ],
    }


def text_of(line: DoctorLine) -> str:
    """Return a line for a person, with its remedy below it when there is one."""
    if line.ok and not line.remedy:
        return f"ok       {line.what}: {line.found}"
    if line.ok:
        return f"soon     {line.what}: {line.found}\n         remedy: {line.remedy}"
    mark = "-       " if line.ok is None else "problem "
    text = f"{mark} {line.what}: found {line.found}, expected {line.expected}"
    return f"{text}\n         remedy: {line.remedy}" if line.remedy else text


def _settings(folder: Path, lines: list[DoctorLine]) -> Settings | None:
    expected = "settings without problems"
    try:
        settings = load_settings(folder)
    except DocumentError as error:
        lines.append(failed("settings", error.message, expected, "Mend the places that are named."))
        return None
    lines.append(passed("settings", settings.place or "none; the defaults hold", expected))
    return settings


def _integrations(
    folders: Sequence[Path],
    settings: Settings | None,
    lines: list[DoctorLine],
    *,
    on_erp1: bool,
) -> Discovery:
    there = [each for each in folders if each.exists()]
    found = with_runtimes(discover(there))
    if on_erp1 and settings is not None:
        try:
            found = with_connectors(found, Connectors(tuple(map(str, settings.imports))))
        except DocumentError as error:
            expected = "files of [erp1] imports that can be read"
            remedy = "Mend the places that are named."
            lines.append(failed("imports", error.message, expected, remedy))
    for each in found.integrations:
        name, runtime = each.manifest.id, each.manifest.runtime.kind
        lines.append(passed(f"integration {name}", f"runtime {runtime}", "its runtime"))
    known = set(settings.allow_missing) if settings is not None else set()
    for aside in found.set_aside:
        expected = "an integration that can be started"
        if aside.missing and known.issuperset(aside.missing):
            seen = f"{aside.problem}; set aside, as [run] allow_missing says"
            lines.append(passed(f"integration {aside.name}", seen, expected))
        else:
            lines.append(failed(f"integration {aside.name}", aside.problem, expected, aside.hint))
    return found


def _machine(folder: Path) -> list[DoctorLine]:
    lines = []
    python = sys.version_info[:3]
    version, oldest = ".".join(map(str, python)), ".".join(map(str, _OLDEST_PYTHON))
    lines.append(passed("Python", version, f"{oldest} or later"))
    expected = "a free port on 127.0.0.1"
    try:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        lines.append(passed("ports", f"127.0.0.1:{port}", expected))
    except OSError as error:
        lines.append(failed("ports", f"{error}", expected, "Allow the harness to listen here."))
    free = shutil.disk_usage(folder).free
    expected = f"{_ROOM_BYTES >> 20} MB free"
    make = passed if free >= _ROOM_BYTES else failed
    lines.append(make("disk", f"{free >> 20} MB free", expected, "Make room on the disk."))
    return lines
