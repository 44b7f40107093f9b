"""Access of the harness to one Profit environment."""

from typing import Protocol

from koppeling_harness.model.secret import Secret
from koppeling_harness.model.shape import Release
from koppeling_harness.value import dataclass

NO_TOKEN = Secret("")
"""The classic token where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthClient:
    """A client that an environment knows."""

    client_id: str
    client_secret: Secret | None
    """None for one that has none: it signs, or is public."""
    assertion_key: Secret | None = None
    """The private key that it signs with, in PEM; None for one that signs by itself."""
    kid: str = ""
    """What that key is called; empty for nothing."""


class SignedIn(Protocol):
    """A way to sign in that is kept up: asked before each call, and told how it went."""

    async def authorization(self) -> str:
        """Return what the `Authorization` header of a call says.

        Raises:
            ErpUnavailableError: No token can be had.
        """
        ...

    def accepted(self, authorization: str) -> None:
        """Hear that a call with it was let in."""
        ...

    async def renewed(self, refused: str) -> str | None:
        """Return another one in place of one that was refused; None when there is no use in it.

        Raises:
            ErpUnavailableError: No token can be had.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyAccess:
    """How an integration gets in by TLS: with a built-in address, or a certificate of its own."""

    url: str | None
    """The forward proxy for a built-in address; None for an address that is given."""
    authority: str
    """The certificate authority of the environments that are stood in for, in PEM."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """What an integration is given in the midst of a scenario; None for what stays as it is."""

    client: OAuthClient | None = None
    base_url: str | None = None
    token: Secret | None = None
    customer: int | None = None
    """For which customer it works from here, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErpAccess:
    """One environment, real or emulated, with the token that opens it."""

    environment: str
    """Id such as `T12345AA`."""
    base_url: str
    """`…/ProfitRestServices`, without a slash at the end."""
    token: Secret
    """The AfasToken as Profit issues it: XML, not yet base64; empty where there is none."""
    release: Release
    own_token: Secret | None = None
    """The harness's own, where that is another than the integration's; likewise XML."""
    client: OAuthClient | None = None
    """For OAuth; None when the integration brings its own, or does not use it."""
    own_client: OAuthClient | None = None
    """The harness's own, which then uses no classic token."""
    signed_in: SignedIn | None = None
    """What keeps the harness signed in where several share that; None: each client by itself."""
    shown_url: str = ""
    """What messages say instead of `base_url`, when that is a way in on this machine."""

    @property
    def address(self) -> str:
        """The base URL for messages."""
        return self.shown_url or self.base_url
