"""The certification that a pytest session carries out, made from pytest's options."""

import secrets
from pathlib import Path

import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.engine.engine import DEFAULT_CONCURRENCY
from koppeling_harness.hosting.certification import DEFAULT_RELEASE, Certification
from koppeling_harness.model.order import Order
from koppeling_harness.plugin.discover import discover
from koppeling_harness.plugin.requires import with_runtimes
from koppeling_harness.plugin.venvs import with_environments
from koppeling_harness.traffic.redactor import Redactor

_NAME = "koppeling-certification"
"""Under which a pytest session knows it."""


def certification(config: pytest.Config) -> Certification:
    """Return the session's certification; made from the options when it is first needed."""
    found: Certification | None = config.pluginmanager.get_plugin(_NAME)
    if found is None:
        found = _from_options(config)
        config.pluginmanager.register(found, _NAME)
    return found


def close(config: pytest.Config) -> None:
    """End what the session's certification started, if it did."""
    found: Certification | None = config.pluginmanager.unregister(name=_NAME)
    if found is not None:
        found.close()


def _from_options(config: pytest.Config) -> Certification:
    folders = [Path(each) for each in config.getoption("--koppeling-plugins")]
    default = config.rootpath / "plugins"
    if not folders and default.is_dir():
        folders = [default]
    order = Order(
        plugins=tuple(map(str, folders)),
        release=config.getoption("--koppeling-release") or DEFAULT_RELEASE,
        concurrency=config.getoption("--koppeling-concurrency") or DEFAULT_CONCURRENCY,
    )
    return Certification(
        order,
        with_environments(with_runtimes(discover(folders))).integrations,
        run_id=f"pytest-{secrets.token_hex(4)}",
        seed=secrets.randbits(32),
        clock=SystemClock(),
        redactor=Redactor(secrets.token_bytes(32)),
    )
