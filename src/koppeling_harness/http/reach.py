"""Reach an environment step by step: name, connection, TLS."""

import asyncio
import contextlib
import socket
import ssl
from datetime import UTC, datetime

from koppeling_harness.http.base_url import BaseUrl
from koppeling_harness.value import dataclass

_LIMIT_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How far one came. What is empty was not reached.

    Attributes:
        addresses: What the name stands for.
        tls: Version, such as `TLSv1.3`; `none` over plain HTTP.
        certificate_until: Last moment of the server's certificate.
        problem: What went wrong after the last thing that went well.
    """

    addresses: tuple[str, ...] = ()
    tls: str = ""
    certificate_until: datetime | None = None
    problem: str = ""


async def reach(address: BaseUrl, *, tls: ssl.SSLContext) -> Reached:
    """Look the name up, connect and speak TLS; never raises for what the network does."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(_LIMIT_S):
            found = await loop.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError) as error:
        return Reached(problem=f"{error}" or "no answer")
    addresses = tuple(dict.fromkeys(str(each[4][0]) for each in found))
    context = tls if address.scheme == "https" else None
    try:
        async with asyncio.timeout(_LIMIT_S):
            _, writer = await asyncio.open_connection(address.host, address.port, ssl=context)
    except ssl.SSLCertVerificationError as error:
        return Reached(addresses=addresses, problem=f"certificate: {error.verify_message}")
    except (OSError, TimeoutError) as error:
        return Reached(addresses=addresses, problem=f"{error}" or "no answer")
    spoken: ssl.SSLObject | None = writer.get_extra_info("ssl_object")
    writer.close()
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(_LIMIT_S):
            await writer.wait_closed()
    if spoken is None:
        return Reached(addresses=addresses, tls="none")
    certificate = spoken.getpeercert() or {}
    until = ssl.cert_time_to_seconds(str(certificate["notAfter"])) if certificate else None
    return Reached(
        addresses=addresses,
        tls=spoken.version() or "",
        certificate_until=datetime.fromtimestamp(until, UTC) if until is not None else None,
    )
