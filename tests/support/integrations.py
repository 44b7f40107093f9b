"""Integrations of every kind, written in Python and driven by an `IntegrationRunner`."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from koppeling_harness.model.operation import OperationCall, RunContext
from koppeling_harness.model.shape import Release
from koppeling_harness.plugin.discover import discover
from koppeling_harness.plugin.environ import with_variables
from koppeling_harness.plugin.session import Breakdown, IntegrationRunner, Session
from support.plugins import MANIFEST, a_plugin

Play = Callable[[IntegrationRunner, RunContext], Awaitable[Any]]

PYTHON = f"'{sys.executable}', -IS"


def a_context(work_dir: Path, scenario: str = "s1") -> RunContext:
    work_dir.mkdir(exist_ok=True)
    return RunContext(
        integration="voorbeeld",
        scenario=scenario,
        base_url="http://127.0.0.1:1/ProfitRestServices",
        token="<token/>",
        integration_id="12345_678901",
        release=Release(label="Profit 8", version="8.0.1"),
        work_dir=str(work_dir),
    )


def a_call(context: RunContext, given: object = None) -> OperationCall:
    return OperationCall(operation="push-hours", input=given, context=context)


def drive(tmp_path: Path, runtime: str, program: str, play: Play, **options: Any) -> Any:
    """Run a play on a runner of an integration whose `{folder}/program.py` is this program."""
    manifest = MANIFEST.replace("kind: python", runtime)
    folder = tmp_path / "voorbeeld"
    folder.mkdir()
    (folder / "program.py").write_text(program, encoding="utf-8")
    found = discover([a_plugin(folder, manifest=manifest)], entry_points=False)
    assert found.set_aside == ()

    async def whole() -> Any:
        (integration,) = with_variables(found, ["PROXY_OF_OURS"]).integrations
        runner = IntegrationRunner(integration, **options)
        try:
            return await play(runner, a_context(tmp_path / "work"))
        finally:
            await runner.close()

    return asyncio.run(whole())


async def opened(runner: IntegrationRunner, context: RunContext) -> Session:
    session = await runner.open(context)
    assert isinstance(session, Session), session
    return session


def opening() -> Play:
    """Return a play that only opens a session; it gives that, or why it cannot be."""

    async def play(runner: IntegrationRunner, context: RunContext) -> Session | Breakdown:
        return await runner.open(context)

    return play


def triggering(given: object = None, *, timeout_s: float = 10.0) -> Play:
    """Return a play of one operation; it gives the answer, how it finished, and the log."""

    async def play(runner: IntegrationRunner, context: RunContext) -> object:
        session = await opened(runner, context)
        answer = await session.trigger(a_call(context, given), timeout_s=timeout_s)
        ended = await session.finish(timeout_s=5.0)
        return answer, ended, session.log

    return play
