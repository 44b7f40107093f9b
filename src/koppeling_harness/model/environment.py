"""A real Profit environment, as the settings name it."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from koppeling_harness.model.constraint import Limit
from koppeling_harness.model.shape import STRICT, NonEmpty
from koppeling_harness.value import dataclass

MOST_PARALLEL = 5
"""Calls at once that AFAS asks for at most. Source: docs.afas.help/profit/en/get-connector."""


class EnvironmentKind(StrEnum):
    """What an environment is for. Production is none of them, on purpose."""

    TEST = "test"
    ACCEPT = "accept"
    COURSE = "course"


HOSTS = {
    EnvironmentKind.TEST: "resttest",
    EnvironmentKind.ACCEPT: "restaccept",
    EnvironmentKind.COURSE: "restcursus",
}
"""The part of the host that names the kind. Source: AFAS, docs.afas.help/profit/en/concepts."""


class SignIn(StrEnum):
    """How one signs in."""

    TOKEN = "token"  # noqa: S105 - the name of a way
    """By a classic token, as long as there are any."""
    CLIENT_CREDENTIALS = "client_credentials"
    """By OAuth, with a secret."""
    PRIVATE_KEY_JWT = "private_key_jwt"
    """By OAuth, with a key of one's own; from Profit 9 on."""


Variable = Annotated[str, Limit(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInEntry:
    """How one signs in, as it is written. The token, the secret and the key stand elsewhere."""

    __pydantic_config__ = STRICT

    sign_in: SignIn = SignIn.TOKEN
    """`token`, `client_credentials` or `private_key_jwt`."""
    client_id: NonEmpty | None = None
    """Of the client that the app connector knows; for OAuth."""
    token_env: Variable | None = None
    """Environment variable that holds the token; `KOPPELING_TOKEN_<NAME>` when absent."""
    client_secret_env: Variable | None = None
    """Environment variable that holds the secret; `KOPPELING_SECRET_<NAME>` when absent."""
    client_secret_file: NonEmpty | None = None
    """File that holds the secret and nothing else, as a vault mounts it."""
    client_secret_until: date | None = None
    """The day on which the secret ends, as the app connector shows it; from Profit 9 on."""
    assertion_key: NonEmpty | None = None
    """File with the private key that signs, in PEM; its certificate may stand in it too."""
    assertion_kid: NonEmpty | None = None
    """What the key is called at AFAS; left out of what is signed when absent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentEntry(SignInEntry):
    """One `[environments.NAME]` as it is written: a participant with its kind, or a URL.

    How to sign in is said of the harness itself, and under `integration` of the integrations.
    """

    __pydantic_config__ = STRICT

    participant: Annotated[str, Limit(pattern=r"^[0-9]{5,6}$")] | None = None
    """Number of the participant, between quotes."""
    kind: EnvironmentKind | None = None
    """What the environment is for; with `participant`."""
    url: Annotated[str, Limit(pattern=r"^https?://[^@?#\s]+$")] | None = None
    """Base URL, `…/ProfitRestServices`; instead of `participant` and `kind`. No secret in it."""
    integration: SignInEntry | None = None
    """How integrations sign in; the same way as the harness, by the same app connector, when
    absent."""
    release: NonEmpty | None = None
    """Label of the Profit release that is expected there."""
    max_parallel: Annotated[int, Limit(ge=1, le=MOST_PARALLEL)] = MOST_PARALLEL
    """Calls at once, at most."""
    budget: Annotated[int, Limit(ge=1)] | None = None
    """Calls a day, at most; no limit when absent."""
    limits: NonEmpty | None = None
    """Folder, shared by several machines, in which both are kept; this machine alone when absent.
    """
    ca_file: NonEmpty | None = None
    """Certificate authorities to trust beside those of Mozilla, for a test server of your own."""
    client_certificate: NonEmpty | None = None
    """Certificate to show, in PEM, where an environment asks for one (mutual TLS)."""
    client_key: NonEmpty | None = None
    """Its private key, in PEM, when that does not stand in the same file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInSetting:
    """How one signs in, complete.

    Attributes:
        name: What a keyring and a question call it: the environment, and whose it is.
        method: By what.
        client_id: For OAuth.
        token_env: Environment variable that holds the token.
        secret_env: Environment variable that holds the secret.
        secret_file: File that does; empty for none.
        secret_until: The day on which the secret ends; None when that is not said.
        key_file: File with the private key; empty for none.
        kid: What the key is called; empty for nothing.
    """

    name: str
    method: SignIn = SignIn.TOKEN
    client_id: str = ""
    token_env: str
    secret_env: str
    secret_file: str = ""
    secret_until: date | None = None
    key_file: str = ""
    kid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentSetting:
    """One environment, complete.

    Attributes:
        name: What it is called in the settings and on the command line.
        base_url: Without a slash at the end.
        sign_in: How the harness signs in.
        integration: How integrations do.
        release: Label of the release that is expected there; empty when nothing is.
        max_parallel: Calls at once, at most, by all who share its limits.
        budget: Calls a day, at most, by all who share its limits; None for no limit.
        limits: Folder that several machines share for that; empty for this machine alone.
        ca_file: File with certificate authorities; empty for Mozilla's alone.
        client_certificate: File with the certificate to show; empty for none.
        client_key: File with its private key; empty when the certificate's file holds it.
        place: Where it is set, `file:line:column`.
    """

    name: str
    base_url: str
    sign_in: SignInSetting
    integration: SignInSetting
    release: str = ""
    max_parallel: int = MOST_PARALLEL
    budget: int | None = None
    limits: str = ""
    ca_file: str = ""
    client_certificate: str = ""
    client_key: str = ""
    place: str = ""

    @property
    def tls_files(self) -> tuple[str, str, str]:
        """What `trusting` takes: authorities, certificate to show, its key."""
        return self.ca_file, self.client_certificate, self.client_key


def token_variable(name: str) -> str:
    """Return the environment variable that an environment's token is looked for in."""
    letters = "".join(each if each.isalnum() else "_" for each in name)
    return f"KOPPELING_TOKEN_{letters.upper()}"


def secret_variable(name: str, *, integration: bool = False) -> str:
    """Return the environment variable that a client's secret is looked for in."""
    of = "_INTEGRATION" if integration else ""
    return token_variable(name).replace("_TOKEN_", "_SECRET_", 1) + of


def base_url_of(participant: str, kind: EnvironmentKind) -> str:
    """Return the address of a participant's environment."""
    return f"https://{participant}.{HOSTS[kind]}.afas.online/ProfitRestServices"
