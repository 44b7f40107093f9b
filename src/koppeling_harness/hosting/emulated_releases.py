"""ERP1 on several Profit releases at once: each scenario gets an environment on its own."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Self

from koppeling_harness.clock import Clock
from koppeling_harness.emulator import environment_names
from koppeling_harness.hosting.host import EmulatedEnvironment, EmulatedErp
from koppeling_harness.hosting.late_traffic import Late
from koppeling_harness.model.shape import Release
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.traffic.redactor import Redactor


class EmulatedReleases:
    """Serves an emulated ERP1 per release; no two of their environments have one name.

    An `EnvironmentSource` for the engine; an asynchronous context manager.

    Args:
        labels: Of the releases.
        redactor: Replaces secrets in what is recorded.
        clock: Tells the time.
        names: Gives ids of environments, where others beside these have some; all when None.
        imports: Files with connectors for every integration.
        in_sandbox: Whether integrations reach nothing but ERP1.

    Raises:
        DocumentError: A file of `imports` has problems.
    """

    def __init__(
        self,
        labels: Sequence[str],
        *,
        redactor: Redactor,
        clock: Clock,
        names: Iterator[str] | None = None,
        imports: Sequence[str] = (),
        in_sandbox: bool = False,
    ) -> None:
        names = names or environment_names()
        self._erps = {
            label: EmulatedErp(
                release=label,
                redactor=redactor,
                clock=clock,
                names=names,
                imports=imports,
                in_sandbox=in_sandbox,
            )
            for label in labels
        }
        self._started = AsyncExitStack()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as starting:
            for each in self._erps.values():
                await starting.enter_async_context(each)
            self._started = starting.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._started.aclose()

    @property
    def releases(self) -> Mapping[str, Release]:
        """What each says that it runs, by the label that it was asked for by."""
        return {label: each.release for label, each in self._erps.items()}

    async def open(self, planned: PlannedScenario) -> EmulatedEnvironment:
        """Return a fresh environment on the release of a scenario."""
        (first, *others) = self._erps.values()
        erp = self._erps[planned.release] if others else first
        return await erp.open(planned)

    def late(self) -> tuple[Late, ...]:
        """Return what integrations sent when a scenario had ended and its result was there."""
        return tuple(late for each in self._erps.values() for late in each.late.seen())
