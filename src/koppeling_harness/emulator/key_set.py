"""Fetching the key set of a client: over HTTPS, without redirects, 64 KB at most, in a few seconds.

Whoever registers an address chooses where this program connects to. It reaches the machine's own
network, as a client under development does, but no link-local address: clouds tell their machines
secrets there.

Source: AFAS, docs.afas.help/profit/en/authentication.
"""

import contextlib
import ipaddress
import socket
import ssl
import threading
from urllib.parse import urlsplit

from koppeling_harness.emulator.jwt_rules import JwtError

MOST_JWKS = 64 * 1024
ANSWER_WITHIN_S = 5.0
"""For all of it: an answer that trickles in is cut off then."""


def fetched_key_set(uri: str) -> tuple[bytes, str]:
    """Return what stands at an address, and its `Cache-Control`.

    Raises:
        JwtError: Nothing that may be used.
    """
    import http.client  # noqa: PLC0415 - 10 ms, and few integrations sign in so

    try:
        parts = urlsplit(uri)
        host, port = parts.hostname or "", parts.port or 443
        _check_host(host, port)
        connection = http.client.HTTPSConnection(
            host,
            port,
            timeout=ANSWER_WITHIN_S,
            context=ssl.create_default_context(),  # SSL_CERT_FILE adds an authority of one's own
        )
        connection.connect()
    except (OSError, ValueError) as error:
        raise _unreachable(error) from None
    # A timeout of the socket begins anew with every byte; this one does not.
    ending = threading.Timer(ANSWER_WITHIN_S, _cut_off, (connection.sock,))
    ending.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", path, headers={"Accept": "application/json"})
        answer = connection.getresponse()
        body = answer.read(MOST_JWKS + 1)
        whole = answer.length in {None, 0} or len(body) > MOST_JWKS
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _unreachable(error) from None
    finally:
        over = ending.finished.is_set()
        ending.cancel()
        connection.close()
    if answer.status != 200:
        message = f"answered {answer.status}, expected 200; redirects are not followed"
        raise JwtError(message)
    if len(body) > MOST_JWKS:
        message = f"is larger than {MOST_JWKS // 1024} KB"
        raise JwtError(message)
    if over or not whole:
        message = f"did not come whole within {ANSWER_WITHIN_S:g} s"
        raise JwtError(message)
    return body, ", ".join(answer.headers.get_all("Cache-Control") or ())


def _check_host(host: str, port: int) -> None:
    """Make sure that an address may be connected to.

    Raises:
        JwtError: It is link-local, or stands for none.
        OSError: The name is of no machine.
    """
    for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        found = ipaddress.ip_address(str(address[0]).partition("%")[0])
        mapped = getattr(found, "ipv4_mapped", None) or found
        if mapped.is_link_local or mapped.is_unspecified or mapped.is_multicast:
            message = f"cannot be fetched: {host} is {found}, which is no address of a service"
            raise JwtError(message)


def _cut_off(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        # of the socket itself: what lies over it is in use by who reads
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _unreachable(error: Exception) -> JwtError:
    return JwtError(f"cannot be fetched, {type(error).__name__}: {error}")
