"""Which addresses the harness may send a request to. Production is none of them."""

import ipaddress
import re

import httpx

from koppeling_harness.errors import ConfigurationError, ProductionRefusedError

_TEST_KIND = re.compile(r"[0-9]{5,6}\.rest(?:test|accept|cursus)\.afas\.online")
_AFAS = re.compile(r"(?:.+\.)?(?:afas\.online|afasonlineconnector\.nl|afas\.nl)")


def refuse_production(base_url: str) -> None:
    """Make sure that an address is not a production environment.

    Test, accept and course environments of AFAS pass, and so does loopback. Nothing turns this
    off. Source: AFAS, docs.afas.help/profit/en/concepts (`rest`, `resttest`, `restaccept`).

    Args:
        base_url: The address of an environment, `https://12345.resttest.afas.online/…`.

    Raises:
        ProductionRefusedError: It is, or may be, a production environment.
        ConfigurationError: It is not an address, or would send the token in the clear.
    """
    try:
        url = httpx.URL(base_url)
    except (httpx.InvalidURL, TypeError) as error:
        message = f"{base_url!r}: expected the URL of an environment, {error}"
        raise ConfigurationError(message) from None
    host = url.host.rstrip(".").lower()
    if url.scheme not in {"http", "https"} or not host:
        message = f"{base_url!r}: expected the URL of an environment, such as "
        raise ConfigurationError(message + "https://12345.resttest.afas.online/ProfitRestServices")
    if _is_loopback(host):
        return
    if _AFAS.fullmatch(host) and not _TEST_KIND.fullmatch(host):
        message = f"{url.host}: found a production environment, expected test, accept or loopback"
        raise ProductionRefusedError(
            message,
            hint="Use https://<number>.resttest.afas.online or .restaccept. No option allows more.",
        )
    if not _TEST_KIND.fullmatch(host):
        message = f"{url.host}: expected an AFAS test or accept environment, or loopback"
        raise ConfigurationError(
            message, hint="Only <number>.resttest|restaccept|restcursus.afas.online and loopback."
        )
    if url.scheme != "https":
        message = f"{base_url}: found http, expected https: the token would travel in the clear"
        raise ConfigurationError(message)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
