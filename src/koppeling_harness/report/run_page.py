"""The page of one run: what failed and why first, then what passed."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from markupsafe import Markup

from koppeling_harness.model.dossier import Dossier
from koppeling_harness.model.run import IntegrationRecord, RunRecord, ScenarioResult
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Level, Outcome
from koppeling_harness.report.pages import macro, page_pieces
from koppeling_harness.report.result import Form
from koppeling_harness.report.texts import Language
from koppeling_harness.rules.catalogue import RULES
from koppeling_harness.rules.verdict import result_id
from koppeling_harness.rules.verdict_notes import verdict_notes
from koppeling_harness.value import dataclass

EXPLAINED_AT_MOST = 100
"""Results per integration that are explained in full; the page must stay a page."""

DISTURBED_AT_MOST = 200
"""Results per integration whose faults are shown; the run record has all of them."""

_LEVELS = list(Level)
_OUTCOMES = [Outcome.FAILED, Outcome.INCONCLUSIVE, Outcome.NOT_RUN, Outcome.PASSED]


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationView:
    """One integration as the page shows it.

    Attributes:
        record: The integration in the run.
        explained: What did not pass, the heaviest first.
        listed: What did not pass either, without explanation.
        passed: What passed.
        passed_rows: Of the table of what passed, made while they are written.
        codes: How often each finding was seen.
        outcomes: How often each outcome was reached.
        dossiers: The registrations of the integration; usually one.
        traffic: By scenario id the file with what went over the wire, relative to the page.
        notes: What the verdict rests on and leaves open.
        disturbed: What had faults, at most `DISTURBED_AT_MOST`.
    """

    record: IntegrationRecord
    explained: tuple[ScenarioResult, ...]
    listed: tuple[ScenarioResult, ...]
    passed: tuple[ScenarioResult, ...]
    passed_rows: Iterator[str]
    codes: tuple[tuple[str, int], ...]
    outcomes: Counter[Outcome]
    dossiers: tuple[Dossier, ...]
    traffic: Mapping[str, str]
    notes: tuple[Text, ...]
    disturbed: tuple[ScenarioResult, ...]


def render_run_page(
    record: RunRecord,
    *,
    dossiers: Sequence[Dossier] = (),
    recordings: Collection[str] = (),
    language: Language = Language.NL,
) -> str:
    """Return the report of one run as one self-contained HTML page.

    Args:
        record: The run.
        dossiers: Registrations with the status that follows from it, each shown with its
            integration.
        recordings: Files with what went over the wire, relative to the page:
            `traffic/<integration>/<scenario>.har`.
        language: The one in which the page opens.
    """
    pieces = run_page_pieces(record, dossiers=dossiers, recordings=recordings, language=language)
    return "".join(pieces)


def passed_row(integration: str, result: ScenarioResult) -> Markup:
    """Return a row of the table of what passed, with the link that it has where traffic is kept.

    Args:
        integration: Its id.
        result: Passed.
    """
    return _row(result, _expected_recording(integration, result))


def run_page_pieces(
    record: RunRecord,
    *,
    dossiers: Sequence[Dossier] = (),
    recordings: Collection[str] = (),
    language: Language = Language.NL,
    row_of: Form = passed_row,
) -> Iterator[str]:
    """Yield piece by piece what `render_run_page` returns, each value that is shown whole.

    It takes the same, and in `row_of` what gives the same as `passed_row`.
    """
    views = [_view(each, dossiers, recordings, row_of) for each in record.integrations]
    label = record.erp.label
    return page_pieces(
        "run",
        title=Text(nl=f"Certificatie op {label}", en=f"Certification on {label}"),
        language=language,
        record=record,
        rules=RULES,
        views=views,
        passed_count=sum(
            each.record.verdict.outcome is Outcome.PASSED and not each.record.problem
            for each in views
        ),
        duration_s=(record.finished_at - record.started_at).total_seconds(),
    )


def _view(
    record: IntegrationRecord,
    dossiers: Sequence[Dossier],
    recordings: Collection[str],
    row_of: Form,
) -> IntegrationView:
    wrong = sorted(
        (each for each in record.results if each.outcome is not Outcome.PASSED),
        key=lambda each: (_LEVELS.index(each.level), _OUTCOMES.index(each.outcome)),
    )
    codes = Counter(
        code for each in wrong for code in dict.fromkeys(finding.code for finding in each.findings)
    )
    passed = tuple(each for each in record.results if each.outcome is Outcome.PASSED)
    traffic: Mapping[str, str] = {
        result_id(each): path
        for each in record.results
        if (path := _recording(record.id, each)) in recordings
    }
    return IntegrationView(
        record=record,
        explained=tuple(wrong[:EXPLAINED_AT_MOST]),
        listed=tuple(wrong[EXPLAINED_AT_MOST:]),
        passed=passed,
        passed_rows=_passed_rows(record.id, passed, traffic, row_of),
        codes=tuple(codes.most_common()),
        outcomes=Counter(each.outcome for each in record.results),
        dossiers=tuple(
            each
            for each in dossiers
            if each.registration is not None and each.registration.integration == record.id
        ),
        notes=verdict_notes(record),
        disturbed=tuple(each for each in record.results if each.faults)[:DISTURBED_AT_MOST],
        traffic=traffic,
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
            yield row_of(integration, each)
        else:
            yield _row(each, path)


def _row(result: ScenarioResult, recording: str) -> Markup:
    return macro("macros", "passed_row")(result, recording)


def _expected_recording(integration: str, result: ScenarioResult) -> str:
    """Return what a run that keeps traffic has of a result; empty when there was none."""
    return _recording(integration, result) if result.exchanges else ""


def _recording(integration: str, result: ScenarioResult) -> str:
    return result_id(result).recording(integration)
