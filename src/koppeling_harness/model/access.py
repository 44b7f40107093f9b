"""Access of the harness to one Profit environment."""

from koppeling_harness.model.secret import Secret
from koppeling_harness.model.shape import Release
from koppeling_harness.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthClient:
    """A client that an environment knows."""

    client_id: str
    client_secret: Secret | None
    """None for one that has none: it signs, or is public."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyAccess:
    """The forward proxy for an integration with a built-in address."""

    url: str
    authority: str
    """The certificate authority of the environments that it stands in for, in PEM."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErpAccess:
    """One environment, real or emulated, with the token that opens it."""

    environment: str
    """Id such as `T12345AA`."""
    base_url: str
    """`…/ProfitRestServices`, without a slash at the end."""
    token: Secret
    """The AfasToken as Profit issues it: XML, not yet base64."""
    release: Release
    own_token: Secret | None = None
    """The harness's own, where that is another than the integration's; likewise XML."""
    client: OAuthClient | None = None
    """For OAuth; None when the integration brings its own, or does not use it."""
    shown_url: str = ""
    """What messages say instead of `base_url`, when that is a way in on this machine."""

    @property
    def address(self) -> str:
        """The base URL for messages."""
        return self.shown_url or self.base_url
