"""Claims: work begun for a version, once, by one process alone, and what became of it."""

import contextlib
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from koppeling_harness.errors import ConfigurationError
from koppeling_harness.store.files import write_files
from koppeling_harness.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One version that was dealt with, or is being.

    Attributes:
        version: What `/profitversion` said.
        command: What was begun; empty when the version was there from the first.
        began_at: When, as ISO 8601.
        ended_at: When it ended; empty while it runs, and for ever when it was cut off.
        exit_code: What it said; None while it runs.
    """

    version: str
    command: str
    began_at: str
    ended_at: str = ""
    exit_code: int | None = None


class Claims:
    """The claims in a folder, a file per version.

    The file is made before the command is begun, in a way that only one process can, and written
    again when it has ended: a crash in between leaves a claim that never ended.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def begin(self, version: str, command: str, *, at: datetime) -> bool:
        """Claim a version; return False when it was claimed before.

        Raises:
            ConfigurationError: It cannot be written.
        """
        path = self._path(version)
        claim = Claim(version=version, command=command, began_at=at.isoformat())
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                file.write(_text(claim))
        except OSError as error:
            if path.is_file():
                return False
            message = f"{path}: cannot be written: {error.strerror or error}"
            raise ConfigurationError(
                message, hint="Choose another folder, with --reports."
            ) from None
        return True

    def end(self, version: str, *, at: datetime, exit_code: int) -> None:
        """Write that what was begun has ended.

        Raises:
            ConfigurationError: It cannot be written.
        """
        began = self.all().get(version)
        claim = Claim(
            version=version,
            command=began.command if began else "",
            began_at=began.began_at if began else "",
            ended_at=at.isoformat(),
            exit_code=exit_code,
        )
        write_files(self._folder, {self._path(version).name: _text(claim).encode()})

    def all(self) -> Mapping[str, Claim]:
        """Return every claim by version; one that was cut off while it was written counts too."""
        found = {}
        for path in sorted(self._folder.glob("*.json")) if self._folder.is_dir() else ():
            claim = _claim(path)
            found[claim.version] = claim
        return found

    def has_met(self, environment: str) -> bool:
        """Return whether an environment was seen before."""
        return self._met(environment).is_file()

    def meet(self, environment: str) -> None:
        """Write that an environment was seen.

        Raises:
            ConfigurationError: It cannot be written.
        """
        if not self.has_met(environment):
            write_files(self._folder, {self._met(environment).name: b""})

    def _met(self, environment: str) -> Path:
        return self._folder / f"met-{_safe(environment)}"

    def _path(self, version: str) -> Path:
        return self._folder / f"version-{_safe(version)}.json"


def _safe(name: str) -> str:
    """Return a name for a file: other characters as their codes, so that two never share one."""
    return "".join(
        each if each.isascii() and (each.isalnum() or each in ".-") else f"_{ord(each):x}_"
        for each in name
    )


def _claim(path: Path) -> Claim:
    data: dict[str, Any] = {}
    with contextlib.suppress(OSError, ValueError):
        data = json.loads(path.read_bytes())
    code = data.get("exit_code")
    return Claim(
        version=str(data.get("version") or path.stem.removeprefix("version-")),
        command=str(data.get("command", "an unknown command")),
        began_at=str(data.get("began_at") or "an unknown moment"),
        ended_at=str(data.get("ended_at") or ""),
        exit_code=code if isinstance(code, int) else None,
    )


def _text(claim: Claim) -> str:
    return json.dumps(
        {
            "version": claim.version,
            "command": claim.command,
            "began_at": claim.began_at,
            "ended_at": claim.ended_at,
            "exit_code": claim.exit_code,
        },
        indent=1,
    )
