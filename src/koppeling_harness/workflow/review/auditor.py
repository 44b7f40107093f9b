"""Take in what AFAS's AppConnector Auditor said of an integration: its ids, never its text."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from koppeling_harness.clock import Clock, today
from koppeling_harness.config.registration import registration_path
from koppeling_harness.config.registration_edit import set_in_word
from koppeling_harness.document import read_text, to_plain
from koppeling_harness.errors import UsageError
from koppeling_harness.model.decisions import AuditorReport
from koppeling_harness.rules.auditor_report import AuditorFindings, read_auditor_report
from koppeling_harness.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """What was taken in.

    Attributes:
        findings: The ids that the report names.
        report: What is recorded.
        file: Where.
    """

    findings: AuditorFindings
    report: AuditorReport
    file: Path


def take_in(
    path: Path, report: Path, *, justified: Sequence[str], day: date | None, clock: Clock
) -> TakenIn:
    """Record what a report of the Auditor names.

    Args:
        path: A registration.
        report: Markdown, HTML or plain text.
        justified: Ids of orange findings that AFAS agreed to.
        day: Of the report; today when None.
        clock: Tells today.

    Raises:
        UsageError: The day is ahead, or an id is justified that is not an orange one of the report.
        DocumentError: A file cannot be read, or has problems; nothing is changed.
        ConfigurationError: There is no file of AFAS's beside the registration.
    """
    when = day or today(clock)
    if when > today(clock):
        message = f"--date: found {when}, expected a day up to today, {today(clock)}"
        raise UsageError(message)
    findings = read_auditor_report(read_text(report))
    strange = [each for each in justified if each not in findings.orange]
    if strange:
        known = ", ".join(findings.orange) or "none"
        message = (
            f"--justified: {', '.join(strange)} is no orange finding of it; there are: {known}"
        )
        raise UsageError(message)
    taken = AuditorReport(
        date=when,
        red=len(findings.red),
        orange=len(findings.orange),
        justified=tuple(dict.fromkeys(justified)),
    )
    plain = {key: value for key, value in to_plain(taken).items() if value != []}
    file = set_in_word(registration_path(path), {"auditor": plain})
    return TakenIn(findings=findings, report=taken, file=file)


def taken_lines(taken: TakenIn) -> list[str]:
    """Return what was taken in, as lines for a person."""
    found, open_ = taken.findings, set(taken.findings.orange) - set(taken.report.justified)
    lines = [
        f"red: {', '.join(found.red) or 'none'}",
        f"orange: {', '.join(found.orange) or 'none'}; not justified: "
        f"{', '.join(sorted(open_)) or 'none'}",
    ]
    if found.unknown:
        lines.append(f"not known to this version, and not counted: {', '.join(found.unknown)}")
    return [*lines, f"recorded in {taken.file}"]
