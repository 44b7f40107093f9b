"""The certification that a pytest session carries out, made from pytest's options."""

import secrets
from pathlib import Path

import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.config.folders import MANIFEST, PLUGINS
from koppeling_harness.config.settings import load_settings
from koppeling_harness.errors import ConfigurationError
from koppeling_harness.hosting.certification import Certification
from koppeling_harness.hosting.connectors import Connectors, with_connectors
from koppeling_harness.model.order import DEFAULT_CONCURRENCY, Order
from koppeling_harness.plugin.discover import Discovery, discover
from koppeling_harness.plugin.environ import with_variables
from koppeling_harness.plugin.requires import with_runtimes
from koppeling_harness.plugin.venvs import with_environments
from koppeling_harness.pytest_plugin import CERTIFICATION
from koppeling_harness.traffic.redactor import Redactor


def certification(config: pytest.Config) -> Certification:
    """Return the session's certification; made from the options when it is first needed.

    Raises:
        ConfigurationError: An integration declares what ERP1 does not have, or the settings or
            files that they name have problems.
    """
    found: Certification | None = config.pluginmanager.get_plugin(CERTIFICATION)
    if found is None:
        found = _from_options(config)
        config.pluginmanager.register(found, CERTIFICATION)
    return found


def close(config: pytest.Config) -> None:
    """End what the session's certification started, if it did."""
    found: Certification | None = config.pluginmanager.unregister(name=CERTIFICATION)
    if found is not None:
        found.close()


def integrations_of(config: pytest.Config) -> tuple[list[Path], Path]:
    """Return the folders of integrations that a session is about, and its project.

    Those of `--koppeling-plugins`; else what is nearest above the first path that pytest was
    given: an integration's own folder, or a folder with `plugins` in it. What pytest takes for its
    root says little, where there is no file with its settings.
    """
    given = [Path(each) for each in config.getoption("--koppeling-plugins")]
    here = config.invocation_params.dir
    starts = [here / each.partition("::")[0] for each in config.args[:1]]
    for folder in [up for each in (*starts, here, config.rootpath) for up in (each, *each.parents)]:
        own, several = (folder / MANIFEST).is_file(), (folder / PLUGINS).is_dir()
        if own or several:
            found = [folder if own else folder / PLUGINS]
            return given or found, folder
    return given, config.rootpath


def _from_options(config: pytest.Config) -> Certification:
    folders, project = integrations_of(config)
    settings = load_settings(project)
    order = Order(
        plugins=tuple(map(str, folders)),
        release=config.getoption("--koppeling-release") or settings.current_release,
        concurrency=config.getoption("--koppeling-concurrency") or DEFAULT_CONCURRENCY,
        imports=tuple(map(str, settings.imports)),
    )
    found = with_variables(with_runtimes(discover(folders)), settings.environ_allowed)
    found = _with_connectors(with_environments(found), order)
    return Certification(
        order,
        found.integrations,
        run_id=f"pytest-{secrets.token_hex(4)}",
        seed=secrets.randbits(32),
        clock=SystemClock(),
        redactor=Redactor(secrets.token_bytes(32)),
    )


def _with_connectors(found: Discovery, order: Order) -> Discovery:
    """Return what was found.

    Raises:
        ConfigurationError: An integration declares what ERP1 does not have.
    """
    there = with_connectors(found, Connectors(order.imports))
    lacking = [each for each in there.set_aside if each.lacks]
    if lacking:
        told = "\n".join(f"{each.name}: {each.problem}" for each in lacking)
        raise ConfigurationError(told, hint=lacking[0].hint)
    return there
