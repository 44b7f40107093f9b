"""The dossier: one registration, its status and why, and everything that it rests on."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from koppeling_harness.model.decisions import Plan, SignalStep
from koppeling_harness.model.dossier import Dossier
from koppeling_harness.model.history import Done
from koppeling_harness.model.policy import Policy
from koppeling_harness.model.registration import Waiver
from koppeling_harness.model.run import IntegrationRecord, ScenarioResult
from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import RegistrationStatus, Role
from koppeling_harness.model.verdict import Level, Outcome
from koppeling_harness.report.changes import Earlier, changes
from koppeling_harness.report.colour_chart import WIDTH, colour_chart
from koppeling_harness.report.due import of_one
from koppeling_harness.report.pages import render_page
from koppeling_harness.report.texts import Language
from koppeling_harness.rules.catalogue import RULES
from koppeling_harness.rules.criteria import criteria
from koppeling_harness.rules.plans import is_carried_out
from koppeling_harness.rules.proof_matrix import proof_matrix
from koppeling_harness.rules.signals import courses
from koppeling_harness.rules.urgency import end_of_week
from koppeling_harness.rules.verdict import result_id
from koppeling_harness.rules.verdict_notes import verdict_notes
from koppeling_harness.rules.waivers import covering, may_be_waived
from koppeling_harness.value import dataclass

EXPLAINED_AT_MOST = 20
"""Failures that are explained; the others are named."""

DONE_AT_MOST = 20
"""Duties that are done and shown."""

_WORST_FIRST = (Outcome.FAILED, Outcome.INCONCLUSIVE, Outcome.NOT_RUN, Outcome.PASSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The run that counts for one release.

    Attributes:
        release: The release's label.
        run_id: The run.
        day: Its day in Amsterdam.
        record: What it says of the integration.
        link: The address of the run's page, from the dossier; empty when it is not there.
    """

    release: str
    run_id: str
    day: date
    record: IntegrationRecord
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One group of scenarios on one release.

    Attributes:
        outcome: The worst of what is required in it, waivers applied; of the rest where nothing is.
        passed: How many that are required passed.
        total: How many are required.
        waived: How many of those that passed did by a waiver.
        more_passed: How many that are not required passed.
        more: How many are not required.
        day: The day of the run.
    """

    outcome: Outcome
    passed: int
    total: int
    waived: int
    more_passed: int
    more: int
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What did not pass, on one release or several.

    Attributes:
        result: What did not pass, on the first of them.
        on: Where: a release and the day of its run.
        waiver: None when nothing covers it there.
    """

    result: ScenarioResult
    on: tuple[Evidence, ...]
    waiver: Waiver | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """What did not pass, the current release first.

    Attributes:
        explained: The heaviest, explained.
        named: Ids of the others.
    """

    explained: tuple[Failure, ...]
    named: tuple[str, ...]

    @property
    def required(self) -> tuple[Failure, ...]:
        """Of those that are explained, the required ones that no waiver covers."""
        return tuple(
            each
            for each in self.explained
            if each.result.level is Level.REQUIRED and each.waiver is None
        )

    @property
    def others(self) -> tuple[Failure, ...]:
        """The other ones that are explained: recommended, informative, or waived."""
        return tuple(each for each in self.explained if each not in self.required)


def render_dossier(
    dossier: Dossier,
    *,
    policy: Policy,
    evidence: Sequence[Evidence] = (),
    earlier: Earlier | None = None,
    done: Sequence[Done] = (),
    partner_page: str = "",
    language: Language = Language.NL,
) -> str:
    """Return the dossier of one registration as one self-contained HTML page.

    Args:
        dossier: The registration with its status.
        policy: What each colour is worth.
        evidence: The newest run per release, whole.
        earlier: What it is compared with; None when there is nothing.
        done: Duties that are done, as reports told them, the last first.
        partner_page: The address of its partner's page, from the dossier; empty when there is none.
        language: The one in which the page opens.
    """
    registration, status = dossier.registration, dossier.status
    due = of_one(dossier)
    title = (
        registration.title if registration else Text(nl=status.registration, en=status.registration)
    )
    chart = (
        colour_chart(registration, as_of=status.as_of, policy=policy)
        if registration and registration.assessments
        else None
    )
    return render_page(
        "dossier",
        title=title,
        language=language,
        dossier=dossier,
        registration=registration,
        status=status,
        this_week=[each for each in due if each.is_this_week],
        later=[each for each in due if not each.is_this_week],
        until=end_of_week(status.as_of),
        policy=policy,
        changes=changes(dossier, earlier),
        done=done[:DONE_AT_MOST],
        chart=chart,
        chart_width=WIDTH,
        releases=_releases(status, evidence),
        groups=matrix(evidence, registration.waivers if registration else (), as_of=status.as_of),
        failures=_failures(dossier, evidence),
        runs={(run.release, run.run_id): run for run in dossier.runs},
        links={each.release: each.link for each in evidence},
        criteria=criteria(dossier),
        partner_page=partner_page,
        plans=_plans(dossier),
        courses=courses(registration, _steps(dossier), as_of=status.as_of)[::-1]
        if registration
        else (),
        proofs={each.release: proof_matrix(each.record.results) for each in evidence},
        notes={each.release: verdict_notes(each.record) for each in evidence},
        rules=RULES,
    )


def _plans(dossier: Dossier) -> list[tuple[Plan, bool]]:
    """Return AFAS's plans, each with whether it is carried out; the first to be due first."""
    registration, word = dossier.registration, dossier.word
    if registration is None or word is None:
        return []
    return [
        (each, is_carried_out(each, registration, dossier.runs))
        for each in sorted(word.plans, key=lambda each: (each.due, each.for_))
    ]


def _steps(dossier: Dossier) -> Sequence[SignalStep]:
    return dossier.word.course if dossier.word is not None else ()


def matrix(
    evidence: Sequence[Evidence], waivers: Sequence[Waiver] = (), *, as_of: date = date.max
) -> Mapping[str, Mapping[str, Cell]]:
    """Return per group of scenarios, the first word of their ids, a cell per release that has it.

    A group without a cell on a release was not tested there.
    """
    groups: dict[str, dict[str, Cell]] = {}
    for each in evidence:
        results: dict[str, list[ScenarioResult]] = {}
        for result in each.record.results:
            results.setdefault(result.scenario.partition(".")[0], []).append(result)
        for group, found in results.items():
            groups.setdefault(group, {})[each.release] = _cell(each, found, waivers, as_of)
    return dict(sorted(groups.items()))


def _cell(
    evidence: Evidence, results: Sequence[ScenarioResult], waivers: Sequence[Waiver], as_of: date
) -> Cell:
    required = [each for each in results if each.level is Level.REQUIRED]
    more = [each for each in results if each.level is not Level.REQUIRED]
    waived = [each for each in required if _waiver_of(each, evidence, waivers, as_of)]
    outcomes = Counter(Outcome.PASSED if each in waived else each.outcome for each in required)
    if not required:
        outcomes = Counter(each.outcome for each in more)
    return Cell(
        outcome=next(outcome for outcome in _WORST_FIRST if outcomes[outcome]),
        passed=outcomes[Outcome.PASSED] if required else 0,
        total=len(required),
        waived=len(waived),
        more_passed=sum(each.outcome is Outcome.PASSED for each in more),
        more=len(more),
        day=evidence.day,
    )


def _waiver_of(
    result: ScenarioResult, evidence: Evidence, waivers: Sequence[Waiver], as_of: date
) -> Waiver | None:
    if not may_be_waived(result):
        return None
    return covering(waivers, result_id(result), release=evidence.release, as_of=as_of)


def _releases(status: RegistrationStatus, evidence: Sequence[Evidence]) -> list[str]:
    """Return the releases that count, then others that were run on."""
    labels = [each.release for each in status.functional]
    return labels + [each.release for each in evidence if each.release not in labels]


def _failures(dossier: Dossier, evidence: Sequence[Evidence]) -> Failures:
    """Return what did not pass, joined over the releases, the current one first."""
    waivers = dossier.registration.waivers if dossier.registration else ()
    found: dict[str, list[tuple[Evidence, ScenarioResult]]] = {}
    for each in sorted(evidence, key=lambda one: _current_first(one, dossier.status)):
        for result in each.record.results:
            if result.outcome is not Outcome.PASSED:
                found.setdefault(result_id(result), []).append((each, result))
    joined = [
        Failure(
            result=many[0][1],
            on=tuple(each for each, _ in many),
            waiver=_waiver_of(many[0][1], many[0][0], waivers, dossier.status.as_of),
        )
        for many in found.values()
    ]
    levels = list(Level)
    joined.sort(
        key=lambda each: (
            levels.index(each.result.level),
            each.waiver is not None,
            _current_first(each.on[0], dossier.status),
            _WORST_FIRST.index(each.result.outcome),
        )
    )
    return Failures(
        explained=tuple(joined[:EXPLAINED_AT_MOST]),
        named=tuple(result_id(each.result) for each in joined[EXPLAINED_AT_MOST:]),
    )


_ROLES = (Role.CURRENT, Role.PREVIOUS, Role.ACCEPT)


def _current_first(evidence: Evidence, status: RegistrationStatus) -> int:
    roles = {each.release: each.role for each in status.functional}
    role = roles.get(evidence.release)
    return _ROLES.index(role) if role is not None else len(_ROLES)
