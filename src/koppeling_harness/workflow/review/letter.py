"""Letters to partners: drafts in files, and the fact that one was sent."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from koppeling_harness.clock import Clock, today
from koppeling_harness.config.registration import registration_path
from koppeling_harness.config.registration_edit import add_to_word
from koppeling_harness.errors import ConfigurationError, DocumentError, Problem, UsageError
from koppeling_harness.model.decisions import Letter
from koppeling_harness.model.dossier import Dossier
from koppeling_harness.report.letter import Draft, as_mail, as_markdown, draft_letter
from koppeling_harness.report.texts import Language
from koppeling_harness.rules.letters import untrue_in
from koppeling_harness.store.files import write_files
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.review.status import StatusRequest, judging_of
from koppeling_harness.workflow.secret_search import refuse_secret_values

LETTERS = Path("reports/letters")
"""Where drafts are written when nothing else is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A letter that was drafted.

    Attributes:
        draft: The letter.
        files: Where it stands: Markdown and mail, in both languages.
    """

    draft: Draft
    files: tuple[Path, ...]


def draft(
    path: Path, kind: str, *, by: str, reason: str, out: Path, runs: Path, clock: Clock
) -> Drafted:
    """Write a letter as drafts, in both languages, as Markdown and as mail.

    Args:
        path: A registration.
        kind: Of the letter.
        by: Who signs it.
        reason: Why; that of the decision it is about when empty.
        out: Where the drafts are written.
        runs: A folder with run records, for what is missing on which release.
        clock: Tells today, the date of the letter.

    Raises:
        DocumentError: The registration has problems.
        SecretFoundError: Something secret stands in it.
        ConfigurationError: It cannot be written, would not be true on this day, or there is no
            decision that it would tell.
    """
    day = today(clock)
    dossier = _dossier(path, runs=runs, clock=clock)
    refuse_secret_values((dossier, by, reason), place=str(path))
    untrue = untrue_in(kind, dossier.status, day=day)
    if untrue is not None:
        message = f"{path}: a letter {kind} would not be true: {untrue.en}"
        hint = "Choose another kind; the dossier offers the one that fits."
        raise ConfigurationError(message, hint=hint)
    made = draft_letter(dossier, kind, day=day, by=by, reason=reason)
    if kind == "immediate-end" and "reason" in made.missing:
        message = f"{path}: an immediate end needs its substantiation, and none is recorded"
        hint = "koppeling decide PATH terminate_immediately --ground … --reason …, or --reason here"
        raise ConfigurationError(message, hint=hint)
    name = f"{dossier.status.registration}.{day}.{kind}"
    files: dict[str, bytes] = {}
    for language in Language:
        files[f"{name}.{language}.md"] = as_markdown(made, language).encode()
        files[f"{name}.{language}.eml"] = as_mail(made, language)
    write_files(out, files)
    return Drafted(draft=made, files=tuple(out / each for each in files))


def record_sent(path: Path, kind: str, *, by: str, day: date, clock: Clock) -> Path:
    """Record that a letter was sent, in AFAS's file beside a registration; return that file.

    Raises:
        UsageError: The day is ahead, or nobody is named.
        DocumentError: The registration has problems, or would get them; it is left as it was.
        ConfigurationError: It has no file of AFAS's beside it, or that cannot be written.
    """
    if day > today(clock):
        message = f"--sent: found {day}, expected a day up to today, {today(clock)}"
        raise UsageError(message)
    if not by.strip():
        message = "--by: expected who sent it"
        raise UsageError(message)
    letter = Letter(date=day, kind=kind, by=by.strip())
    return add_to_word(registration_path(path), "letters", letter)


def _dossier(path: Path, *, runs: Path, clock: Clock) -> Dossier:
    judging, _ = judging_of(StatusRequest(runs=runs), clock=clock)
    file = registration_path(path)
    dossier = judging.dossier(file)
    if dossier.registration is None:
        message = dossier.problem.en if dossier.problem else "it has problems"
        dutch = dossier.problem.nl if dossier.problem else ""
        raise DocumentError([Problem(where=str(file), message=message, dutch=dutch)])
    return dossier


def drafted_lines(drafted: Drafted) -> Sequence[str]:
    """Return what was drafted, as lines for a person."""
    lines = [f"wrote {each}" for each in drafted.files]
    if drafted.draft.missing:
        lines.append(f"to be filled in by hand: {', '.join(drafted.draft.missing)}")
    lines.append("nothing was sent; when you sent it: the same command with --sent DATE --by NAME")
    return lines
