"""Findings of a run, grouped: one for each integration, cause and finding, its releases joined."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field

from koppeling_harness.model.finding import Finding
from koppeling_harness.model.run import IntegrationRecord, RunRecord, ScenarioResult
from koppeling_harness.model.verdict import (
    BREAKDOWNS,
    EXPECTATION,
    FOLLOW_FROM_A_BREAKDOWN,
    Cause,
    Level,
    Outcome,
    Severity,
)
from koppeling_harness.rules.verdict import result_id
from koppeling_harness.value import dataclass

_OF_FINDINGS = "findings:"
"""Begin of how many findings there were, as a step of a scenario says it."""

_WORST_FIRST = (Outcome.FAILED, Outcome.INCONCLUSIVE, Outcome.NOT_RUN, Outcome.PASSED)
_LEVELS = list(Level)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Results of one integration that have one finding in common.

    Attributes:
        integration: Its id.
        outcome: Of these results; the worst of them.
        cause: Whose doing it is.
        code: Of the finding; empty where a result has none.
        waiver: Id of the waiver that covers them; empty when none does.
        releases: Labels of those on which it was seen, as the run has them.
        scenarios: Ids of the results, each once, whatever their releases.
        required: How many of them are required.
        example: One of them, on the newest release on which it was seen.
        finding: The finding in the example; None where it has none.
    """

    integration: str
    outcome: Outcome
    cause: Cause | None
    code: str
    waiver: str
    releases: tuple[str, ...]
    scenarios: tuple[str, ...]
    required: int
    example: ScenarioResult
    finding: Finding | None

    @property
    def example_id(self) -> str:
        """The id of the example, `scenario` or `scenario[operation]`."""
        return result_id(self.example)

    @property
    def is_breakdown(self) -> bool:
        """Whether the process of the integration broke down."""
        return self.code in BREAKDOWNS


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationSummary:
    """One integration over all releases of a command.

    Attributes:
        records: By label of the release, in the order of the run; one record each.
        outcome: The worst on a release that counts; None when it was set aside.
        groups: What was found, the current release and what is required first.
    """

    records: Mapping[str, IntegrationRecord]
    outcome: Outcome | None
    groups: tuple[Group, ...] = ()

    @property
    def record(self) -> IntegrationRecord:
        """Its record on the current release."""
        return [*self.records.values()][-1]

    @property
    def is_told(self) -> bool:
        """Whether there is more to say of it than that it passed on every release."""
        wrong = any(each.verdict.outcome is not Outcome.PASSED for each in self.records.values())
        return wrong or any(each.secrets_found for each in self.records.values())

    @property
    def verdicts(self) -> tuple[tuple[IntegrationRecord, tuple[str, ...]], ...]:
        """Records that differ in their verdict, each with the releases that share it."""
        found: dict[object, list[str]] = {}
        of: dict[object, IntegrationRecord] = {}
        for label, each in self.records.items():
            key = (each.verdict, each.scope, each.release_declared)
            found.setdefault(key, []).append(label)
            of[key] = each
        return tuple((of[key], tuple(labels)) for key, labels in found.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """The runs of one command, as a person wants to know of them.

    Attributes:
        releases: Labels, the current one last.
        advisory: Which of them do not count yet.
        integrations: What is wrong on the current release first, then on others; what was set
            aside, then what passed.
    """

    releases: tuple[str, ...]
    advisory: frozenset[str] = field(default_factory=frozenset)
    integrations: tuple[IntegrationSummary, ...]

    def having(self, outcome: Outcome | None) -> tuple[IntegrationSummary, ...]:
        """Return the integrations of one outcome; of None those that were set aside."""
        return tuple(each for each in self.integrations if each.outcome is outcome)

    @property
    def heaviest(self) -> tuple[Group, ...]:
        """The groups that turn most required scenarios, the most first."""
        groups = [
            group
            for each in self.integrations
            for group in each.groups
            if group.required and not group.waiver
        ]
        return tuple(sorted(groups, key=lambda each: -each.required))


def summarised(records: Sequence[RunRecord], *, advisory: Iterable[str] = ()) -> RunSummary:
    """Return what the runs of one command come to.

    Args:
        records: One per release, the current one last.
        advisory: Labels of releases that do not count yet.
    """
    labels = tuple(each.erp.label for each in records)
    beside = frozenset(advisory) & frozenset(labels[:-1])
    found: dict[str, dict[str, IntegrationRecord]] = {}
    for record in records:
        for each in record.integrations:
            found.setdefault(each.id, {})[record.erp.label] = each
    integrations = [_integration(of, beside) for of in found.values()]
    integrations.sort(key=lambda each: _urgency(each, labels[-1]))
    return RunSummary(releases=labels, advisory=beside, integrations=tuple(integrations))


def _integration(
    records: Mapping[str, IntegrationRecord], advisory: frozenset[str]
) -> IntegrationSummary:
    if all(each.problem for each in records.values()):
        return IntegrationSummary(records=records, outcome=None)
    counted = [each for label, each in records.items() if label not in advisory]
    outcomes = {each.verdict.outcome for each in counted or records.values()}
    return IntegrationSummary(
        records=records,
        outcome=next(each for each in _WORST_FIRST if each in outcomes),
        groups=_groups(records),
    )


def _urgency(each: IntegrationSummary, current: str) -> tuple[int, int, int, str]:
    """Return by what integrations are put in order."""
    if each.outcome is None:
        return (2, 0, 0, each.record.id)
    if each.outcome is Outcome.PASSED:
        return (3, not each.groups, 0, each.record.id)
    now = each.records.get(current)
    is_current = now is not None and now.verdict.outcome is not Outcome.PASSED
    lost = sum(group.required for group in each.groups)
    return (0 if is_current else 1, _WORST_FIRST.index(each.outcome), -lost, each.record.id)


def _groups(records: Mapping[str, IntegrationRecord]) -> tuple[Group, ...]:
    found: dict[tuple[object, ...], list[tuple[str, ScenarioResult, Finding | None]]] = {}
    for label, record in records.items():
        for result in record.results:
            if result.outcome is not Outcome.PASSED:
                for finding in _telling(result):
                    key = _key(result, finding)
                    found.setdefault(key, []).append((label, result, finding))
    integration = next(iter(records.values())).id
    groups = [_group(integration, many) for many in found.values()]
    current = [*records][-1]
    groups.sort(
        key=lambda each: (
            bool(each.waiver),
            not each.required,
            current not in each.releases,
            _WORST_FIRST.index(each.outcome),
            -each.required,
            -len(each.scenarios),
        )
    )
    return tuple(groups)


def _telling(result: ScenarioResult) -> Iterator[Finding | None]:
    """Yield the findings for which a result did not pass, one of each code; None without any."""
    errors = [each for each in result.findings if each.level is Severity.ERROR]
    told = {each.code: each for each in reversed(errors or result.findings[:1])}
    if BREAKDOWNS & told.keys():
        told = {code: each for code, each in told.items() if code not in FOLLOW_FROM_A_BREAKDOWN}
    said = told.get(EXPECTATION)
    others = tuple(f"{code}: " for code in told if code != EXPECTATION)
    if said is not None and others and said.message.startswith((_OF_FINDINGS, *others)):
        del told[EXPECTATION]  # it says no more than that there are the others
    if not told:
        yield None
    yield from reversed(told.values())


def _key(result: ScenarioResult, finding: Finding | None) -> tuple[object, ...]:
    code = finding.code if finding else ""
    own = result.scenario if code == EXPECTATION else ""
    return (code, own, result.outcome, result.cause, result.waiver, result.passed_on_retry)


def _group(integration: str, many: Sequence[tuple[str, ScenarioResult, Finding | None]]) -> Group:
    levels: dict[str, Level] = {}
    for _, result, _ in many:
        levels.setdefault(result_id(result), result.level)
    newest = many[-1][0]
    _, example, finding = min(
        (each for each in many if each[0] == newest), key=lambda each: _LEVELS.index(each[1].level)
    )
    return Group(
        integration=integration,
        outcome=example.outcome,
        cause=example.cause,
        code=finding.code if finding else "",
        waiver=example.waiver,
        releases=tuple(dict.fromkeys(label for label, _, _ in many)),
        scenarios=tuple(levels),
        required=sum(level is Level.REQUIRED for level in levels.values()),
        example=example,
        finding=finding,
    )


def joined_releases(labels: Sequence[str]) -> str:
    """Return labels of releases as one: `Profit 7, 8`."""
    first, *others = labels
    common, _, _ = first.rpartition(" ")
    start = f"{common} "
    return ", ".join([first, *(each.removeprefix(start) if common else each for each in others)])
