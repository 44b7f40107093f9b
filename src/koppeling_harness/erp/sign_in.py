"""How the harness itself signs in by OAuth: one token for all, renewed before it ends.

Source: AFAS, docs.afas.help/profit/en/authentication.
"""

import asyncio
import json
import re
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from koppeling_harness.clock import Clock
from koppeling_harness.errors import ErpUnavailableError, SignInRefusedError
from koppeling_harness.http.base_url import read_base_url
from koppeling_harness.http.connection import Connection, RawAnswer
from koppeling_harness.model.access import ErpAccess, OAuthClient
from koppeling_harness.model.secret import Secret
from koppeling_harness.version import __version__

if TYPE_CHECKING:
    from koppeling_harness.erp.keys import AssertionKey

PATH = "/oauth/token"
MOST_SKEW_S = 60.0
"""By so much clocks may differ for what is signed. Source: as above."""
_MARGIN_S = 60.0
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
"""What a client proves itself with that signs (RFC 7523)."""
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""What a Bearer token may be (RFC 6750, section 2.1); else it would be part of another header."""
_CODE = re.compile(r"[a-z_]{1,40}")
_DIGITS = re.compile(r"[0-9]{1,9}")
_UNAVAILABLE = frozenset({429, 500, 502, 503, 504})

_WITHOUT_KEY = (
    "Is it the secret of this client, copied whole, and not revoked or past its end date? Make a "
    "new one on the app connector. One that takes classic tokens only gives no OAuth token."
)
_WITH_KEY = (
    "Is the certificate of this key on the app connector, valid, and is `client_id` that of it? "
    "With several keys give `assertion_kid`."
)
_FOR_A_SCOPE = "The app connector lacks a scope: add the connectors to it that are used."
_REMEDIES = {
    "unauthorized_client": "Make the app connector a confidential client: it is a public one now.",
    "use_dpop_nonce": "Make the app connector a confidential client without DPoP.",
    "invalid_scope": _FOR_A_SCOPE,
    "insufficient_scope": _FOR_A_SCOPE,
    "unsupported_grant_type": "Let the app connector take client credentials.",
}
"""What a refusal of the token endpoint asks for, by its error (RFC 6749, section 5.2)."""


class OAuthSignIn:
    """Keeps an access token, and asks for a new one when that is needed.

    Args:
        client: Who signs in.
        base_url: Of the environment, as AFAS knows it.
        connection: What carries the requests; nobody else's while one is under way.
        clock: Tells the time.
        tell: Is given each token, so that it can be kept out of what is written.

    Raises:
        ConfigurationError: Its key is none that AFAS takes.
    """

    def __init__(
        self,
        client: OAuthClient,
        *,
        base_url: str,
        connection: Connection,
        clock: Clock,
        tell: Callable[[Secret], None] | None = None,
    ) -> None:
        self._client = client
        self._url = base_url + PATH
        self._address = read_base_url(base_url)
        self._connection = connection
        self._clock = clock
        self._tell = tell
        self._lock = asyncio.Lock()
        self._token = ""
        self._until_s = 0.0
        self._is_accepted = False
        self.life_s = 0
        """How long the last token that was given lasts, in seconds."""
        self._key = _key_of(client)

    @property
    def certificate_ends(self) -> datetime | None:
        """Last moment of the certificate of the key, as far as it is at hand."""
        return None if self._key is None else self._key.certificate_ends

    async def authorization(self) -> str:
        """Return what the `Authorization` header of a call says.

        Raises:
            SignInRefusedError: The environment gives no token, for a reason to be mended.
            ErpUnavailableError: It cannot be reached, or is in maintenance.
        """
        async with self._lock:
            if not self._token or self._clock.elapsed_s() >= self._until_s:
                await self._ask()
            return f"Bearer {self._token}"

    def accepted(self, authorization: str) -> None:
        """Hear that a call with it was let in."""
        self._is_accepted |= authorization == f"Bearer {self._token}"

    async def renewed(self, refused: str) -> str | None:
        """Return another token in place of one that was refused.

        None for one that was never accepted: the next one would not be either.
        """
        async with self._lock:
            if refused == f"Bearer {self._token}":
                if not self._is_accepted:
                    return None
                await self._ask()
            return f"Bearer {self._token}"

    async def _ask(self) -> None:
        request = self._request()
        try:
            raw = await self._connection.ask(self._address, request)
        except ErpUnavailableError as error:
            message = f"the token endpoint {self._url} cannot be reached: {error.message}"
            raise ErpUnavailableError(message, hint="Try again later.") from None
        if raw.status != 200:
            raise self._refusal(raw)
        given = _object(raw)
        token, kind = given.get("access_token"), str(given.get("token_type", ""))
        if not isinstance(token, str) or not _TOKEN.fullmatch(token) or kind.lower() != "bearer":
            message = f"the token endpoint {self._url} answered 200 and gave no Bearer token"
            raise ErpUnavailableError(message, hint="Is `url` the address of Profit itself?")
        self.life_s = _seconds(given.get("expires_in"))
        if self._tell is not None:
            self._tell(Secret(token))
        self._token, self._is_accepted = token, False
        self._until_s = self._clock.elapsed_s() + self.life_s - min(_MARGIN_S, self.life_s / 4)

    def _request(self) -> bytes:
        form = {"grant_type": "client_credentials", "client_id": self._client.client_id}
        if self._key is not None:
            ends, now = self._key.certificate_ends, self._clock.now()
            if ends is not None and ends <= now:
                message = f"the certificate of the key to sign with ended on {ends:%Y-%m-%d}"
                hint = "Make a new one, and put it on the app connector beside the old one first."
                raise SignInRefusedError(message, hint=hint)
            form["client_assertion_type"] = ASSERTION
            form["client_assertion"] = self._key.assertion(self._client.client_id, self._url, now)
        elif self._client.client_secret is not None:
            form["client_secret"] = self._client.client_secret.reveal()
        body = urlencode(form).encode()
        lines = [
            f"POST {self._address.path}{PATH} HTTP/1.1",
            f"Host: {self._address.authority}",
            "Accept: application/json",
            "Content-Type: application/x-www-form-urlencoded",
            f"User-Agent: koppeling-harness/{__version__}",
            f"Content-Length: {len(body)}",
        ]
        return "\r\n".join([*lines, "", ""]).encode() + body

    def _refusal(self, raw: RawAnswer) -> ErpUnavailableError:
        """Return why no token was given. Of the answer only a known code is told."""
        if raw.status in _UNAVAILABLE:
            after = raw.headers.get("retry-after", "")
            hint = f"Try again after {after} seconds." if after.isdecimal() else "Try again later."
            message = f"the token endpoint {self._url} answered {raw.status}"
            return ErpUnavailableError(message, hint=hint)
        said = str(_object(raw).get("error", ""))
        error = said if _CODE.fullmatch(said) else ""
        told = f"{raw.status} {error}".strip()
        message = f"client {self._client.client_id} is given no token: {told} at {self._url}"
        if raw.status == 404:
            return SignInRefusedError(message, hint="Check the address: `…/ProfitRestServices`.")
        if raw.status == 403 and not error:
            return SignInRefusedError(
                message, hint="Allow this machine's IP address on the app connector."
            )
        if self._key is None:
            return SignInRefusedError(message, hint=_REMEDIES.get(error, _WITHOUT_KEY))
        skew_s = _skew_s(raw.headers.get("date", ""), self._clock.now())
        if skew_s > MOST_SKEW_S:
            message += f"; this machine's clock is {skew_s:.0f} s off"
            return SignInRefusedError(
                message, hint="Set this machine's clock by the network (NTP)."
            )
        return SignInRefusedError(message, hint=_REMEDIES.get(error, _WITH_KEY))


def sign_in_of(
    access: ErpAccess,
    *,
    connection: Connection,
    clock: Clock,
    tell: Callable[[Secret], None] | None = None,
) -> OAuthSignIn | None:
    """Return what signs the harness in by OAuth; None where it has a classic token.

    Args:
        access: Where the environment is, and how to sign in.
        connection: What carries the requests for a token.
        clock: Tells the time.
        tell: Is given each token.

    Raises:
        ConfigurationError: Its key is none that AFAS takes.
    """
    if access.own_client is None:
        return None
    return OAuthSignIn(
        access.own_client,
        base_url=access.base_url,
        connection=connection,
        clock=clock,
        tell=tell,
    )


def _key_of(client: OAuthClient) -> "AssertionKey | None":
    if client.assertion_key is None:
        return None
    # loading the library takes half a second, and few sign
    from koppeling_harness.erp.keys import AssertionKey  # noqa: PLC0415

    return AssertionKey(client.assertion_key, kid=client.kid)


def _object(raw: RawAnswer) -> dict[str, Any]:
    try:
        found = json.loads(raw.text)
    except (ValueError, RecursionError):
        found = None
    return found if isinstance(found, dict) else {}


def _seconds(given: object) -> int:
    """Return for how long a token holds; without a word, as long as in AFAS's samples."""
    whole = _DIGITS.fullmatch(str(given))
    return max(1, int(whole[0])) if whole else 3600


def _skew_s(date: str, now: datetime) -> float:
    try:
        theirs = parsedate_to_datetime(date)
    except ValueError:
        return 0.0
    return abs((theirs - now).total_seconds()) if theirs.tzinfo else 0.0
