"""Entry of the pytest plugin: options and collection. All that is heavy is imported when needed.

`pytest scenarios/` then runs every `*.scenario.yaml` against the integrations in `plugins/`, with
pytest's own selection, reporting and exit codes.
"""

from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import pytest

from koppeling_harness.pytest_plugin import CERTIFICATION

SUFFIX = ".scenario.yaml"
"""How the name of a scenario file ends."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; all start with `--koppeling-`."""
    group = parser.getgroup("koppeling", "certification of integrations with AFAS Profit")
    group.addoption(
        "--koppeling-plugins",
        action="append",
        default=[],
        metavar="PATH",
        help="folder of an integration, or of several (default: the one above the scenarios, or "
        "the plugins beside them)",
    )
    group.addoption(
        "--koppeling-release",
        default="",
        metavar="LABEL",
        help="Profit release that ERP1 imitates (default: the current one of the settings)",
    )
    group.addoption(
        "--koppeling-concurrency",
        type=int,
        default=0,
        metavar="N",
        help="scenarios in flight at most (default: 8)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the marks known, so that `-m required` selects."""
    config.addinivalue_line("markers", "koppeling: a certification scenario")
    for level in ("required", "recommended", "informative"):
        config.addinivalue_line("markers", f"{level}: a scenario of this level")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect `*.scenario.yaml`."""
    if not file_path.name.endswith(SUFFIX):
        return None
    from koppeling_harness.pytest_plugin.collect import ScenarioFile

    return ScenarioFile.from_parent(parent, path=file_path)


def pytest_report_collectionfinish(config: pytest.Config) -> str:
    """Tell why scenarios were found and none is run: nothing says of which integration they are."""
    found: Any = config.pluginmanager.get_plugin(CERTIFICATION)
    if found is None or found.integrations:
        return ""
    return "koppeling: found no integration for the scenarios; name it: --koppeling-plugins PATH"


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Run scenarios many at once; leave every other session to pytest."""
    if not _has_scenarios(session.items) or session.config.option.collectonly:
        return None
    if hasattr(session.config, "workerinput"):  # pytest-xdist hands items out one by one
        return None
    if _is_distributed(session.config):
        return None
    from koppeling_harness.pytest_plugin.loop import run_loop

    return run_loop(session)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Give a scenario's report its own duration; what pytest measured is only the telling."""
    report = yield
    result = getattr(item, "result", None)
    if result is not None and item.path.name.endswith(SUFFIX) and report.when == "call":
        report.duration = result.duration_s
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    """End what scenarios have started: ERP1, and the integrations' processes."""
    if not _has_scenarios(getattr(session, "items", ())):
        return
    from koppeling_harness.pytest_plugin.session_certification import close

    close(session.config)


def _has_scenarios(items: Sequence[pytest.Item]) -> bool:
    return any(item.path.name.endswith(SUFFIX) for item in items)


def _is_distributed(config: pytest.Config) -> bool:
    return bool(getattr(config.option, "dist", "no") != "no" and getattr(config.option, "tx", None))
