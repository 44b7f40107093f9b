"""The page of one recheck: what changed since the last verdict, and whose change it is."""

from koppeling_harness.model.recheck import Movement, RecheckRecord
from koppeling_harness.model.shape import Text
from koppeling_harness.report.pages import render_page
from koppeling_harness.report.recheck_text import TOLD, counts
from koppeling_harness.report.texts import Language
from koppeling_harness.rules.recheck_groups import (
    moved_groups,
    recheck_rows,
    whose_changes,
)


def render_recheck_page(record: RecheckRecord, *, language: Language = Language.NL) -> str:
    """Return the report of a recheck as one self-contained HTML page.

    Args:
        record: The recheck.
        language: The one in which the page opens.
    """
    newly_failing = sum(
        scenario.movement is Movement.NEWLY_FAILING
        for release in record.releases
        for each in release.integrations
        for scenario in each.scenarios
    )
    return render_page(
        "recheck",
        title=Text(nl="Hertoets na een AFAS-update", en="Recheck after an AFAS update"),
        language=language,
        record=record,
        newly_failing=newly_failing,
        told=TOLD,
        counts=counts,
        groups=moved_groups,
        changes=whose_changes(record),
        rows=recheck_rows(record, TOLD),
        makers={
            each.id: ", ".join(part for part in (each.partner, each.contact) if part)
            for release in record.releases
            for each in release.integrations
        },
    )
