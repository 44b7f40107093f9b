"""Answer to whether a version can be released, for a person at a terminal."""

from koppeling_harness.clock import AMSTERDAM
from koppeling_harness.model.releasable import Answer, Releasable, VerdictRow
from koppeling_harness.model.shape import Text
from koppeling_harness.report.clean import one_line
from koppeling_harness.report.status_text import pick
from koppeling_harness.rules.words import EVIDENCE, OUTCOME

ANSWER = {
    Answer.YES: Text(nl="ja", en="yes"),
    Answer.NO: Text(nl="nee", en="no"),
    Answer.UNKNOWN: Text(nl="onbekend", en="unknown"),
}
_OF = Text(nl="van", en="of")
_WAIVED = Text(nl="met ontheffing", en="waived")


def render_releasable_text(found: Releasable, *, lang: str) -> str:
    """Return the answer, why, and a line per verdict; `*` marks the one that counts.

    Args:
        found: What to show.
        lang: `nl` or `en`.
    """
    about = f"{found.integration} {found.version} -> {found.release}"
    lines = [
        f"{one_line(about)}: {pick(ANSWER[found.answer], lang)}",
        f"  {one_line(pick(found.why, lang))}",
        *(f"  {_row(each, lang)}" for each in found.rows),
    ]
    return "\n".join(lines)


def _row(row: VerdictRow, lang: str) -> str:
    count = f"{row.required.passed} {pick(_OF, lang)} {row.required.total}"
    parts = [
        "*" if row.counts else " ",
        f"{row.started_at.astimezone(AMSTERDAM):%Y-%m-%d %H:%M}",
        one_line(row.run_id),
        f"{one_line(row.erp.label)} ({one_line(row.erp.version)}, {row.erp.kind})",
        pick(OUTCOME[row.outcome], lang),
        count,
        f"{row.waived} {pick(_WAIVED, lang)}" if row.waived else "",
        row.digest[:12],
        one_line(pick(row.list, lang)) if row.list else "",
        pick(EVIDENCE[row.evidence], lang) if row.evidence else "",
        one_line(f"({'; '.join(pick(each, lang) for each in row.lesser)})") if row.lesser else "",
    ]
    return " ".join(part for part in parts if part)
