"""The way to a real environment: its settings, and what signs in, from where that may come."""

import base64
import getpass
import importlib
import importlib.util
import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from pathlib import Path

from koppeling_harness.clock import Clock
from koppeling_harness.config.settings import Settings
from koppeling_harness.errors import ConfigurationError
from koppeling_harness.http.base_url import refuse_production
from koppeling_harness.model.access import NO_TOKEN, ErpAccess, OAuthClient
from koppeling_harness.model.environment import SignIn, SignInSetting
from koppeling_harness.model.secret import Secret
from koppeling_harness.model.shape import Release
from koppeling_harness.value import dataclass

UNKNOWN = Release(label="unknown", version="unknown")
"""The release of an environment that was not asked yet."""

KEYRING_SERVICE = "koppeling"
"""Under this service the keyring is asked; the user name is the environment's, of a secret with
`/secret` behind it."""

_LONGEST = 64 * 1024

_XML = re.compile(r"<token>\s*<version>1</version>\s*<data>[0-9A-Fa-f]{64}</data>\s*</token>")


def ask_terminal(what: str) -> str | None:
    """Return what the user types, unseen; None when there is no terminal to ask."""
    if not sys.stdin.isatty():
        return None
    return getpass.getpass(f"{what} (not shown): ")


def ask_keyring(name: str) -> str | None:
    """Return what the system's keyring holds; None without one, or without the package."""
    if importlib.util.find_spec("keyring") is None:
        return None
    keyring = importlib.import_module("keyring")
    errors = importlib.import_module("keyring.errors")
    try:
        found: str | None = keyring.get_password(KEYRING_SERVICE, name)
    except errors.KeyringError:
        return None
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSources:
    """Where a token or a secret may come from; never from the settings or the command line.

    Attributes:
        environ: Environment variables.
        keyring: Asks the system's keyring, by the name of what is wanted.
        prompt: Asks the user, in words; None where nobody can be asked.
    """

    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    keyring: Callable[[str], str | None] = ask_keyring
    prompt: Callable[[str], str | None] = ask_terminal

    def origin(self, setting: SignInSetting) -> str:
        """Return where what is needed would come from without asking anybody; empty for nowhere."""
        if setting.method is SignIn.PRIVATE_KEY_JWT:
            return setting.key_file
        variable, kept = setting.token_env, _environment_of(setting)
        if setting.method is SignIn.CLIENT_CREDENTIALS:
            variable, kept = setting.secret_env, _kept_secret(setting)
        if self.environ.get(variable):
            return f"environment variable {variable}"
        if setting.secret_file and setting.method is SignIn.CLIENT_CREDENTIALS:
            return setting.secret_file
        return "keyring" if self.keyring(kept) else ""

    def token(self, setting: SignInSetting) -> Secret:
        """Return a classic token, as XML.

        Raises:
            ConfigurationError: There is none, or it has not the form of one.
        """
        name = _environment_of(setting)
        found = self.classic_token(setting)
        if found is None:
            typed = self.prompt(f"Token of {name}, as XML or its base64")
            found = Secret(_as_xml(typed.strip(), name)) if typed else None
        if found is None:
            message = f"environment {name}: found no token in {setting.token_env}"
            raise ConfigurationError(
                message,
                hint=f"Set {setting.token_env}, or keep it with "
                f"`keyring set {KEYRING_SERVICE} {name}`. Never in a file.",
            )
        return found

    def classic_token(self, setting: SignInSetting) -> Secret | None:
        """Return a classic token that is at hand; None without one. Nobody is asked.

        Raises:
            ConfigurationError: It has not the form of one.
        """
        name = _environment_of(setting)
        found = self.environ.get(setting.token_env) or self.keyring(name)
        return Secret(_as_xml(found.strip(), name)) if found else None

    def client(self, setting: SignInSetting) -> OAuthClient:
        """Return a client of OAuth, with its secret or its key.

        Raises:
            ConfigurationError: There is no secret, or a file cannot be read.
        """
        if setting.method is SignIn.PRIVATE_KEY_JWT:
            key = Secret(_read(setting.key_file))
            return OAuthClient(
                client_id=setting.client_id, client_secret=None, assertion_key=key, kid=setting.kid
            )
        return OAuthClient(client_id=setting.client_id, client_secret=self._secret(setting))

    def _secret(self, setting: SignInSetting) -> Secret:
        kept = _kept_secret(setting)
        found = self.environ.get(setting.secret_env)
        if not found and setting.secret_file:
            found = _read(setting.secret_file)
        if not found:
            found = self.keyring(kept) or self.prompt(
                f"Secret of client {setting.client_id} ({setting.name})"
            )
        found = (found or "").strip()
        if not found:
            message = (
                f"environment {setting.name}: found no secret of client {setting.client_id} in "
                f"{setting.secret_file or setting.secret_env}"
            )
            raise ConfigurationError(
                message,
                hint=f"Set {setting.secret_env}, name a file as client_secret_file, or keep it "
                f"with `keyring set {KEYRING_SERVICE} {kept}`.",
            )
        if not found.isprintable():
            message = f"environment {setting.name}: the secret holds a line break or another code"
            raise ConfigurationError(message, hint="Give the secret alone, on one line.")
        return Secret(found)


def access_for(
    name: str,
    settings: Settings,
    *,
    clock: Clock,
    sources: TokenSources | None = None,
    integrations: bool = False,
) -> ErpAccess:
    """Return the way to a real environment. Nothing is sent; its release is not known yet.

    Args:
        name: Of the environment, in the settings.
        settings: Of the project.
        clock: Tells the time.
        sources: Where its token or secret may come from.
        integrations: Whether integrations will sign in too, with what is theirs.

    Raises:
        ProductionRefusedError: Its address is, or may be, that of a production environment.
        ConfigurationError: There is no such environment, no token or secret, or the address cannot
            be used.
    """
    del clock  # tokens that expire are asked for with it; those of today do not
    setting = settings.environment_named(name)
    refuse_production(setting.base_url)
    sources = sources or TokenSources()
    own, theirs = setting.sign_in, setting.integration
    by_token = own.method is SignIn.TOKEN
    access = ErpAccess(
        environment=name,
        base_url=setting.base_url,
        token=sources.token(own) if by_token else NO_TOKEN,
        own_client=None if by_token else sources.client(own),
        release=Release(label=setting.release or UNKNOWN.label, version=UNKNOWN.version),
    )
    if not integrations:
        return access
    if theirs == own:
        return replace(access, client=access.own_client)
    if theirs.method is SignIn.TOKEN:
        own_token = access.token if by_token else None
        return replace(access, own_token=own_token, token=sources.token(theirs))
    own_token = access.token if by_token else None
    return replace(access, own_token=own_token, token=NO_TOKEN, client=sources.client(theirs))


def _environment_of(setting: SignInSetting) -> str:
    return setting.name.removesuffix("/integration")


def _kept_secret(setting: SignInSetting) -> str:
    return f"{setting.name}/secret"


def _read(path: str) -> str:
    """Return the text of a file with a secret in it.

    Raises:
        ConfigurationError: It cannot be read; nothing of it is told.
    """
    try:
        with Path(path).open(encoding="utf-8") as file:
            text = file.read(_LONGEST + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        message = f"{path}: cannot be read: {why}"
        raise ConfigurationError(message) from None
    if len(text) > _LONGEST:
        message = f"{path}: found more than {_LONGEST} characters, expected a secret or a key"
        raise ConfigurationError(message)
    return text


def _as_xml(text: str, name: str) -> str:
    """Return a token as XML, whichever of its two forms it was given in."""
    if _XML.fullmatch(text):
        return text
    try:
        decoded = base64.b64decode(text, validate=True).decode().strip()
    except ValueError:
        decoded = ""
    if _XML.fullmatch(decoded):
        return decoded
    message = (
        f"environment {name}: the token has not the form that Profit issues, "
        "<token><version>1</version><data>64 hexadecimal digits</data></token>"
    )
    hint = "Give the XML itself, between quotes, or its base64."
    raise ConfigurationError(message, hint=hint)
