"""Which engine is meant by `--on`, and how it is reached."""

import ipaddress
import re
from pathlib import Path

from koppeling_harness.errors import ConfigurationError, UsageError
from koppeling_harness.value import dataclass

MOST_WORKERS = 64

_LOCAL = re.compile(r"local:([1-9][0-9]?)")
_REMOTE = re.compile(r"dask://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):([1-9][0-9]{0,4})/?")
_FORM = "expected dask://HOST:PORT, or local:N with N workers on this machine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """Files with which both sides of a connection show who they are, in PEM.

    Attributes:
        authority: Who vouches for both.
        certificate: Of this side.
        key: That goes with it.
    """

    authority: Path
    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineAddress:
    """An engine.

    Attributes:
        workers: How many to start on this machine; 0 when it runs already.
        host: Where its scheduler is; empty when it is started here.
        port: There.
        tls: How the connection is kept from others; None without.
    """

    workers: int = 0
    host: str = ""
    port: int = 0
    tls: Tls | None = None

    @property
    def url(self) -> str:
        """The scheduler, as Dask names it."""
        return f"{'tls' if self.tls else 'tcp'}://{self.host}:{self.port}"


def parse_engine(text: str, tls: str = "") -> EngineAddress:
    """Return the engine that is meant.

    Args:
        text: `dask://HOST:PORT` or `local:N`.
        tls: `CA,CERT,KEY`, three files; empty without.

    Raises:
        UsageError: It is neither, or the files do not go with it.
        ConfigurationError: A file is not there, or others could read and send over the network.
    """
    local, remote = _LOCAL.fullmatch(text), _REMOTE.fullmatch(text)
    if local and int(local[1]) <= MOST_WORKERS:
        if tls:
            message = "--cluster-tls: local:N needs none, its connections are kept from others"
            raise UsageError(message, hint="Leave it out.")
        return EngineAddress(workers=int(local[1]))
    if remote is None or int(remote[2]) > 65535:
        msg = f"--on: found {text!r}, {_FORM}"
        raise UsageError(msg)
    found = EngineAddress(host=remote[1], port=int(remote[2]), tls=_tls(tls) if tls else None)
    if found.tls is None and not _is_loopback(found.host):
        message = f"--on: {text} without TLS: whoever is between could read and change what is sent"
        hint = "Give --cluster-tls CA,CERT,KEY, or go through a tunnel to 127.0.0.1."
        raise ConfigurationError(message, hint=hint)
    return found


def _tls(text: str) -> Tls:
    files = [Path(each) for each in text.split(",")]
    if len(files) != 3:
        msg = f"--cluster-tls: found {text!r}, expected three files CA,CERT,KEY"
        raise UsageError(msg)
    absent = [str(each) for each in files if not each.is_file()]
    if absent:
        msg = f"--cluster-tls: there is no file {', '.join(absent)}"
        raise ConfigurationError(msg)
    authority, certificate, key = files
    return Tls(authority=authority, certificate=certificate, key=key)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
