"""A run in Markdown, for a merge request or a chat: a line per integration, then what is wrong."""

from collections.abc import Iterator

from koppeling_harness.model.run import IntegrationRecord, RunRecord, ScenarioResult
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Level, Outcome
from koppeling_harness.report.clean import one_line
from koppeling_harness.report.markdown import plain, row
from koppeling_harness.report.status_text import pick
from koppeling_harness.rules.verdict import result_id
from koppeling_harness.rules.verdict_notes import verdict_notes
from koppeling_harness.rules.words import OUTCOME

SHOWN_AT_MOST = 20
"""Results that did not pass, per integration; a comment must stay a comment."""

_TITLE = Text(nl="Certificatie op {release}", en="Certification on {release}")
_SHARD = Text(
    nl="Deel {index} van {total}: alleen de samengevoegde run is een oordeel.",
    en="Part {index} of {total}: only the merged run is a verdict.",
)
_HEAD = (
    Text(nl="Koppeling", en="Integration"),
    Text(nl="Oordeel", en="Verdict"),
    Text(nl="Verplicht geslaagd", en="Required passed"),
    Text(nl="Uitgevoerd", en="Executed"),
)
_SET_ASIDE = Text(nl="terzijde gelegd", en="set aside")
_RETRIED = Text(nl="pas bij herhaling geslaagd", en="passed on retry")
_WAIVED = Text(nl="ontheffing", en="waived by")
_MORE = Text(nl="en nog {count}", en="and {count} more")
_LIMIT = Text(
    nl="Automatische controles vervangen de Quickscan niet en veranderen nooit een kleur.",
    en="Automatic checks do not replace the Quickscan and never change a colour.",
)


def render_run_markdown(record: RunRecord, *, lang: str = "en") -> str:
    """Return the verdicts as a table, and per integration what did not pass.

    Names come from partners and are escaped: they make no links, mentions or markup.

    Args:
        record: The run.
        lang: `nl` or `en`.
    """
    lines = [f"## {pick(_TITLE, lang).format(release=plain(record.erp.label))}", ""]
    if record.shard:
        index, total = record.shard.index, record.shard.total
        lines += [pick(_SHARD, lang).format(index=index, total=total), ""]
    lines += [row([pick(each, lang) for each in _HEAD]), row(["---"] * len(_HEAD))]
    lines += [row(_cells(each, lang)) for each in record.integrations]
    for each in record.integrations:
        lines += _wrong(each, lang)
    return "\n".join([*lines, "", f"`{record.run_id}`. {pick(_LIMIT, lang)}", ""])


def _cells(each: IntegrationRecord, lang: str) -> list[str]:
    count = each.verdict.required
    name = f"**{plain(each.id)}** {plain(each.version)}".rstrip()
    if each.problem:
        return [name, pick(_SET_ASIDE, lang), "-", "-"]
    waived = f" ({each.verdict.waived} {pick(_WAIVED, lang)})" if each.verdict.waived else ""
    return [
        name,
        pick(OUTCOME[each.verdict.outcome], lang),
        f"{count.passed} / {count.total}{waived}",
        f"{count.executed} / {count.total}",
    ]


def _wrong(each: IntegrationRecord, lang: str) -> Iterator[str]:
    wrong = sorted(
        (result for result in each.results if result.outcome is not Outcome.PASSED),
        key=lambda result: list(Level).index(result.level),
    )
    notes = [f"- {plain(pick(note, lang))}" for note in verdict_notes(each)]
    if not wrong and not notes:
        return
    yield from ("", f"### {plain(each.id)}", "", *notes)
    for result in wrong[:SHOWN_AT_MOST]:
        yield _line(result, lang)
    if len(wrong) > SHOWN_AT_MOST:
        yield f"- {pick(_MORE, lang).format(count=len(wrong) - SHOWN_AT_MOST)}"


def _line(result: ScenarioResult, lang: str) -> str:
    said = pick(_RETRIED, lang) if result.passed_on_retry else pick(OUTCOME[result.outcome], lang)
    if result.waiver:
        said += f", {pick(_WAIVED, lang)} {plain(result.waiver)}"
    line = f"- {plain(result_id(result))}: {said}"
    if result.findings:
        finding = result.findings[0]
        text = pick(finding.text, lang) if finding.text else finding.message
        line += f" - {plain(finding.code)}: {plain(one_line(text))}"
    return line
