"""Hold a repeated run against the one that it repeats: the same calls, scenario by scenario.

What is drawn anew in each run is numbered by when it first appears: placeholders, and ids that ERP1
gives out. A moment is one as good as another. Calls that an integration makes side by side may come
in another order.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from urllib.parse import unquote

from koppeling_harness.model.run import IntegrationRecord, ScenarioResult
from koppeling_harness.rules.verdict import result_id
from koppeling_harness.value import dataclass

_DRAWN = re.compile(
    r"\[[a-z-]+:[0-9a-f]{8}\]"  # a placeholder
    r"|\b[0-9A-Fa-f]{32}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"  # an id
)
_MOMENT = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?")

Call = tuple[str, str, int | None, str]
"""Method, path with what is drawn numbered, status, fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioDiffers:
    """A scenario that went another way.

    Attributes:
        scenario: `scenario` or `scenario[operation]`.
        then: Its outcome in the run that is repeated.
        now: Its outcome now; empty when it was not carried out.
        call: Number of the first call that differs, from 1; 0 when none does.
        call_then: That call, then; empty when there was none.
        call_now: That call, now; empty when there is none.
    """

    scenario: str
    then: str
    now: str
    call: int = 0
    call_then: str = ""
    call_now: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """One integration, run again.

    Attributes:
        integration: Its id.
        then_digest: SHA-256 over its files, in the run that is repeated.
        now_digest: The same, now; empty when it is not there, and so was not run again.
        scenarios: How many were held against each other.
        differs: Those that went another way.
    """

    integration: str
    then_digest: str
    now_digest: str
    scenarios: int
    differs: tuple[ScenarioDiffers, ...]

    @property
    def is_same(self) -> bool:
        """Whether it is the same integration, and went the same way."""
        return self.then_digest == self.now_digest and not self.differs

    @property
    def is_worse(self) -> bool:
        """Whether something that had passed does not."""
        return any(each.then == "passed" and each.now != "passed" for each in self.differs)


def repeated(then: IntegrationRecord, now: IntegrationRecord | None) -> Repeated:
    """Return how an integration went, beside how it had gone."""
    if now is None:
        return Repeated(
            integration=then.id,
            then_digest=then.digest,
            now_digest="",
            scenarios=0,
            differs=(),
        )
    again = {result_id(each): each for each in now.results}
    found = [
        differs
        for each in then.results
        if (differs := _differs(each, again.get(result_id(each)))) is not None
    ]
    return Repeated(
        integration=then.id,
        then_digest=then.digest,
        now_digest=now.digest,
        scenarios=len(then.results),
        differs=tuple(found),
    )


def _differs(then: ScenarioResult, now: ScenarioResult | None) -> ScenarioDiffers | None:
    name = result_id(then)
    if now is None:
        return ScenarioDiffers(scenario=name, then=then.outcome, now="")
    before, after = calls_of(then), calls_of(now)
    if then.outcome == now.outcome and (before == after or Counter(before) == Counter(after)):
        return None
    at = next(
        (
            at
            for at in range(max(len(before), len(after)))
            if before[at : at + 1] != after[at : at + 1]
        ),
        None,
    )
    if at is None:
        return ScenarioDiffers(scenario=name, then=then.outcome, now=now.outcome)
    return ScenarioDiffers(
        scenario=name,
        then=then.outcome,
        now=now.outcome,
        call=at + 1,
        call_then=_shown(before[at : at + 1]),
        call_now=_shown(after[at : at + 1]),
    )


def calls_of(result: ScenarioResult) -> list[Call]:
    """Return the calls of a scenario, with what is drawn anew in each run numbered."""
    numbered: dict[str, str] = {}

    def number(match: re.Match[str]) -> str:
        return numbered.setdefault(match.group(), f"<{len(numbered) + 1}>")

    return [
        (each.method, _path(each.path, number), each.status, each.fault or "")
        for each in result.exchanges
    ]


def _path(path: str, number: Callable[[re.Match[str]], str]) -> str:
    return _DRAWN.sub(number, _MOMENT.sub("<moment>", unquote(path)))


def _shown(calls: Sequence[Call]) -> str:
    for method, path, status, fault in calls:
        return f"{method} {path} -> {status or 'no answer'}" + (f" ({fault})" if fault else "")
    return ""
