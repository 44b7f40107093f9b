"""The page of an AFAS update: what breaks first, then what may break, then the rest."""

from collections import Counter
from collections.abc import Sequence

from koppeling_harness.model.change import Breaking, Change, ChangeList
from koppeling_harness.model.impact import Impact, TouchedBy
from koppeling_harness.model.shape import Text
from koppeling_harness.report.pages import render_page
from koppeling_harness.report.texts import Language
from koppeling_harness.report.updates_text import SIDE, UNRECORDED, named, together
from koppeling_harness.rules.changes import BREAKING, HEAVIEST_FIRST, IMPACT, KIND
from koppeling_harness.value import dataclass
from koppeling_harness.version import __version__


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesView:
    """The changes of one class, as the page shows them.

    Attributes:
        breaking: The class.
        title: Its name.
        count: How many there are.
        changes: In the order of the list, each with what was and is; several codes as one.
    """

    breaking: Breaking
    title: Text
    count: int
    changes: tuple[tuple[Change, str], ...]


def render_changes_page(
    found: ChangeList,
    *,
    impacts: Sequence[Impact] = (),
    by_change: Sequence[TouchedBy] = (),
    language: Language = Language.NL,
) -> str:
    """Return what an update changes as one self-contained HTML page.

    Args:
        found: The changes.
        impacts: What they do to each integration; left out when empty.
        by_change: The other way round, whom each change touches.
        language: The one in which the page opens.
    """
    counts = Counter(each.breaking for each in found.changes)
    return render_page(
        "updates",
        title=Text(nl="Wijzigingen in de AFAS-API", en="Changes in the AFAS API"),
        language=language,
        found=found,
        compared=[named(each) for each in (found.from_, found.to) if each],
        views=[_view(kind, found.changes) for kind in HEAVIEST_FIRST if counts[kind]],
        counts=[(kind, BREAKING[kind], counts[kind]) for kind in HEAVIEST_FIRST],
        impacts=impacts,
        by_change=[each for each in by_change if each.breaking is not Breaking.COMPATIBLE],
        breaking_words=BREAKING,
        impact_words=IMPACT,
        unrecorded=UNRECORDED,
        kinds=KIND,
        sides=SIDE,
        together=together,
        version=__version__,
    )


def _view(breaking: Breaking, changes: Sequence[Change]) -> ChangesView:
    mine = [each for each in changes if each.breaking is breaking]
    return ChangesView(
        breaking=breaking,
        title=BREAKING[breaking],
        count=len(mine),
        changes=tuple(together(mine)),
    )
