"""Whether a version of an integration can be released onto a Profit release.

The newest verdict decides: a failure after a pass is a failure, and a run that could not judge
leaves the question open, whatever an older one said (R15, R16).
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from koppeling_harness.model.releasable import Answer, Releasable, VerdictRow
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.rules.words import said


def releasable(
    rows: Sequence[VerdictRow],
    *,
    integration: str,
    version: str,
    release: str,
    known: Collection[str] = (),
) -> Releasable:
    """Return whether it can be released, and from which verdict that follows.

    Args:
        rows: Every stored verdict of that version on that release.
        integration: Its id.
        version: Its version.
        release: The Profit release, as it was asked for.
        known: Versions with their releases of which there are verdicts, to tell when none fits.
    """
    newest_first = sorted(rows, key=lambda row: (row.started_at, row.run_id), reverse=True)
    if not newest_first:
        answer, why = Answer.UNKNOWN, _nothing(integration, version, release, known)
    else:
        newest_first[0] = replace(newest_first[0], counts=True)
        answer, why = _judged(newest_first)
    return Releasable(
        integration=integration,
        version=version,
        release=release,
        answer=answer,
        why=why,
        rows=tuple(newest_first),
    )


def _judged(rows: Sequence[VerdictRow]) -> tuple[Answer, Text]:
    row = rows[0]
    values = {
        "run": row.run_id,
        "passed": row.required.passed,
        "total": row.required.total,
        "waived": row.waived,
    }
    if row.outcome is Outcome.FAILED:
        return Answer.NO, said(
            "De nieuwste run {run} is gezakt: {passed} van {total} verplichte scenario's geslaagd.",
            "The newest run {run} failed: {passed} of {total} required scenarios passed.",
            **values,
        )
    if row.outcome is not Outcome.PASSED:
        return Answer.UNKNOWN, said(
            "De nieuwste run {run} kon niet oordelen: {passed} van {total} verplichte scenario's "
            "geslaagd. Draai opnieuw.",
            "The newest run {run} could not judge: {passed} of {total} required scenarios passed. "
            "Run again.",
            **values,
        )
    if len({each.digest for each in rows}) > 1:
        return Answer.YES, said(
            "De nieuwste run {run} is geslaagd. Let op: onder dit versienummer zijn verschillende "
            "bestanden gedraaid.",
            "The newest run {run} passed. Mind: other files were run under this version too.",
            **values,
        )
    if row.waived:
        return Answer.YES, said(
            "De nieuwste run {run} is geslaagd, {waived} scenario's met een ontheffing.",
            "The newest run {run} passed, {waived} scenarios of it by a waiver.",
            **values,
        )
    return Answer.YES, said(
        "De nieuwste run {run} is geslaagd: alle {total} verplichte scenario's.",
        "The newest run {run} passed: all {total} required scenarios.",
        **values,
    )


def _nothing(integration: str, version: str, release: str, known: Collection[str]) -> Text:
    listed = ", ".join(sorted(known))
    nl = f"Van {integration} {version} is op {release} geen oordeel bewaard"
    en = f"No verdict of {integration} {version} on {release} is stored"
    if listed:
        nl, en = f"{nl}; wel van {listed}", f"{en}; there is of {listed}"
    return Text(nl=f"{nl}.", en=f"{en}.")
