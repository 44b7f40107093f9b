"""The way to a real environment: its settings, and its token from where tokens may come from."""

import base64
import getpass
import importlib
import importlib.util
import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import field

from koppeling_harness.clock import Clock
from koppeling_harness.config.settings import Settings
from koppeling_harness.errors import ConfigurationError
from koppeling_harness.http.base_url import refuse_production
from koppeling_harness.model.access import ErpAccess
from koppeling_harness.model.environment import EnvironmentSetting
from koppeling_harness.model.secret import Secret
from koppeling_harness.model.shape import Release
from koppeling_harness.value import dataclass

UNKNOWN = Release(label="unknown", version="unknown")
"""The release of an environment that was not asked yet."""

KEYRING_SERVICE = "koppeling"
"""Under this service the keyring is asked; the user name is the environment's."""

_XML = re.compile(r"<token>\s*<version>1</version>\s*<data>[0-9A-Fa-f]{64}</data>\s*</token>")


def ask_terminal(name: str) -> str | None:
    """Return what the user types as token, unseen; None when there is no terminal to ask."""
    if not sys.stdin.isatty():
        return None
    return getpass.getpass(f"Token of {name} (XML or its base64; not shown): ")


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
    """Where a token may come from, in this order; never from a file or the command line.

    Attributes:
        environ: Environment variables.
        keyring: Asks the system's keyring.
        prompt: Asks the user; None where nobody can be asked.
    """

    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    keyring: Callable[[str], str | None] = ask_keyring
    prompt: Callable[[str], str | None] = ask_terminal

    def origin(self, setting: EnvironmentSetting) -> str:
        """Return where the token would come from without asking anybody; empty for nowhere."""
        if self.environ.get(setting.token_env):
            return f"environment variable {setting.token_env}"
        if self.keyring(setting.name):
            return "keyring"
        return ""

    def token(self, setting: EnvironmentSetting) -> Secret:
        """Return the token of an environment, as XML.

        Raises:
            ConfigurationError: There is none, or it has not the form of one.
        """
        found = (
            self.environ.get(setting.token_env)
            or self.keyring(setting.name)
            or self.prompt(setting.name)
        )
        if not found:
            message = f"environment {setting.name}: found no token in {setting.token_env}"
            raise ConfigurationError(
                message,
                hint=f"Set {setting.token_env}, or keep it with "
                f"`keyring set {KEYRING_SERVICE} {setting.name}`. Never in a file.",
            )
        return Secret(_as_xml(found.strip(), setting))


def access_for(
    name: str, settings: Settings, *, clock: Clock, sources: TokenSources | None = None
) -> ErpAccess:
    """Return the way to a real environment. Nothing is sent; its release is not known yet.

    Args:
        name: Of the environment, in the settings.
        settings: Of the project.
        clock: Tells the time.
        sources: Where its token may come from.

    Raises:
        ProductionRefusedError: Its address is, or may be, that of a production environment.
        ConfigurationError: There is no such environment, no token, or the address cannot be used.
    """
    del clock  # tokens that expire are asked for with it; those of today do not
    setting = settings.environment_named(name)
    refuse_production(setting.base_url)
    return ErpAccess(
        environment=name,
        base_url=setting.base_url,
        token=(sources or TokenSources()).token(setting),
        release=Release(label=setting.release or UNKNOWN.label, version=UNKNOWN.version),
    )


def _as_xml(text: str, setting: EnvironmentSetting) -> str:
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
        f"environment {setting.name}: the token has not the form that Profit issues, "
        "<token><version>1</version><data>64 hexadecimal digits</data></token>"
    )
    hint = "Give the XML itself, between quotes, or its base64."
    raise ConfigurationError(message, hint=hint)
