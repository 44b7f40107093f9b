"""Lock file: for each release the required scenarios with the SHA-256 of their files.

What is locked is read here without the scenarios, which whoever reads a record has no use for.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from koppeling_harness.document import load_json, read_content
from koppeling_harness.errors import ConfigurationError
from koppeling_harness.model.shape import STRICT
from koppeling_harness.rules.release_label import did_you_mean
from koppeling_harness.value import dataclass

LOCK_FILE = "scenarios.lock"
"""Name of the file, in a folder of scenarios."""

HINT = "If that is meant, write the list again with `koppeling scenarios lock`."


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """The required scenarios of each release, with the digests of their files."""

    __pydantic_config__ = STRICT

    schema: Literal["koppeling/scenario-lock@1"] = "koppeling/scenario-lock@1"
    releases: dict[str, dict[str, str]]
    """Label of a release, such as `Profit 8`: scenario id and SHA-256 of its file."""

    def required(self, release: str) -> tuple[str, ...]:
        """Return the ids of the scenarios that must be executed on a release, sorted.

        Raises:
            ConfigurationError: There is no list for that release.
        """
        return tuple(sorted(self.of(release)))

    def digest(self, release: str) -> str:
        """Return the SHA-256 over the ids and digests of a release.

        Raises:
            ConfigurationError: There is no list for that release.
        """
        lines = sorted(f"{name} {digest}\n" for name, digest in self.of(release).items())
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def of(self, release: str) -> Mapping[str, str]:
        """Return scenario ids and digests of a release.

        Raises:
            ConfigurationError: There is no list for that release.
        """
        if release not in self.releases:
            there = ", ".join(self.releases) or "none"
            message = f"no required scenarios are locked for {release}; there are lists for {there}"
            hint = did_you_mean(release, self.releases) or HINT
            raise ConfigurationError(message, hint=hint)
        return self.releases[release]


def read_lock(folder: Path) -> Lock | None:
    """Return the lock of a folder, None when it has none.

    Raises:
        DocumentError: The file is not a lock.
    """
    path = folder / LOCK_FILE
    if not path.exists() and not path.is_symlink():
        return None
    return load_json(Lock, read_content(path), name=str(path))


def render_lock(lock: Lock) -> str:
    """Return a lock as the text of its file: sorted, one scenario per line."""
    releases = {label: dict(sorted(lock.releases[label].items())) for label in lock.releases}
    whole = {"schema": lock.schema, "releases": releases}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"
