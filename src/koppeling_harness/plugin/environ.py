"""The environment variables that an integration's process may see."""

from collections.abc import Mapping

_PASSED_ON = frozenset(
    {
        "PATH", "PATHEXT",  # find programs
        "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC",  # Windows: sockets need the first
        "TEMP", "TMP", "TMPDIR",
        "LANG", "LANGUAGE", "TZ",
        "SSL_CERT_FILE", "SSL_CERT_DIR",
    }
)  # fmt: skip
_PREFIXES = ("PYTHON", "LC_", "COVERAGE_PROCESS_")


def child_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the part of an environment that an integration needs to run at all.

    Everything else stays behind: tokens of other partners, secrets of a CI system, cloud
    credentials. What the integration is to know of ERP1 it gets as `RunContext`.
    """
    return {
        name: value
        for name, value in environ.items()
        if name.upper() in _PASSED_ON or name.upper().startswith(_PREFIXES)
    }
