"""Make registrations, check them, and record assessments and decisions in them."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from koppeling_harness.clock import Clock, today
from koppeling_harness.config.folders import MANIFEST, REPORTS, is_a_partners
from koppeling_harness.config.manifest import load_manifest
from koppeling_harness.config.partnership import load_partnerships
from koppeling_harness.config.registration import (
    REGISTRATION,
    REPORT_REFUSED,
    find_registrations,
    load_placed,
    load_registration,
    registration_path,
)
from koppeling_harness.config.registration_edit import (
    add_assessment,
    add_decision,
    decisions_text,
    new_registration,
    split_registration,
)
from koppeling_harness.config.settings import load_settings
from koppeling_harness.errors import DocumentError, UsageError
from koppeling_harness.model.registration import (
    Assessment,
    AssessmentKind,
    Colour,
    Decision,
    DecisionKind,
    Ground,
    Registration,
)
from koppeling_harness.model.status import Action, RegistrationStatus
from koppeling_harness.rules.references import reference_problems
from koppeling_harness.rules.registration_input import InputProblem, standing_problems
from koppeling_harness.rules.words import STATUS
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.review.doubles import doubles
from koppeling_harness.workflow.review.names import beside_problems, known_names, word_problems
from koppeling_harness.workflow.review.status import StatusRequest, judging_of


def make(folder: Path, *, started: date | None, clock: Clock) -> Path:
    """Write a registration beside a plugin's manifest; return its path.

    Args:
        folder: The plugin's folder.
        started: First day of the onboarding; today when None.
        clock: Tells today.

    Raises:
        DocumentError: The manifest is not there or has problems.
        ConfigurationError: There is a registration already, or it cannot be written.
    """
    manifest = load_manifest(folder / MANIFEST)
    path = folder / REGISTRATION
    new_registration(path, manifest, started=started or today(clock))
    return path


def check(paths: Sequence[Path], *, clock: Clock) -> tuple[Path, ...]:
    """Read registrations; return their paths when all are in order today.

    Raises:
        NothingToRunError: There is none.
        DocumentError: Some have problems; all problems of all files are in it.
    """
    found = find_registrations(paths)
    settings = load_settings(Path())
    names = known_names(settings, settings.releases, {})
    objections = _objections(clock)
    problems = list(load_partnerships(settings.review, today=today(clock)).problems)
    read: list[tuple[str, Registration]] = []
    for path in found:
        try:
            placed = load_placed(path)
        except DocumentError as error:
            problems += error.problems
            continue
        registration = placed.registration
        problems += placed.problems(
            [
                *objections(registration),
                *word_problems(placed, names),
                *beside_problems(registration, path),
            ]
        )
        read.append((str(path), placed.registration))
    for many in doubles(read, as_of=today(clock)).values():
        problems += many
    if problems:
        raise DocumentError(problems)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAssessment:
    """An assessment as the command line gives it.

    Attributes:
        name: Its id; the next free one when empty.
        kind: What was done.
        assessor: The organisation that made it.
        report_date: The date on the report.
        colour: Absent for evidence that awaits a decision.
        scope: Integrations that it is about.
        submitted: When it was offered to AFAS.
        report: A report that somebody wants to attach; always refused.
    """

    name: str
    kind: AssessmentKind
    assessor: str
    report_date: date
    colour: Colour | None
    scope: tuple[str, ...] = ()
    submitted: date | None = None
    report: Path | None = None


def record_assessment(path: Path, new: NewAssessment, *, clock: Clock) -> Assessment:
    """Add an assessment to a registration; return it.

    Raises:
        UsageError: A report is offered, a pentest comes with a colour, or the date is ahead.
        DocumentError: The registration has problems, or would get them; it is left as it was.
    """
    if new.report is not None:
        message = f"{new.report}: refused: {REPORT_REFUSED}"
        raise UsageError(message, hint="Leave out --report; give --colour.")
    if new.kind is not AssessmentKind.QUICKSCAN and new.colour is not None:
        message = f"found --colour for a {new.kind}, whose colour AFAS gives when it accepts it"
        hint = "Leave out --colour, then: koppeling decide … accept_evidence --colour …"
        raise UsageError(message, hint=hint)
    _refuse_later("--report-date", new.report_date, clock)
    file = registration_path(path)

    def made(registration: Registration) -> Assessment:
        return Assessment(
            id=new.name or _free_name(registration, new.kind),
            kind=new.kind,
            assessor=new.assessor,
            report_date=new.report_date,
            colour=new.colour,
            scope=new.scope,
            submitted=new.submitted,
        )

    return add_assessment(file, made, objections=_objections(clock, file)).after.assessments[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDecision:
    """A decision as the command line gives it.

    Attributes:
        kind: What is decided.
        by: The person who decided.
        reason: Why.
        day: The day of the decision; today when None.
        assessment: For evidence.
        colour: For evidence that is accepted.
        ground: For an end at once.
        effective: For an end at once, and for one by the partner.
    """

    kind: DecisionKind
    by: str
    reason: str
    day: date | None = None
    assessment: str | None = None
    colour: Colour | None = None
    ground: Ground | None = None
    effective: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a decision does.

    Attributes:
        decision: As it is recorded.
        path: The file in which it stands.
        before: The status without it.
        after: The status with it.
        still_due: Duties that it answers and that are not done by it.
        has_effect: Whether decisions in this file count; not beside a manifest.
    """

    decision: Decision
    path: Path
    before: RegistrationStatus
    after: RegistrationStatus
    still_due: tuple[Action, ...]
    has_effect: bool


def record_decision(
    path: Path, new: NewDecision, *, clock: Clock, runs: Path = REPORTS, dry_run: bool = False
) -> Decided:
    """Add a decision to a registration; return what the status becomes.

    Args:
        path: A registration, or a plugin's folder.
        new: The decision.
        clock: Tells today.
        runs: A folder with run records, for the status.
        dry_run: Whether nothing is written.

    Raises:
        UsageError: Its date is ahead: a decision is recorded, not foretold.
        DocumentError: The registration has problems, or would get them; it is left as it was.
    """
    day = new.day or today(clock)
    _refuse_later("--date", day, clock)
    file = registration_path(path)
    decision = Decision(
        date=day,
        by=new.by,
        decision=new.kind,
        reason=new.reason,
        assessment=new.assessment,
        colour=new.colour,
        ground=new.ground,
        effective=new.effective,
    )
    edited = add_decision(file, decision, objections=_objections(clock, file), dry_run=dry_run)
    judging, _ = judging_of(StatusRequest(runs=runs), clock=clock)
    word = load_placed(file).word
    before, after = (
        judging.status(each, file, as_of=today(clock), word=word)
        for each in (edited.before, edited.after)
    )
    answered = _answered(decision)
    return Decided(
        decision=decision,
        path=edited.path,
        before=before,
        after=after,
        still_due=tuple(each for each in after.actions if each.key in answered),
        has_effect=not is_a_partners(file, review=judging.settings.review),
    )


def _answered(decision: Decision) -> tuple[str, ...]:
    """Return the keys of the duties that a decision answers."""
    about_evidence = (f"evidence:{decision.assessment}",)
    return {
        DecisionKind.ACCEPT_EVIDENCE: about_evidence,
        DecisionKind.REJECT_EVIDENCE: about_evidence,
        DecisionKind.GIVE_NOTICE: ("give-notice", "right-to-end"),
        DecisionKind.WITHDRAW_NOTICE: ("withdraw-notice",),
        DecisionKind.TERMINATE_IMMEDIATELY: ("right-to-end", "last-conversation"),
        DecisionKind.END_BY_PARTNER: ("give-notice", "right-to-end"),
        DecisionKind.REMOVE_LISTING: ("remove-listing",),
        DecisionKind.RESTORE_LISTING: ("restore-listing",),
        DecisionKind.ANNUAL_REVIEW: (),
        DecisionKind.FINISH_ONBOARDING: ("onboarding", "last-conversation"),
    }[decision.decision]


def decided_lines(decided: Decided, *, dry_run: bool = False) -> list[str]:
    """Return what a decision does, as lines for a person."""
    decision = decided.decision
    verb = "would record" if dry_run else "recorded"
    lines = [f"{verb} {decision.decision} of {decision.date} by {decision.by} in {decided.path}"]
    if not decided.has_effect:
        lines.append("without effect: beside a manifest, decisions are the partner's own word")
    before, after = (STATUS[each.status].en for each in (decided.before, decided.after))
    lines.append(f"status: {before}" + ("" if before == after else f" -> {after}"))
    lines += [f"still to do: {each.what.en}" for each in decided.still_due]
    return lines


def extract(path: Path, *, clock: Clock) -> str:
    """Return what a partner needs of AFAS's decisions: a file for `koppeling run --decisions`.

    Raises:
        DocumentError: The registration has problems.
    """
    file = registration_path(path)
    registration = load_registration(file)
    waivers = [each for each in registration.waivers if each.until >= today(clock)]
    return decisions_text(registration, waivers=waivers, given=today(clock))


def split(path: Path) -> Path:
    """Move what AFAS decided out of a registration into a file beside it; return that file.

    Raises:
        DocumentError: The registration has problems.
        ConfigurationError: There is such a file already, or one of the two cannot be written.
    """
    return split_registration(registration_path(path))


def _objections(
    clock: Clock, path: Path | None = None
) -> Callable[[Registration], list[InputProblem]]:
    """Return what tells everything that cannot be true in a registration today.

    Args:
        clock: Tells today.
        path: The registration, when it is to be held against the manifest beside it too.
    """
    settings = load_settings(Path())
    names = known_names(settings, settings.releases, {})
    return lambda registration: [
        *standing_problems(registration, programme=settings.programme, today=today(clock)),
        *reference_problems(registration, names),
        *(beside_problems(registration, path) if path is not None else ()),
    ]


def _refuse_later(option: str, day: date, clock: Clock) -> None:
    if day > today(clock):
        message = f"{option}: found {day}, expected a day up to today, {today(clock)}"
        raise UsageError(message)


def _free_name(registration: Registration, kind: AssessmentKind) -> str:
    letter = {"quickscan": "Q", "pentest": "P", "other": "O"}[kind]
    taken = {each.id for each in registration.assessments}
    return next(
        name for number in range(1, len(taken) + 2) if (name := f"{letter}{number}") not in taken
    )
