"""Certify integrations of a test on a day of its choice."""

import contextlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from koppeling_harness.clock import Clock, ShiftedClock, SystemClock
from koppeling_harness.engine.observer import Observer
from koppeling_harness.model.order import DEFAULT_CONCURRENCY, Order
from koppeling_harness.workflow.run.run import run_and_write

SPRING = "2027-03-01"
"""From when each connector counts by itself."""


def certified(
    folder: Path, *names: str, day: str = "", keyword: str = "", plugins: Path | None = None
) -> tuple[int, str, dict[str, dict[str, Any]]]:
    """Certify the integrations in a folder against the packs that are shipped, on Profit 8.

    Args:
        folder: Where `plugins` is, and where `reports` comes.
        names: Integrations; all when there are none.
        day: On which it is done, such as `2027-03-01`; today when empty.
        keyword: Which scenarios, as `-k` has it.
        plugins: Where the integrations are; `plugins` in the folder when None.

    Returns:
        The exit code, what a user is told, and each integration of the record by its id.
    """
    clock: Clock = SystemClock()
    if day:
        now = clock.now()
        moment = datetime.fromisoformat(f"{day}T{now:%H:%M:%S}+00:00")
        clock = ShiftedClock(clock, moment - now)
    order = Order(
        plugins=(str(plugins or folder / "plugins"),),
        release="Profit 8",
        only=names,
        concurrency=DEFAULT_CONCURRENCY,
        keyword=keyword,
        keep_traffic=True,
        entry_points=False,
    )
    reports = folder / "reports"
    with contextlib.chdir(folder):
        done = run_and_write(
            order, reports, clock=clock, observer=Observer(), releases=("Profit 8",)
        )
    newest = max(reports.glob("*/run.json"), key=lambda path: path.stat().st_mtime_ns)
    record = json.loads(newest.read_text(encoding="utf-8"))
    return int(done.exit_code), done.text, {each["id"]: each for each in record["integrations"]}


def result_of(integration: dict[str, Any], scenario: str, operation: str = "") -> dict[str, Any]:
    """Return the one result of a scenario, of an operation where it has several."""
    (found,) = [
        each
        for each in integration["results"]
        if each["scenario"] == scenario and operation in {"", each["operation"]}
    ]
    return found
