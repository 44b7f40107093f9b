"""Whole answers to whole requests, over one connection that is kept open.

The harness speaks to ERP1 four or five times per scenario, in one known way.
"""

import asyncio
import ssl
import zlib
from dataclasses import dataclass, field
from typing import Self

from koppeling_harness.errors import ErpUnavailableError
from koppeling_harness.http.base_url import BaseUrl
from koppeling_harness.http.headers import charset_of
from koppeling_harness.http.line import BrokenOffError, Head, Line, open_line
from koppeling_harness.http.trust import mozilla


@dataclass(slots=True)
class RawAnswer:
    """An answer as it came over the wire.

    Attributes:
        status: HTTP status.
        headers: Lower-case names; of a repeated header the values joined by a comma.
        body: After decoding of `Content-Encoding`.
    """

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def text(self) -> str:
        """The body as text, by the charset that it names, else UTF-8."""
        charset = charset_of(self.headers.get("content-type", "")) or "utf-8"
        try:
            return self.body.decode(charset, "replace")
        except LookupError:
            return self.body.decode("utf-8", "replace")


class Connection:
    """One connection, kept open, through which one scenario at a time speaks.

    Args:
        timeout_s: Time allowed for one answer, the opening of the connection included.
        tls: Which authorities are trusted; those of Mozilla when None.
    """

    def __init__(self, *, timeout_s: float = 30.0, tls: ssl.SSLContext | None = None) -> None:
        self._timeout_s = timeout_s
        self._tls = tls
        self._line: Line | None = None
        self._to: BaseUrl | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._close()

    async def ask(
        self,
        address: BaseUrl,
        request: bytes,
        *,
        bodiless: bool = False,
        limit_s: float | None = None,
    ) -> RawAnswer:
        """Send a request and return its answer.

        Args:
            address: Where to.
            request: As it goes over the wire.
            bodiless: Whether the answer has no body whatever its headers say, as to HEAD.
            limit_s: Time that the caller allows, where it is less.

        Raises:
            ErpUnavailableError: No whole answer came: refused, reset, timed out.
            TimeoutError: The caller's own limit is over.
        """
        is_callers = limit_s is not None and limit_s <= self._timeout_s
        allowed_s = limit_s if limit_s is not None and is_callers else self._timeout_s
        deadline_s = asyncio.get_running_loop().time() + allowed_s
        try:
            line = self._line
            if line is None or address != self._to or not await line.is_usable():
                async with asyncio.timeout_at(deadline_s):
                    line = await self._open(address)
            head, pieces = await line.ask(request, bodiless=bodiless, deadline_s=deadline_s)
            return _answer(head, pieces)
        except TimeoutError:
            await self._close()
            if is_callers:
                raise
            message = f"no answer within {self._timeout_s:g} s"
            raise ErpUnavailableError(message) from None
        except BrokenOffError as error:
            await self._close()
            message = f"no answer ({error})"
            raise ErpUnavailableError(message) from None
        except OSError as error:
            await self._close()
            message = f"no answer ({type(error).__name__}: {error})"
            raise ErpUnavailableError(message) from None
        except BaseException:
            await self._close()  # half of an answer may still be under way
            raise

    async def _open(self, address: BaseUrl) -> Line:
        await self._close()
        context = (self._tls or mozilla()) if address.scheme == "https" else None
        self._line = await open_line(address.host, address.port, context)
        self._to = address
        return self._line

    async def _close(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            await line.aclose()


def _answer(head: Head, pieces: list[bytes]) -> RawAnswer:
    headers: dict[str, str] = {}
    for raw_name, raw_value in head.headers:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    body = _decoded(b"".join(pieces), headers.get("content-encoding", ""))
    return RawAnswer(status=head.status, headers=headers, body=body)


def _decoded(body: bytes, encoding: str) -> bytes:
    if encoding.lower() not in {"gzip", "deflate"} or not body:
        return body
    try:
        return zlib.decompress(body, 47)  # zlib's own header or gzip's, whichever it is
    except zlib.error as error:
        message = f"expected a body in gzip, found {error}"
        raise BrokenOffError(message) from None
