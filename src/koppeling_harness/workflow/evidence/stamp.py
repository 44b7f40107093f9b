"""Have a signature stamped: ask a time-stamping authority over HTTP, once."""

from urllib.parse import urlsplit

from koppeling_harness.errors import ErpUnavailableError, UsageError
from koppeling_harness.evidence.time_stamp import (
    REQUEST_TYPE,
    is_stamp,
    require_library,
    stamp_request,
)

_WITHIN_S = 30
_MOST_BYTES = 1 << 20


def require_address(url: str) -> None:
    """Make sure that a signature can be stamped, before anything is signed.

    Raises:
        UsageError: It is no address.
        ConfigurationError: The library is not there.
    """
    address = urlsplit(url)
    if address.scheme not in ("http", "https") or not address.hostname:
        message = f"--timestamp: found {url!r}, expected the address of a time-stamping authority"
        raise UsageError(message, hint="Such as http://tsa.example/tsr.")
    require_library()


def stamp(signature: bytes, url: str) -> bytes:
    """Return the time stamp over a signature.

    Only its digest is sent. Plain HTTP will do, as most authorities have it: a stamp is signed, and
    nothing in it is secret. A proxy that the machine names is used.

    Args:
        signature: What is stamped.
        url: Of the authority; see `require_address`.

    Raises:
        ErpUnavailableError: The authority does not answer, or grants no stamp.
    """
    import urllib.request  # noqa: PLC0415 - 50 ms that nobody else waits for

    request = urllib.request.Request(  # noqa: S310 - http and https only
        url, data=stamp_request(signature), headers={"Content-Type": REQUEST_TYPE}
    )
    try:
        with urllib.request.urlopen(request, timeout=_WITHIN_S) as answer:  # noqa: S310
            reply: bytes = answer.read(_MOST_BYTES)
    except (OSError, ValueError) as error:
        message = f"{url}: no time stamp ({error})"
        raise ErpUnavailableError(message, hint="Sign without --timestamp, or later.") from None
    if not is_stamp(reply):
        message = f"{url}: the answer is no time stamp ({len(reply)} bytes)"
        raise ErpUnavailableError(message, hint="See that it is an RFC 3161 authority.")
    return reply
