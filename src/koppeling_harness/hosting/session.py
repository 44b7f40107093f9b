"""Carry out scenarios for a program, without pytest, and give back every result."""

import os
from collections.abc import Callable, Sequence

from koppeling_harness.errors import HarnessError
from koppeling_harness.hosting.certification import Certification, Request
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.model.shape import Release
from koppeling_harness.scenario.keyword import keyword_filter
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOutcome:
    """What a session gave.

    Attributes:
        results: Each scenario that was carried out, with its result, in the order of the plan.
        interrupted: Whether it was ended early by Ctrl-C.
        release: The release that ERP1 said it runs; None when no scenario ran.
        redactor: Knows every secret of the session, to search what is written.
        environment: Id of the real environment that was run against; empty for the emulated one.
        notes: What was left behind in a real environment, and why.
    """

    results: tuple[tuple[PlannedScenario, ScenarioResult], ...]
    interrupted: bool
    release: Release | None
    redactor: Redactor
    environment: str = ""
    notes: tuple[str, ...] = ()


def run_session(
    request: Request,
    planned: Sequence[PlannedScenario],
    *,
    keyword: str = "",
    on_collected: Callable[[int], None] = lambda _count: None,
) -> SessionOutcome:
    """Carry out what is planned, as far as it is selected.

    Args:
        request: What is certified, and how.
        planned: Scenarios of every integration.
        keyword: As pytest's `-k`: only scenarios whose names match.
        on_collected: Called once with the number of scenarios that will run.

    Raises:
        UsageError: The keyword expression cannot be understood.
        HarnessError: The harness itself failed.
    """
    is_meant = keyword_filter(keyword)
    chosen = [each for each in planned if request.selects(each) and is_meant(each)]
    on_collected(len(chosen))
    certification = Certification(request)
    results: dict[int, ScenarioResult] = {}

    def keep(each: PlannedScenario, result: ScenarioResult) -> bool:
        results[id(each)] = result
        return True

    interrupted = False
    try:
        _run(certification, chosen, keep)
    except KeyboardInterrupt:
        interrupted = True
    finally:
        certification.close()
    return SessionOutcome(
        results=tuple((each, results[id(each)]) for each in chosen if id(each) in results),
        interrupted=interrupted,
        release=certification.release,
        redactor=certification.redactor,
        environment=certification.environment,
        notes=tuple(certification.notes),
    )


def _run(
    certification: Certification,
    chosen: Sequence[PlannedScenario],
    keep: Callable[[PlannedScenario, ScenarioResult], bool],
) -> None:
    if not chosen:
        return
    # one integration after the other: its processes are started once and then kept busy
    in_order = sorted(chosen, key=lambda each: each.manifest.id)
    try:
        certification.run(in_order, keep)
    except HarnessError:
        raise
    except Exception as error:
        if os.environ.get("KOPPELING_DEBUG"):
            raise
        message = f"{type(error).__name__}: {error}"
        raise HarnessError(
            message, hint="Report it, with what it says when KOPPELING_DEBUG=1 is set."
        ) from error
