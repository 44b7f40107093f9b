"""Hygiene for every test: a plain terminal and a clean environment."""

import os
import signal
from collections.abc import Generator

import coverage
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


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Let coverage rest in tests that are marked so: they try the whole, many times over.

    To look on costs half as much again, and what they execute is the subject of the others too.
    """
    measuring = coverage.Coverage.current()
    if measuring is None or item.get_closest_marker("unmeasured") is None:
        return (yield)
    measuring.stop()
    try:
        return (yield)
    finally:
        measuring.start()


@pytest.fixture(autouse=True)
def _plain_terminal(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    for name in [name for name in os.environ if name.startswith("KOPPELING_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("KOPPELING_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))
