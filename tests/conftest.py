"""Hygiene for every test: a plain terminal and a clean environment."""

import os
import signal

import pytest
from hypothesis import settings

# A shell starts what runs in the background with SIGINT ignored, which every process that a test
# starts would inherit: none of them could be interrupted.
signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes says something of the machine, not of the code.
settings.register_profile("unhurried", parent=settings.default, deadline=None)
settings.load_profile("unhurried")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Keep tests on this machine. Not by `addopts`, which `pytest scenarios/` takes as well."""
    if hasattr(config.option, "allow_hosts"):  # pytest-socket, which only tests need
        config.option.allow_hosts = config.option.allow_hosts or "127.0.0.1,::1"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """With `-n auto`, more workers than processors: tests often wait for processes and sockets."""
    return (os.cpu_count() or 1) + 2


@pytest.fixture(autouse=True)
def _plain_terminal(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    for name in [name for name in os.environ if name.startswith("KOPPELING_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("KOPPELING_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))
