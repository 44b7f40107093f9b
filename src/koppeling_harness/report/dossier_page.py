"""The dossier: one registration, its status and why, and everything that it rests on."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from koppeling_harness.model.dossier import Dossier
from koppeling_harness.model.history import Done
from koppeling_harness.model.policy import Policy
from koppeling_harness.model.registration import Waiver
from koppeling_harness.model.run import IntegrationRecord, ScenarioResult
from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import RegistrationStatus
from koppeling_harness.model.verdict import Level, Outcome
from koppeling_harness.report.changes import Earlier, changes
from koppeling_harness.report.colour_chart import WIDTH, colour_chart
from koppeling_harness.report.due import of_one
from koppeling_harness.report.pages import render_page
from koppeling_harness.report.texts import Language
from koppeling_harness.rules.catalogue import RULES
from koppeling_harness.rules.proof_matrix import proof_matrix
from koppeling_harness.rules.urgency import end_of_week
from koppeling_harness.rules.verdict import result_id
from koppeling_harness.rules.verdict_notes import verdict_notes
from koppeling_harness.rules.waivers import covering
from koppeling_harness.value import dataclass

EXPLAINED_AT_MOST = 20
"""Failures per release that are explained; the others are named."""

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
    """

    release: str
    run_id: str
    day: date
    record: IntegrationRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One group of scenarios on one release.

    Attributes:
        outcome: The worst in the group.
        passed: How many passed.
        total: How many there are.
        day: The day of the run.
    """

    outcome: Outcome
    passed: int
    total: int
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A result that did not pass, and the waiver that covers it.

    Attributes:
        result: What did not pass.
        waiver: None when nothing covers it.
    """

    result: ScenarioResult
    waiver: Waiver | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFailures:
    """What did not pass on one release.

    Attributes:
        evidence: The run.
        explained: The heaviest, explained.
        named: Names of the others.
    """

    evidence: Evidence
    explained: tuple[Failure, ...]
    named: tuple[str, ...]


def render_dossier(
    dossier: Dossier,
    *,
    policy: Policy,
    evidence: Sequence[Evidence] = (),
    earlier: Earlier | None = None,
    done: Sequence[Done] = (),
    language: Language = Language.NL,
) -> str:
    """Return the dossier of one registration as one self-contained HTML page.

    Args:
        dossier: The registration with its status.
        policy: What each colour is worth.
        evidence: The newest run per release, whole.
        earlier: What it is compared with; None when there is nothing.
        done: Duties that are done, as reports told them, the last first.
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
        groups=matrix(evidence),
        failures=[_failures(dossier, each) for each in evidence],
        proofs={each.release: proof_matrix(each.record.results) for each in evidence},
        notes={each.release: verdict_notes(each.record) for each in evidence},
        rules=RULES,
    )


def matrix(evidence: Sequence[Evidence]) -> Mapping[str, Mapping[str, Cell]]:
    """Return per group of scenarios, the first word of their ids, a cell per release that has it.

    A group without a cell on a release was not tested there.
    """
    groups: dict[str, dict[str, Cell]] = {}
    for each in evidence:
        outcomes: dict[str, list[Outcome]] = {}
        for result in each.record.results:
            outcomes.setdefault(result.scenario.partition(".")[0], []).append(result.outcome)
        for group, found in outcomes.items():
            counts = Counter(found)
            groups.setdefault(group, {})[each.release] = Cell(
                outcome=next(outcome for outcome in _WORST_FIRST if counts[outcome]),
                passed=counts[Outcome.PASSED],
                total=len(found),
                day=each.day,
            )
    return dict(sorted(groups.items()))


def _releases(status: RegistrationStatus, evidence: Sequence[Evidence]) -> list[str]:
    """Return the releases that count, then others that were run on."""
    labels = [each.release for each in status.functional]
    return labels + [each.release for each in evidence if each.release not in labels]


def _failures(dossier: Dossier, evidence: Evidence) -> ReleaseFailures:
    levels = list(Level)
    wrong = sorted(
        (each for each in evidence.record.results if each.outcome is not Outcome.PASSED),
        key=lambda each: (levels.index(each.level), _WORST_FIRST.index(each.outcome)),
    )
    waivers = dossier.registration.waivers if dossier.registration else ()
    return ReleaseFailures(
        evidence=evidence,
        explained=tuple(
            Failure(
                result=each,
                waiver=covering(
                    waivers,
                    result_id(each),
                    release=evidence.release,
                    as_of=dossier.status.as_of,
                ),
            )
            for each in wrong[:EXPLAINED_AT_MOST]
        ),
        named=tuple(result_id(each) for each in wrong[EXPLAINED_AT_MOST:]),
    )
