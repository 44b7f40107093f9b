"""The environment variables that an integration's process may see."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from koppeling_harness.plugin.tree import MARK

_PASSED_ON = frozenset(
    {
        "PATH", "PATHEXT",  # find programs
        "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC",  # Windows: sockets need the first
        "LANG", "LANGUAGE", "TZ",
        "SSL_CERT_FILE", "SSL_CERT_DIR",
    }
)  # fmt: skip
_OF_PYTHON = ("PYTHON", "COVERAGE_PROCESS_")
_OWN_FOLDER = ("TMPDIR", "TEMP", "TMP", "HOME", "USERPROFILE")


def child_environ(
    environ: Mapping[str, str],
    *,
    home: Path,
    declared: Sequence[str] = (),
    is_python: bool = False,
) -> dict[str, str]:
    """Return the part of an environment that an integration needs to run at all.

    Everything else stays behind: tokens of other partners, secrets of a CI system, cloud
    credentials. What the integration is to know of ERP1 it gets as `RunContext`.

    Args:
        environ: The harness's own environment.
        home: A folder of the process's own: its home folder, and where its temporary files go.
        declared: Names that its manifest wants passed on.
        is_python: Whether it runs on the harness's own interpreter, with how that was set up.
    """
    prefixes = ("LC_", *_OF_PYTHON) if is_python else ("LC_",)
    kept = {
        name: value
        for name, value in environ.items()
        if name.upper() in _PASSED_ON or name.upper().startswith(prefixes)
    }
    kept |= dict.fromkeys(_OWN_FOLDER, str(home))
    kept |= {name: environ[name] for name in declared if name in environ}
    return {**kept, MARK: home.name}
