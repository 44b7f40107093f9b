"""The environment variables that an integration's process may see."""

import os
import site
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from koppeling_harness.plugin.discover import Discovery, Integration
from koppeling_harness.plugin.tree import MARK

_PASSED_ON = frozenset(
    {
        "PATH", "PATHEXT",  # find programs
        "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC",  # Windows: sockets need the first
        "LANG", "LANGUAGE", "TZ",
        # all that POSIX and glibc know; any other that begins so may be somebody's secret
        "LC_ALL", "LC_CTYPE", "LC_COLLATE", "LC_MESSAGES", "LC_MONETARY", "LC_NUMERIC", "LC_TIME",
        "LC_ADDRESS", "LC_IDENTIFICATION", "LC_MEASUREMENT", "LC_NAME", "LC_PAPER", "LC_TELEPHONE",
        "SSL_CERT_FILE", "SSL_CERT_DIR",
    }
)  # fmt: skip
_OF_INSTALLING = frozenset(
    {
        "HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "TMPDIR", "TEMP", "TMP",
        "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "NETRC",
    }
)  # fmt: skip
_ALWAYS_ALLOWED = frozenset({"DOTNET_ROOT", "JAVA_HOME"})
"""Where a runtime lies: nothing that is secret."""
_OF_PYTHON = ("PYTHON", "COVERAGE_PROCESS_")
_OWN_FOLDER = ("TMPDIR", "TEMP", "TMP", "HOME", "USERPROFILE")


def base_environ(*, home: Path) -> dict[str, str]:
    """Return what any program needs to run: nothing that is secret, nothing that is a person's.

    Args:
        home: A folder of its own: its home folder, and where its temporary files go.
    """
    kept = {name: value for name, value in os.environ.items() if name.upper() in _PASSED_ON}
    return kept | dict.fromkeys(_OWN_FOLDER, str(home))


def installing_environ() -> dict[str, str]:
    """Return the environment in which an integration's requirements are installed.

    What is installed may run code of its own: it sees how to reach the package index, and nothing
    else that is secret.
    """
    return {
        name: value
        for name, value in os.environ.items()
        if name.upper() in _PASSED_ON | _OF_INSTALLING or name.upper().startswith(("PIP_", "XDG_"))
    }


def child_environ(
    *, home: Path, declared: Sequence[str] = (), is_python: bool = False
) -> dict[str, str]:
    """Return the environment of an integration's process.

    Everything that is not declared stays behind: tokens of other partners, secrets of a CI system,
    cloud credentials. What the integration is to know of ERP1 it gets as `RunContext`.

    Args:
        home: A folder of the process's own.
        declared: Names of what is passed on to it as well.
        is_python: Whether it runs on the harness's own interpreter, with how that was set up.
    """
    kept = base_environ(home=home)
    if is_python:
        kept |= {
            name: value for name, value in os.environ.items() if name.upper().startswith(_OF_PYTHON)
        }
        kept["PYTHONUSERBASE"] = site.getuserbase()  # else it would be looked for in `home`
    kept |= {name: os.environ[name] for name in declared if name in os.environ}
    return {**kept, MARK: home.name}


def with_variables(found: Discovery, allowed: Sequence[str]) -> Discovery:
    """Give every integration the variables that its manifest asks for, as far as they are allowed.

    A manifest is the partner's, and the machine may hold secrets of others.

    Args:
        found: The integrations.
        allowed: Names that the owner of the harness lets integrations have.
    """
    may = _ALWAYS_ALLOWED | set(allowed)
    return replace(
        found, integrations=tuple(_with_variables(one, may) for one in found.integrations)
    )


def _with_variables(integration: Integration, allowed: Collection[str]) -> Integration:
    asked = [name for name in integration.manifest.runtime.environ if name in os.environ]
    return replace(
        integration,
        variables=tuple(name for name in asked if name in allowed),
        withheld=tuple(name for name in asked if name not in allowed),
    )
