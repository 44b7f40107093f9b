"""Access to an environment: app connectors, their users, and their tokens."""

import base64
import ipaddress
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from koppeling_harness.clock import AMSTERDAM
from koppeling_harness.emulator.authorisation import Conditions, row_filters
from koppeling_harness.emulator.jwt_rules import JwtError
from koppeling_harness.errors import ConfigurationError
from koppeling_harness.model.connector import AppConnectorDefinition
from koppeling_harness.model.secret import Secret
from koppeling_harness.rules.deadlines import days_of

_LAPSE, _END = (
    datetime.combine(day, time(), AMSTERDAM).astimezone(UTC) for day in days_of("classic-token")
)
"""From the first on no classic token works that was made before, from the second on none at all."""

_XML = re.compile(
    r"^\s*<token>\s*<version>1</version>\s*<data>([0-9A-Fa-f]{64})</data>\s*</token>\s*$"
)


@dataclass(slots=True, kw_only=True)
class ClientSecret:
    """A secret of a client beside its first: two work side by side while one is renewed."""

    secret: Secret = field(default_factory=lambda: Secret(secrets.token_hex(32).upper()))
    days: int = 180
    """How long it works, where the release limits that."""
    made: datetime | None = None
    """When it was made; None counts as when the environment was opened."""


@dataclass(slots=True, kw_only=True)
class AppConnector:
    """One app connector of an environment; None in a set of connectors means all of them."""

    name: str = "koppeling-harness"
    get_connectors: frozenset[str] | None = None
    update_connectors: frozenset[str] | None = None
    custom_connectors: frozenset[str] | None = None
    group: str = "Koppeling"
    user: str = "12345.KOPPELING"
    blocked: bool = False
    user_blocked: bool = False
    allowed_addresses: tuple[str, ...] = ()
    """Addresses or CIDR ranges; none means no restriction."""
    row_filters: Mapping[str, Conditions] = field(default_factory=dict)
    """What rows must meet for its user to see them, by supplied GetConnector in lower case."""
    kind: str = "hybrid"
    """`classic`, `hybrid` or `oauth`."""
    api_key: str = field(default_factory=lambda: secrets.token_hex(16).upper())
    environment_key: str = field(default_factory=lambda: secrets.token_hex(16).upper())
    client_id: str = field(default_factory=lambda: secrets.token_hex(16).upper())
    client_secret: Secret = field(default_factory=lambda: Secret(secrets.token_urlsafe(32)))
    redirect_uris: tuple[str, ...] = ()
    client_secret_days: int = 180
    """How long the secret works, from when the environment is opened."""
    further_secrets: tuple[ClientSecret, ...] = ()
    """Secrets that work beside that one; each ends on its own day."""
    public: bool = False
    """A public client has no secret: it proves itself with PKCE and DPoP."""
    certificates: tuple[str, ...] = ()
    """In PEM; with the private key of one the client signs (`private_key_jwt`)."""
    key_ids: tuple[str, ...] = ()
    """Key ids of the certificates, in order; an empty or absent one is the SHA-1 thumbprint."""
    jwks_uri: str = ""
    """Where the client's public keys stand; HTTPS."""

    def may_get(self, id_: str) -> bool:
        """Return whether a GetConnector is on it; `id_` in lower case."""
        return self.get_connectors is None or id_ in self.get_connectors

    def may_update(self, id_: str) -> bool:
        """Return whether an UpdateConnector is on it; `id_` in lower case."""
        return self.update_connectors is None or id_ in self.update_connectors

    def may_use(self, id_: str) -> bool:
        """Return whether a report, subject, file or image connector is on it."""
        return self.custom_connectors is None or id_ in self.custom_connectors

    def secrets_at(self, now: datetime, opened: datetime, *, limited: bool) -> list[Secret]:
        """Return the client's secrets that work.

        Args:
            now: The present moment.
            opened: When the environment was opened.
            limited: Whether secrets end.
        """
        works = not limited or now < opened + timedelta(days=self.client_secret_days)
        first = [self.client_secret] if works else []
        if not self.further_secrets:
            return first
        return first + [
            each.secret
            for each in self.further_secrets
            if not limited or now < (each.made or opened) + timedelta(days=each.days)
        ]

    def renew_secret(
        self, now: datetime, *, days: int = 180, secret: Secret | None = None
    ) -> Secret:
        """Return a further secret, made now, that works beside the others.

        Args:
            now: The present moment.
            days: How long it works, where the release limits that.
            secret: What it is to be; drawn when None.
        """
        made = ClientSecret(days=days, made=now)
        if secret is not None:
            made.secret = secret
        self.further_secrets = (*self.further_secrets, made)
        return made.secret

    def revoke_oldest_secret(self) -> int:
        """Let the oldest secret work no more; return how many are left."""
        if self.client_secret_days:
            self.client_secret_days = 0
            self.client_secret = Secret(secrets.token_urlsafe(32))
        else:
            self.further_secrets = self.further_secrets[1:]
        return len(self.further_secrets)

    def admits(self, address: str | None) -> bool:
        """Return whether a caller at an address may come in."""
        if not self.allowed_addresses or address is None:
            return True
        caller = ipaddress.ip_address(address)
        return any(
            caller in ipaddress.ip_network(each, strict=False) for each in self.allowed_addresses
        )


@dataclass(slots=True, kw_only=True)
class Token:
    """A classic token: one environment, one user, one app connector."""

    data: str
    """64 hexadecimal digits."""
    app: AppConnector
    expires: datetime | None = None
    """An end that it was given itself."""
    lapses: datetime | None = None
    """When AFAS lets it lapse, as every classic token."""
    revoked: bool = False
    own: bool = False
    """The harness's own: no date and no kind of app connector shuts it out."""

    @property
    def xml(self) -> Secret:
        """The token as Profit issues it."""
        return Secret(f"<token><version>1</version><data>{self.data}</data></token>")

    @property
    def encoded(self) -> Secret:
        """The token as it stands in the Authorization header."""
        return Secret(base64.b64encode(self.xml.reveal().encode()).decode())


def app_connector(definition: AppConnectorDefinition) -> AppConnector:
    """Return an app connector as a file defines it; keys that it leaves out are made up.

    Raises:
        ConfigurationError: A row filter cannot be, an allowed address is no address or range, a
            certificate is none, or a public client has what only confidential ones have.
    """
    for each in definition.allowed_addresses:
        try:
            ipaddress.ip_network(each, strict=False)
        except ValueError:
            message = f"app_connector.allowed_addresses: {each!r} is no address or CIDR range"
            raise ConfigurationError(message) from None
    _check_keys(definition)
    made = AppConnector(
        name=definition.name,
        get_connectors=_lower(definition.get_connectors),
        update_connectors=_lower(definition.update_connectors),
        custom_connectors=_lower(definition.custom_connectors),
        group=definition.group,
        user=definition.user,
        blocked=definition.blocked,
        user_blocked=definition.user_blocked,
        row_filters=row_filters(definition.row_filters),
        kind=definition.kind,
        allowed_addresses=definition.allowed_addresses,
        redirect_uris=definition.redirect_uris,
        client_secret_days=definition.client_secret_days,
        public=definition.public,
        certificates=definition.certificates,
        key_ids=definition.key_ids,
        further_secrets=tuple(
            ClientSecret(secret=Secret(each.secret), days=each.days)
            for each in definition.further_secrets
        ),
        jwks_uri=definition.jwks_uri or "",
    )
    made.client_id = definition.client_id or made.client_id
    made.api_key = definition.api_key or made.api_key
    made.environment_key = definition.environment_key or made.environment_key
    if definition.client_secret:
        made.client_secret = Secret(definition.client_secret)
    return made


def _check_keys(definition: AppConnectorDefinition) -> None:
    given = {
        "client_secret": definition.client_secret,
        "further_secrets": definition.further_secrets,
        "certificates": definition.certificates,
        "jwks_uri": definition.jwks_uri,
    }
    found = [name for name, value in given.items() if value]
    if definition.public and found:
        message = f"app_connector: a public client has no {found[0]}"
        raise ConfigurationError(message)
    if len(definition.key_ids) > len(definition.certificates):
        found_ids, files = len(definition.key_ids), len(definition.certificates)
        message = f"app_connector.key_ids: found {found_ids}, expected at most {files}: one each"
        raise ConfigurationError(message)
    if not definition.certificates:
        return
    # loading the library takes half a second, and few clients sign
    from koppeling_harness.emulator.signed import certificate_key  # noqa: PLC0415

    for number, each in enumerate(definition.certificates, 1):
        try:
            certificate_key(each, form="hex")
        except JwtError as error:
            message = f"app_connector.certificates: number {number} {error}"
            raise ConfigurationError(message) from None


def _lower(ids: tuple[str, ...] | None) -> frozenset[str] | None:
    return None if ids is None else frozenset(each.lower() for each in ids)


def new_token(app: AppConnector, now: datetime) -> Token:
    """Return a new token for an app connector, made at a moment."""
    return Token(data=secrets.token_hex(32).upper(), app=app, lapses=lapse(now))


def lapse(made: datetime) -> datetime:
    """Return when a classic token that is made at a moment lapses."""
    return _LAPSE if made < _LAPSE else _END


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """Why a caller is not let in."""

    status: int
    challenge: str = ""
    """What `WWW-Authenticate` says, where the release has it."""
    nonce: str = ""
    """What `DPoP-Nonce` says: with it the proof is to be made again."""
    reason: str = ""
    """Why, in words of ours, for whoever serves; the caller is not told."""


UNAUTHORIZED = Denied(status=401)


def unauthorized(reason: str) -> Denied:
    """Return a 401, with the reason for whoever serves."""
    return Denied(status=401, reason=reason)


def find_token(
    header: str, tokens: Mapping[str, Token], *, settings: Mapping[str, str]
) -> Token | Denied:
    """Return the token that an `AfasToken` header carries.

    Args:
        header: The whole value of `Authorization`.
        tokens: The environment's tokens by their data, in upper case.
        settings: The environment's switches.
    """
    _, _, text = header.partition(" ")
    plain, classic = settings["plain_token"], settings["classic_token"]
    if classic == "refused" and text.lstrip().startswith("<"):
        return unauthorized("classic tokens are refused (switch classic_token)")
    if text.lstrip().startswith("<"):
        reason = "the token is not in base64 (switch plain_token)"
        if plain == "error_500":
            return Denied(status=500, reason=reason)
        if plain == "unauthorized_401":
            return unauthorized(reason)
        xml = text
    else:
        try:
            xml = base64.b64decode(text, validate=True).decode()
        except ValueError:
            return unauthorized("the token is not base64 of text")
    found = _XML.match(xml)
    if found is None:
        return unauthorized(
            "the token is not <token><version>1</version><data>64 hexadecimal digits</data></token>"
        )
    return tokens.get(found[1].upper()) or unauthorized("the token is none of this environment")
