"""Worker that carries out an integration's operations, whatever language it is written in."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Protocol

from koppeling_harness.model.exchange import Exchange
from koppeling_harness.model.finding import Finding
from koppeling_harness.model.operation import OperationCall, OperationResult, RunContext
from koppeling_harness.plugin.breakdown import Breakdown
from koppeling_harness.plugin.discover import Integration
from koppeling_harness.plugin.environ import child_environ
from koppeling_harness.plugin.log import Log
from koppeling_harness.plugin.process import Launch
from koppeling_harness.plugin.sandbox import Walls
from koppeling_harness.value import dataclass


class Worker(Protocol):
    """Serves one scenario at a time, several one after the other."""

    @property
    def is_alive(self) -> bool:
        """Whether it can be told something."""
        ...

    @property
    def webhook_url(self) -> str | None:
        """Where ERP1 may deliver webhooks; None when the integration receives none."""
        ...

    @property
    def checks_traffic(self) -> bool:
        """Whether it has rules of its own for what went over the wire."""
        ...

    def new_log(self) -> Log:
        """Begin a fresh log, and return it."""
        ...

    async def prepare(self, context: RunContext, *, timeout_s: float) -> Breakdown | None:
        """Make the integration ready for a scenario."""
        ...

    async def trigger(
        self, call: OperationCall, *, timeout_s: float
    ) -> OperationResult | Breakdown:
        """Have the integration carry out an operation.

        When it takes longer than `timeout_s`, or the caller is cancelled, what carries it out is
        ended with all that it started.
        """
        ...

    async def check_traffic(
        self, exchanges: Sequence[Exchange], *, timeout_s: float
    ) -> tuple[Finding, ...] | Breakdown:
        """Return what the integration's own rules object to."""
        ...

    async def finish(self, context: RunContext, *, timeout_s: float) -> Breakdown | None:
        """Close what `prepare` opened."""
        ...

    def kill(self) -> None:
        """End it at once; `close` waits until nothing of it runs."""
        ...

    async def close(self) -> None:
        """End it; nothing of it runs afterwards."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What a worker is started with.

    Attributes:
        integration: The integration.
        home: A folder of the worker's own; whoever starts it removes it afterwards.
        in_process: Whether hooks in Python run in the harness's own process, for a debugger.
        log_limit_bytes: How much of the output is kept for each scenario.
        limit_s: How long it may take before it can be told something.
        walls: The walls of a sandbox; None without one.
        environ: Variables beside those of every process, for one scenario.
    """

    integration: Integration
    home: Path
    in_process: bool = False
    log_limit_bytes: int
    limit_s: float
    walls: Walls | None = None
    environ: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What messages call the integration."""
        return self.integration.manifest.id

    @property
    def folder(self) -> str:
        """The integration's folder."""
        return str(self.integration.folder.resolve())

    def launch(
        self,
        command: Sequence[str],
        *,
        cwd: Path | None = None,
        environ: Mapping[str, str] | None = None,
        has_input: bool = True,
        is_python: bool = False,
        reaches: tuple[int, ...] = (),
    ) -> Launch:
        """Return how to start one process of the integration.

        Args:
            command: Program and arguments.
            cwd: Its current folder; else the worker's own.
            environ: Variables that it gets beside what every process gets.
            has_input: Whether something will be written to its stdin.
            is_python: Whether it runs on the harness's own interpreter.
            reaches: In a sandbox, the ports of loopback that it reaches from its start on.
        """
        runtime = self.integration.manifest.runtime
        base = child_environ(
            home=self.home, declared=self.integration.variables, is_python=is_python
        )
        return Launch(
            name=self.name,
            command=command,
            cwd=cwd or self.home,
            environ={**base, **self.environ, **(environ or {})},
            memory_mb=runtime.memory_mb,
            log_limit_bytes=self.log_limit_bytes,
            has_input=has_input,
            walls=self._walls(),
            reaches=reaches,
        )

    def _walls(self) -> Walls | None:
        if self.walls is None:
            return None
        python = self.integration.python
        own = (self.folder, *((str(python.parent.parent),) if python else ()))
        return Walls(
            read=(*self.walls.read, *own),
            write=(*self.walls.write, str(self.home)),
            hidden=self.walls.hidden,
        )


def filled(command: Sequence[str], values: Mapping[str, str]) -> list[str]:
    """Return a command line with its placeholders, such as `{folder}`, filled in."""
    complete = []
    for argument in command:
        for name, value in values.items():
            argument = argument.replace(f"{{{name}}}", value)  # noqa: PLW2901
        complete.append(argument)
    return complete
