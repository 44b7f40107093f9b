"""The page of one integration in a run, on each release: what failed and why, then what passed."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from markupsafe import Markup

from koppeling_harness.model.dossier import Dossier
from koppeling_harness.model.run import IntegrationRecord, RunRecord, ScenarioResult
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.report.pages import macro, page_pieces
from koppeling_harness.report.result import Form
from koppeling_harness.report.run_text import first_line
from koppeling_harness.report.texts import Language
from koppeling_harness.rules.catalogue import RULES
from koppeling_harness.rules.proof_matrix import ProofMatrix, proof_matrix
from koppeling_harness.rules.run_groups import Group, joined_releases, summarised
from koppeling_harness.rules.verdict import result_id
from koppeling_harness.rules.verdict_notes import verdict_notes
from koppeling_harness.value import dataclass

EXPLAINED_AT_MOST = 60
"""Findings per integration that are explained in full; the page must stay a page."""

DISTURBED_AT_MOST = 200
"""Results per integration whose faults are shown; the run record has all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationView:
    """One integration on one release, as the page shows it.

    Attributes:
        record: The integration in the run.
        run: The record of the whole run.
        explained: What was found, by cause, the heaviest first.
        listed: What was found too, without explanation.
        wrong: How many scenarios did not pass.
        passed: What passed.
        passed_rows: Of the table of what passed, made while they are written.
        outcomes: How often each outcome was reached.
        dossiers: The registrations of the integration; usually one.
        traffic: By scenario id the file with what went over the wire, relative to the page.
        rounds: Likewise those of further rounds of what is explained, each with its number.
        notes: What the verdict rests on and leaves open.
        disturbed: What had faults, at most `DISTURBED_AT_MOST`.
        proof: What is proven, requirement by connector.
    """

    record: IntegrationRecord
    run: RunRecord
    explained: tuple[Group, ...]
    listed: tuple[Group, ...]
    wrong: int
    passed: tuple[ScenarioResult, ...]
    passed_rows: Iterator[str]
    outcomes: Counter[Outcome]
    dossiers: tuple[Dossier, ...]
    traffic: Mapping[str, str]
    rounds: Mapping[str, tuple[tuple[str, str], ...]]
    notes: tuple[Text, ...]
    disturbed: tuple[ScenarioResult, ...]
    proof: ProofMatrix


def render_run_page(
    *records: RunRecord,
    dossiers: Sequence[Dossier] = (),
    recordings: Collection[str] = (),
    language: Language = Language.NL,
) -> str:
    """Return the report of a run as one self-contained HTML page.

    Args:
        records: The run; one per release, the current one last.
        dossiers: Registrations with the status that follows from it, each shown with its
            integration.
        recordings: Files with what went over the wire on the current release, relative to the
            page: `traffic/<integration>/<scenario>.har`.
        language: The one in which the page opens.
    """
    kept = {records[-1].run_id: recordings}
    pieces = run_page_pieces(records, dossiers=dossiers, recordings=kept, language=language)
    return "".join(pieces)


def passed_row(integration: str, _release: str, result: ScenarioResult) -> Markup:
    """Return a row of the table of what passed, with the link that it has where traffic is kept.

    Args:
        integration: Its id.
        result: Passed.
    """
    return _row(result, _expected_recording(integration, result))


NO_RECORDINGS: Mapping[str, Collection[str]] = {}


def run_page_pieces(
    records: Sequence[RunRecord],
    *,
    only: str = "",
    dossiers: Sequence[Dossier] = (),
    recordings: Mapping[str, Collection[str]] = NO_RECORDINGS,
    language: Language = Language.NL,
    row_of: Form = passed_row,
) -> Iterator[str]:
    """Yield piece by piece the page of a run, each value that is shown whole.

    Args:
        records: One per release, the current one last; the page lies beside that.
        only: Id of the integration that it is about; all of the run when empty.
        dossiers: Registrations with the status that follows from it.
        recordings: By run id the files with what went over the wire.
        language: The one in which the page opens.
        row_of: Gives what `passed_row` does.
    """
    current = records[-1]
    views = [
        _view(each, run, dossiers if run is current else (), recordings, row_of, current)
        for run in reversed(records)
        for each in run.integrations
        if only in {"", each.id}
    ]
    release = joined_releases([each.erp.label for each in records])
    title = Text(nl=f"Certificatie op {release}", en=f"Certification on {release}")
    if only:
        title = Text(nl=f"{only}: {title.nl}", en=f"{only}: {title.en}")
    summary = summarised(records)
    return page_pieces(
        "run",
        title=title,
        language=language,
        records=tuple(reversed(records)),
        record=current,
        release=release,
        rules=RULES,
        views=views,
        is_one=bool(only),
        first=Text(nl=first_line(summary, lang="nl"), en=first_line(summary, lang="en")),
    )


def _view(
    record: IntegrationRecord,
    run: RunRecord,
    dossiers: Sequence[Dossier],
    recordings: Mapping[str, Collection[str]],
    row_of: Form,
    current: RunRecord,
) -> IntegrationView:
    one = replace(run, integrations=(record,))
    groups = summarised([one]).integrations[0].groups
    passed = tuple(each for each in record.results if each.outcome is Outcome.PASSED)
    kept = recordings.get(run.run_id, ())
    beside = "" if run is current else f"../{run.run_id}/"
    traffic: Mapping[str, str] = {
        result_id(each): f"{beside}{path}"
        for each in record.results
        if (path := _recording(record.id, each)) in kept
    }
    return IntegrationView(
        record=record,
        run=run,
        explained=groups[:EXPLAINED_AT_MOST],
        listed=groups[EXPLAINED_AT_MOST:],
        wrong=len(record.results) - len(passed),
        passed=passed,
        passed_rows=_passed_rows(record.id, passed, traffic, row_of),
        outcomes=Counter(each.outcome for each in record.results),
        dossiers=tuple(
            each
            for each in dossiers
            if each.registration is not None and each.registration.integration == record.id
        ),
        notes=verdict_notes(record),
        disturbed=tuple(each for each in record.results if each.faults)[:DISTURBED_AT_MOST],
        traffic=traffic,
        rounds={
            result_id(each.example): tuple(
                (number, f"{beside}{path}")
                for number, path in _of_rounds(_recording(record.id, each.example), kept)
            )
            for each in groups[:EXPLAINED_AT_MOST]
        },
        proof=proof_matrix(record.results),
    )


def _passed_rows(
    integration: str,
    passed: Iterable[ScenarioResult],
    traffic: Mapping[str, str],
    row_of: Form,
) -> Iterator[str]:
    for each in passed:
        path = traffic.get(result_id(each), "")
        if path == _expected_recording(integration, each):
            yield row_of(integration, "", each)
        else:
            yield _row(each, path)


def _row(result: ScenarioResult, recording: str) -> Markup:
    return macro("macros", "passed_row")(result, recording)


def _expected_recording(integration: str, result: ScenarioResult) -> str:
    """Return what a run that keeps traffic has of a result; empty when there was none."""
    return _recording(integration, result) if result.exchanges else ""


def _of_rounds(first: str, kept: Collection[str]) -> list[tuple[str, str]]:
    """Return the recordings of the further rounds of a result, each with its number."""
    begin = f"{first.removesuffix('.har')}.round-"
    numbers = (
        path.removeprefix(begin).removesuffix(".har") for path in kept if path.startswith(begin)
    )
    found = sorted((each for each in numbers if each.isdecimal()), key=int)
    return [(number, f"{begin}{number}.har") for number in found]


def _recording(integration: str, result: ScenarioResult) -> str:
    return result_id(result).recording(integration)
