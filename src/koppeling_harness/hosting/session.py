"""Carry out scenarios for a program, without pytest, and give back every result."""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING

from koppeling_harness.engine.observer import Observer, Observers
from koppeling_harness.hosting.certification import Certification
from koppeling_harness.hosting.late_traffic import Late, with_late
from koppeling_harness.model.pace import Pace
from koppeling_harness.model.run import IntegrationRecord, ScenarioResult
from koppeling_harness.model.shape import Release
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.value import dataclass

if TYPE_CHECKING:
    from koppeling_harness.hosting.shared_out import SharedOut


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOutcome:
    """What a session gave.

    Attributes:
        results: Each scenario that was carried out, with its result, in the order of the plan.
        interrupted: Whether it was ended early by Ctrl-C.
        releases: What ERP1 said that it runs, by the label that was asked for; none when no
            scenario ran.
        redactor: Knows every secret of the session, to search what is written.
        environment: Id of the real environment that was run against; empty for the emulated one.
        notes: What was left behind in a real environment, and why.
        pace: Where the time went; None when nothing was carried out.
        late: What integrations sent when a scenario had ended.
        elsewhere: What the record of another machine says of an integration that it carried out,
            by id and release.
    """

    results: tuple[tuple[PlannedScenario, ScenarioResult], ...]
    interrupted: bool
    releases: Mapping[str, Release]
    redactor: Redactor
    environment: str = ""
    notes: tuple[str, ...] = ()
    late: tuple[Late, ...] = ()
    pace: Pace | None = None
    elsewhere: Mapping[tuple[str, str], IntegrationRecord] = field(default_factory=dict)

    def on(self, label: str) -> "SessionOutcome":
        """Return what it gave on one release."""
        return replace(
            self,
            results=tuple(each for each in self.results if each[0].release == label),
            releases={name: each for name, each in self.releases.items() if name == label},
            late=tuple(each for each in self.late if each.planned.release == label),
        )


class Results(Observer):
    """Results as they come, each found by its scenario."""

    def __init__(self) -> None:
        self._results: dict[int, ScenarioResult] = {}

    def scenario_ended(self, planned: PlannedScenario, result: ScenarioResult) -> None:
        """Keep a result."""
        self._results[id(planned)] = result

    def of(
        self, planned: Sequence[PlannedScenario]
    ) -> tuple[tuple[PlannedScenario, ScenarioResult], ...]:
        """Return the scenarios that have a result, each with it, in the order given."""
        known = self._results
        return tuple((each, known[id(each)]) for each in planned if id(each) in known)


def run_session(
    certification: "Certification | SharedOut",
    planned: Sequence[PlannedScenario],
    observer: Observer | None = None,
) -> SessionOutcome:
    """Carry out scenarios from start to end; what the certification started is ended.

    Args:
        certification: What carries them out.
        planned: Scenarios of every integration.
        observer: Is told of everything.
    """
    results = Results()
    observer = Observers(results, observer or Observer())
    observer.started(planned)
    interrupted = False
    try:
        if planned:
            certification.run(planned, observer)
    except KeyboardInterrupt:
        interrupted = True
    finally:
        certification.close()
    observer.ended()
    return SessionOutcome(
        results=_with_late(results.of(planned), certification),
        interrupted=interrupted,
        releases=certification.releases,
        redactor=certification.redactor,
        environment=certification.environment,
        notes=tuple(certification.notes),
        late=certification.late,
        pace=certification.pace,
    )


def _with_late(
    results: tuple[tuple[PlannedScenario, ScenarioResult], ...],
    certification: "Certification | SharedOut",
) -> tuple[tuple[PlannedScenario, ScenarioResult], ...]:
    releases, late = certification.releases, certification.late
    if not late:
        return results
    return tuple(
        (each, with_late(each, result, late, releases[each.release])) for each, result in results
    )
