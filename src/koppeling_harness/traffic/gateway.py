"""The gateway: a door for each scenario, that records every exchange and disturbs some."""

from collections.abc import Sequence

from starlette.types import ASGIApp

from koppeling_harness.clock import Clock
from koppeling_harness.model.exchange import Recording
from koppeling_harness.model.fault import Fault
from koppeling_harness.model.secret import Secret
from koppeling_harness.traffic.door import Door
from koppeling_harness.traffic.fault_plan import FaultPlan
from koppeling_harness.traffic.redact_exchange import ExchangeRedactor
from koppeling_harness.traffic.redactor import Redactor


class Gateway:
    """Stands before an ERP: every scenario in flight has a door of its own, and no other way in.

    Args:
        redactor: Replaces secrets before anything is kept.
        clock: Measures durations.
    """

    def __init__(self, *, redactor: Redactor, clock: Clock) -> None:
        self._redactor = redactor
        self._clock = clock
        self._doors: dict[str, Door] = {}

    def open(
        self,
        environment: str,
        upstream: ASGIApp,
        *,
        faults: Sequence[Fault] = (),
        secrets: Sequence[Secret] = (),
        seen: int = 0,
    ) -> Door:
        """Return a new door to an environment, to be listened at with `GatewayProtocol`.

        Args:
            environment: Its id.
            upstream: The ERP, or a reverse proxy to one, for this environment alone.
            faults: What goes wrong, in the order of the scenario.
            secrets: Tokens that belong to it.
            seen: How many requests of the same result came in through other doors.
        """
        for secret in secrets:
            self._redactor.add_secret(secret)
        door = Door(
            environment,
            upstream,
            plan=FaultPlan(faults),
            redactor=ExchangeRedactor(self._redactor),
            clock=self._clock,
            seen=seen,
        )
        self._doors[environment.lower()] = door
        return door

    def door(self, environment: str) -> Door | None:
        """Return the door to an environment; None when there is none."""
        return self._doors.get(environment.lower())

    def mark(self, environment: str) -> None:
        """Note that the integration is triggered now: what it sends from here is no retry.

        Raises:
            KeyError: The environment is not open.
        """
        self._doors[environment.lower()].turn += 1

    def recording(self, environment: str) -> Recording:
        """Return what was recorded until now; what is still under way has no status.

        Raises:
            KeyError: The environment is not open.
        """
        return self._doors[environment.lower()].recording()

    def close(self, environment: str) -> Recording:
        """Shut the door to an environment and forget it; return what was recorded.

        Raises:
            KeyError: The environment is not open.
        """
        door = self._doors.pop(environment.lower())
        recording = door.recording()
        door.shut()
        door.forget()
        return recording
