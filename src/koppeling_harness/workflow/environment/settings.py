"""`koppeling config show`: what holds for a project, and where each value comes from."""

from collections.abc import Iterator
from pathlib import Path

from koppeling_harness.config.settings import Settings, load_settings
from koppeling_harness.model.environment import EnvironmentSetting, SignIn, SignInSetting
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.environment.access import TokenSources

_DEFAULT = "default"
MASK = "***"
"""What is shown of a secret that is set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveSetting:
    """One setting as it holds.

    Attributes:
        key: Dotted name.
        value: As it holds; a secret is masked.
        origin: `file:line:column`, `default`, an environment variable, or `keyring`.
    """

    key: str
    value: str | int | list[str] | None
    origin: str


def effective_settings(
    folder: Path, *, sources: TokenSources | None = None
) -> tuple[EffectiveSetting, ...]:
    """Return every setting of a project as it holds.

    Raises:
        DocumentError: The settings have problems.
    """
    settings = load_settings(folder)
    return tuple(_all(settings, sources or TokenSources()))


def _all(settings: Settings, sources: TokenSources) -> Iterator[EffectiveSetting]:
    releases = settings.releases
    plain: dict[str, str | int | list[str] | None] = {
        "releases.previous": releases.previous,
        "releases.current": releases.current,
        "releases.accept": releases.accept,
        "policy": settings.policy,
        "warning_days": settings.warning_days,
        "packs": [each.as_posix() for each in settings.packs],
        "review.lists": [f"{name} {each}" for name, each in settings.lists.items()],
        "run.allow_missing": list(settings.allow_missing),
        "run.environ_allowed": list(settings.environ_allowed),
    }
    for key, value in plain.items():
        yield _setting(settings, key, value)
    for name in settings.policies:
        if f"policies.{name}" in settings.origins:
            yield _setting(settings, f"policies.{name}", settings.policies[name].source)
    for environment in settings.environments.values():
        yield from _environment(settings, environment, sources)


_OF_ENVIRONMENT = (
    *("release", "max_parallel", "budget", "limits"),
    *("ca_file", "client_certificate", "client_key"),
)
_OF_SIGN_IN = {
    SignIn.TOKEN: {"token_env": "token_env"},
    SignIn.CLIENT_CREDENTIALS: {
        "client_id": "client_id",
        "client_secret_env": "secret_env",
        "client_secret_file": "secret_file",
        "client_secret_until": "secret_until",
    },
    SignIn.PRIVATE_KEY_JWT: {
        "client_id": "client_id",
        "assertion_key": "key_file",
        "assertion_kid": "kid",
    },
}
"""By the name of a setting, the attribute that holds it."""
_SECRETS = {SignIn.TOKEN: "token", SignIn.CLIENT_CREDENTIALS: "client_secret"}


def _environment(
    settings: Settings, setting: EnvironmentSetting, sources: TokenSources
) -> Iterator[EffectiveSetting]:
    prefix = f"environments.{setting.name}"
    place = settings.origins.get(f"{prefix}.url") or settings.origins.get(f"{prefix}.participant")
    yield EffectiveSetting(
        key=f"{prefix}.url", value=setting.base_url, origin=place or setting.place
    )
    for name in _OF_ENVIRONMENT:
        yield _setting(settings, f"{prefix}.{name}", getattr(setting, name))
    yield from _sign_in(settings, setting.sign_in, prefix, sources)
    if setting.integration != setting.sign_in:
        yield from _sign_in(settings, setting.integration, f"{prefix}.integration", sources)


def _sign_in(
    settings: Settings, setting: SignInSetting, prefix: str, sources: TokenSources
) -> Iterator[EffectiveSetting]:
    yield _setting(settings, f"{prefix}.sign_in", setting.method.value)
    for name, attribute in _OF_SIGN_IN[setting.method].items():
        yield _setting(settings, f"{prefix}.{name}", getattr(setting, attribute))
    if setting.method in _SECRETS:
        origin = sources.origin(setting)
        yield EffectiveSetting(
            key=f"{prefix}.{_SECRETS[setting.method]}",
            value=MASK if origin else None,
            origin=origin or "not set",
        )


def _setting(settings: Settings, key: str, value: str | int | list[str] | None) -> EffectiveSetting:
    return EffectiveSetting(
        key=key, value=None if value == "" else value, origin=settings.origins.get(key, _DEFAULT)
    )
