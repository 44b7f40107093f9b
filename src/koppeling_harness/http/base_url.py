"""Base URLs of environments that may get a request. Production is none of them."""

import functools
import ipaddress
import re
from typing import NamedTuple
from urllib.parse import urlsplit

from koppeling_harness.errors import ConfigurationError, ProductionRefusedError

_TEST_KIND = re.compile(r"[0-9]{5,6}\.rest(?:test|accept|cursus)\.afas\.online")
_AFAS = re.compile(r"(?:.+\.)?(?:afas\.online|afasonlineconnector\.nl|afas\.nl)")
_PORTS = {"http": 80, "https": 443}


class BaseUrl(NamedTuple):
    """Where an environment is.

    Attributes:
        scheme: `http` or `https`.
        host: Lower case, without the brackets of an IPv6 address and without a dot at the end.
        port: Of the server.
        path: What all paths begin with; no slash at the end.
    """

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """What the `Host` header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def refuse_production(base_url: str) -> None:
    """Make sure that an address is not a production environment; see `read_base_url`."""
    read_base_url(base_url)


@functools.lru_cache(maxsize=64)
def read_base_url(base_url: str) -> BaseUrl:
    """Return where an environment is, once it is sure that it is not in production.

    Test, accept and course environments of AFAS pass, and so does loopback. Nothing turns this
    off. Source: AFAS, docs.afas.help/profit/en/concepts (`rest`, `resttest`, `restaccept`).

    What is judged is what is returned: nobody reads the address a second time, in another way.

    Args:
        base_url: The address of an environment, `https://12345.resttest.afas.online/…`.

    Raises:
        ProductionRefusedError: It is, or may be, a production environment.
        ConfigurationError: It is not an address, or would send the token in the clear.
    """
    address = _parsed(base_url)
    host = address.host
    if _is_loopback(host):
        return address
    if _AFAS.fullmatch(host) and not _TEST_KIND.fullmatch(host):
        message = f"{host}: found a production environment, expected test, accept or loopback"
        raise ProductionRefusedError(
            message,
            hint="Use https://<number>.resttest.afas.online or .restaccept. No option allows more.",
        )
    if not _TEST_KIND.fullmatch(host):
        message = f"{host}: expected an AFAS test or accept environment, or loopback"
        raise ConfigurationError(
            message, hint="Only <number>.resttest|restaccept|restcursus.afas.online and loopback."
        )
    if address.scheme != "https":
        message = f"{base_url}: found http, expected https: the token would travel in the clear"
        raise ConfigurationError(message)
    return address


def _parsed(base_url: str) -> BaseUrl:
    try:
        url = urlsplit(base_url)
        host, port = (url.hostname or "").rstrip("."), url.port
    except ValueError as error:
        message = f"{base_url!r}: expected the URL of an environment, {error}"
        raise ConfigurationError(message) from None
    if url.scheme not in _PORTS or not host:
        message = f"{base_url!r}: expected the URL of an environment, such as "
        raise ConfigurationError(message + "https://12345.resttest.afas.online/ProfitRestServices")
    return BaseUrl(
        scheme=url.scheme, host=host, port=port or _PORTS[url.scheme], path=url.path.rstrip("/")
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
