"""Decide from stored verdicts alone whether a version can be released."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from koppeling_harness.clock import Clock, today
from koppeling_harness.config.granted import granted_to
from koppeling_harness.config.settings import load_settings
from koppeling_harness.document import dump_json
from koppeling_harness.errors import ExitCode, Problem
from koppeling_harness.model.functional import FunctionalResult
from koppeling_harness.model.releasable import Answer, Releasable
from koppeling_harness.report.releasable_text import render_releasable_text
from koppeling_harness.rules.releasable import releasable
from koppeling_harness.rules.waivers import covering
from koppeling_harness.scenario.known_lists import list_book
from koppeling_harness.store.runs import find_runs
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.evidence.standing import with_evidence

_EXIT = {
    Answer.YES: ExitCode.PASSED,
    Answer.NO: ExitCode.NOT_PASSED,
    Answer.UNKNOWN: ExitCode.ENVIRONMENT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked.

    Attributes:
        integration: Its id.
        version: Its version.
        release: Label of the Profit release, or what `/profitversion` says.
        runs: A folder with run records below it.
        folder: The project, whose settings hold.
    """

    integration: str
    version: str
    release: str
    runs: Path
    folder: Path = Path()


def can_release(question: Question, *, clock: Clock) -> tuple[Releasable, tuple[Problem, ...]]:
    """Return the answer, and the run records that do not count as one.

    Raises:
        DocumentError: The settings have problems.
    """
    settings = load_settings(question.folder)
    found = find_runs(question.runs, now=clock.now(), book=list_book(settings.lists))
    found = with_evidence(found, settings, now=clock.now())
    ours = [
        _as_granted(each.result, settings.review, as_of=today(clock))
        for each in found.runs
        if each.result.integration == question.integration
    ]
    known = {f"{each.version or '?'} ({each.release})" for each in ours}
    runs = [each for each in ours if each.version == question.version]
    answer = releasable(
        [each for each in runs if _is_release(each, question.release)],
        integration=question.integration,
        version=question.version,
        release=question.release,
        as_of=today(clock),
        known=known,
    )
    return answer, found.damaged


def show(answer: Releasable, *, as_json: bool, lang: str) -> str:
    """Return the answer as JSON, or as text in `nl` or `en`."""
    return dump_json(answer, indent=1) if as_json else render_releasable_text(answer, lang=lang)


def exit_code(answer: Releasable) -> ExitCode:
    """Return 0 for yes, 1 for no, 11 when it is not known."""
    return _EXIT[answer.answer]


def _as_granted(run: FunctionalResult, review: Path | None, *, as_of: date) -> FunctionalResult:
    """Return what a record says, with those of its waivers that AFAS granted.

    Anybody can mark a record; where a reviewers' folder is named, what it says counts.
    """
    if review is None or not run.waived:
        return run
    granted = granted_to(
        run.integration,
        folder=review,
        integration_id=run.identity.integration_id if run.identity else "",
    )
    held = (
        each
        for each in run.waived
        if covering(granted, each, release=run.release, as_of=as_of) is not None
    )
    return replace(run, waived=tuple(held))


def _is_release(run: FunctionalResult, asked: str) -> bool:
    wanted = asked.strip().casefold()
    return wanted in {run.release.casefold(), run.erp_version.casefold()}
