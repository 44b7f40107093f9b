"""Conclude a run: write its record and reports, and say in a few lines what it came to."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from koppeling_harness.clock import Clock
from koppeling_harness.config.registration import registration_path
from koppeling_harness.config.settings import load_settings
from koppeling_harness.document import dump_json
from koppeling_harness.errors import (
    ConfigurationError,
    ExitCode,
    SecretFoundError,
    first_that_holds,
)
from koppeling_harness.model.pace import Pace
from koppeling_harness.model.run import RunRecord, RunRecords
from koppeling_harness.report.clean import one_line
from koppeling_harness.report.junit import JunitDialect
from koppeling_harness.report.result_forms import ResultForms
from koppeling_harness.report.run_text import run_lines
from koppeling_harness.rules.lists import list_word
from koppeling_harness.rules.run_groups import summarised
from koppeling_harness.rules.sharding import own_part
from koppeling_harness.rules.status import ORDER
from koppeling_harness.rules.words import STATUS
from koppeling_harness.scenario.known_lists import list_book
from koppeling_harness.store.recordings import remove_recordings
from koppeling_harness.store.run_journal import bring_out, remove_journal
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.review.status import (
    Judged,
    StatusRequest,
    as_text,
    judge_registrations,
)
from koppeling_harness.workflow.run.one_run import Certified
from koppeling_harness.workflow.run.report_files import ReportFiles, Unwritten, unwritten
from koppeling_harness.workflow.run.verdicts import run_exit_code
from koppeling_harness.workflow.run.write_run import (
    Told,
    as_written,
    write_latest,
    write_record,
    write_report,
)
from koppeling_harness.workflow.secret_search import bared_runs, cleaned_run, without_secrets

_LONGEST = 1000
_STATUSES = 4
"""Registrations whose status is told at the end of a run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDone:
    """What a run says to its caller.

    Attributes:
        record: Of the run, or of the recheck.
        text: A few lines for a person.
        exit_code: What the process says.
        details: Where the time went, for who asks.
    """

    record: object
    text: str
    exit_code: ExitCode
    details: str = ""

    @property
    def json(self) -> str:
        """The record as JSON."""
        return dump_json(self.record, indent=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Runs of one command whose reports are written.

    Attributes:
        certified: What each came to, the current release last.
        page: The report.
        judged: The registrations of their integrations; None when there are none.
        unwritten: What could not be written, beside what stands.
    """

    certified: tuple[Certified, ...]
    page: Path
    judged: Judged | None
    unwritten: tuple[Unwritten, ...] = ()

    def done(self, *, as_one: bool) -> RunDone:
        """Return what is said of them.

        Args:
            as_one: Whether the command is about one release, and so one record.
        """
        records = tuple(each.record for each in self.certified)
        text = run_text(
            records,
            advisory=_advisory(self.certified),
            repeat=self.certified[-1].repeat,
            notes=[note for each in self.certified for note in each.notes],
            judged=self.judged,
            report=self.page,
            unwritten=self.unwritten,
        )
        return RunDone(
            record=records[-1] if as_one else RunRecords(records=records),
            text=text,
            exit_code=first_that_holds(
                {command_exit_code(self.certified), *(each.code for each in self.unwritten)}
            ),
            details="\n".join(pace_lines(records[-1].pace)),
        )


ALWAYS_COUNT = frozenset({ExitCode.INTERRUPTED, ExitCode.SECRET_FOUND})
"""What holds whatever release it was seen on."""


def command_exit_code(certified: Sequence[Certified]) -> ExitCode:
    """Return what the process says of several runs: the first of all that is true of them.

    What comes of a release that does not count yet is told and leaves the code alone.
    """
    return first_that_holds(
        {each.exit_code for each in certified if each.counts or each.exit_code in ALWAYS_COUNT}
    )


def conclude(
    certified: Sequence[Certified],
    reports: Path,
    *,
    clock: Clock,
    forms: ResultForms | None = None,
    junit: JunitDialect = JunitDialect.STRICT,
) -> Written:
    """Write records and reports of the runs of one command.

    Args:
        certified: What each came to, the current release last.
        reports: Where runs are kept.
        clock: Tells the time.
        forms: Of their results, as far as they were made already.
        junit: Which tools `junit.xml` is for.

    Raises:
        SecretFoundError: Something secret stands in a record, and no integration brought it.
    """
    last = certified[-1]
    redactor = last.session.redactor
    files = ReportFiles(redactor)
    written = [_written(each, reports, files, forms, junit) for each in certified]
    certified = tuple(each for each, _ in written)
    # a part says nothing of them, and who pressed Ctrl-C does not wait for what is not new
    is_part = last.record.shard or last.session.interrupted
    judged = None if is_part else statuses(last.folders, reports, clock)
    if judged is not None:
        judged = replace(judged, dossiers=without_secrets(judged.dossiers, redactor)[0])
    records = [each.record for each in certified]
    told = Told(
        dossiers=judged.dossiers if judged else (),
        advisory=_advisory(certified),
        repeat=last.repeat,
    )
    page = write_report(records, reports, files=files, told=told, forms=forms)
    if all(is_there for _, is_there in written):
        write_latest(records, reports, files=files)
    for record, (_, is_there) in zip(records, written, strict=True):
        if is_there and not last.session.interrupted:
            remove_journal(reports / record.run_id)
    lost = [*(one for each in certified for one in each.unwritten), *files.unwritten]
    return Written(certified=certified, page=page, judged=judged, unwritten=tuple(lost))


def _advisory(certified: Sequence[Certified]) -> list[str]:
    """Return the releases that do not count yet."""
    return [each.record.erp.label for each in certified if not each.counts]


def _written(
    certified: Certified,
    reports: Path,
    files: ReportFiles,
    forms: ResultForms | None,
    junit: JunitDialect,
) -> tuple[Certified, bool]:
    """Return what a run came to as its record says it, and whether the record is written."""
    run = certified.record
    try:
        bring_out(reports, run.run_id, run.call)
    except ConfigurationError as error:
        files.unwritten.append(unwritten(reports / run.run_id, error))
    record, is_there = write_searched(run, reports, files=files, forms=forms, junit=junit)
    if record is certified.record:
        return certified, is_there
    code = run_exit_code(record, interrupted=certified.session.interrupted)
    return replace(certified, record=record, exit_code=code), is_there


def write_searched(
    record: RunRecord,
    reports: Path,
    *,
    files: ReportFiles,
    forms: ResultForms | None = None,
    junit: JunitDialect = JunitDialect.STRICT,
) -> tuple[RunRecord, bool]:
    """Write a record; when something secret stands in it, without that and saying so.

    What is found costs the integration in whose texts it stood, and no other.

    Returns:
        The record as it was written, and whether it was.

    Raises:
        SecretFoundError: It stands where no integration brought it.
    """
    found = frozenset(each.id for each in record.integrations if each.secrets_found)
    is_there = None
    for clean in (cleaned_run, _bared_run):
        try:
            is_there = write_record(record, reports, files=files, forms=forms, junit=junit)
            break
        except SecretFoundError:
            record = clean(record, files.redactor)
    if is_there is None:
        is_there = write_record(record, reports, files=files, forms=forms, junit=junit)
    for each in record.integrations:
        if each.secrets_found and each.id not in found:
            remove_recordings(reports / record.run_id, each.id)
    return record, is_there


def _bared_run(record: RunRecord, redactor: Redactor) -> RunRecord:
    (bared,) = bared_runs([record], lambda some: "".join(map(as_written, some)), redactor)
    return bared


def statuses(folders: Sequence[Path], reports: Path, clock: Clock) -> Judged | None:
    """Return the status of the registrations that lie beside the integrations, this run counted."""
    paths = tuple(path for each in folders if (path := registration_path(each)).is_file())
    if not paths:
        return None
    return judge_registrations(StatusRequest(paths=paths, runs=reports), clock=clock)


def pace_lines(pace: Pace | None) -> list[str]:
    """Return for a person where the time of a run went."""
    if pace is None:
        return []
    lines = [
        f"time: {pace.reached_s:.1f} s in {pace.lanes} lanes; "
        f"earlier runs let expect {pace.expected_s:.1f} s"
    ]
    for each in sorted(pace.integrations, key=lambda each: -each.working_s):
        processes = "1 process" if each.processes == 1 else f"{each.processes} processes"
        lines.append(
            f"  {each.id}: working {each.working_s:.1f} s, waiting for a process "
            f"{each.waiting_s:.1f} s, starting {processes} {each.starting_s:.1f} s"
        )
    return lines


def run_text(
    records: Sequence[RunRecord],
    *,
    advisory: Collection[str] = (),
    repeat: str = "",
    notes: Iterable[str] = (),
    judged: Judged | None = None,
    report: Path,
    unwritten: Iterable[Unwritten] = (),
) -> str:
    """Return for a person what the runs of one command came to: one screen.

    Args:
        records: One per release, the current one last.
        advisory: Labels of releases that do not count yet.
        repeat: Options with which the same integrations and scenarios are found again.
        notes: What else there is to know.
        judged: The registrations of the integrations.
        report: The page.
        unwritten: What could not be written.
    """
    records = [own_part(each) for each in records]
    first, *lines = run_lines(summarised(records, advisory=advisory), repeat=repeat)
    shard = records[-1].shard
    return "\n".join(
        [
            first,
            *([f"shard {shard.index} of {shard.total}"] if shard else []),
            *dict.fromkeys(line for each in records for line in _own_list(each)),
            *lines,
            *dict.fromkeys(notes),
            *(["", *_status_lines(judged), ""] if judged else []),
            *(one_line(each.message, limit=_LONGEST) for each in unwritten),
            *([f"report: {report}"] if report.is_file() else []),
        ]
    )


def _status_lines(judged: Judged) -> list[str]:
    """Return the status of each registration; of many only how many have which."""
    if len(judged.dossiers) <= _STATUSES:
        return [as_text(judged, lang="en")]
    counts = Counter(each.status.status for each in judged.dossiers)
    heaviest_first = [each for each in reversed(ORDER) if counts[each]]
    said = ", ".join(f"{counts[each]} {STATUS[each].en}" for each in heaviest_first)
    return [f"{len(judged.dossiers)} registrations: {said}; see `koppeling status`"]


def _own_list(record: RunRecord) -> list[str]:
    """Return what is said of a list that did not come with the program; nothing of one that did."""
    digest = record.scenario_lock.digest
    book = list_book(load_settings(Path()).lists)
    word = list_word(book, digest, release=record.erp.label, harness=record.harness.version)
    if word.counts:
        return []
    where = "only for a reader whose settings name it, [review] lists"
    return [f"own list {digest}: a verdict on it counts in a status {where}"]
