"""The first page of a run of several integrations: what became of each, and every cause once."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from koppeling_harness.model.run import RunRecord
from koppeling_harness.model.shape import Text
from koppeling_harness.report.pages import page_pieces
from koppeling_harness.report.run_text import first_line
from koppeling_harness.report.texts import Language
from koppeling_harness.rules.run_groups import joined_releases, summarised

GROUPS_AT_MOST = 10
"""Findings that are told per integration; its own page has the others."""


def run_index_pieces(
    records: Sequence[RunRecord],
    *,
    pages: Mapping[str, str],
    advisory: Collection[str] = (),
    language: Language = Language.NL,
) -> Iterator[str]:
    """Yield piece by piece the page that leads to those of the integrations.

    Args:
        records: One per release, the current one last.
        pages: By id of an integration the name of its page.
        advisory: Labels of releases that do not count yet.
        language: The one in which the page opens.
    """
    summary = summarised(records, advisory=advisory)
    release = joined_releases(summary.releases)
    return page_pieces(
        "run_index",
        title=Text(nl=f"Certificatie op {release}", en=f"Certification on {release}"),
        language=language,
        records=tuple(reversed(records)),
        record=records[-1],
        release=release,
        labels=tuple(reversed(summary.releases)),
        summary=summary,
        pages=pages,
        shown=GROUPS_AT_MOST,
        first=Text(
            nl=first_line(summary, lang="nl"),
            en=first_line(summary, lang="en"),
        ),
    )
