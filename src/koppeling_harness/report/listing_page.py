"""What partner site and Help Center should show, as a page to work from."""

from collections.abc import Mapping, Sequence
from datetime import date

from koppeling_harness.model.listing import PLACES, Difference, Entry
from koppeling_harness.model.shape import Text
from koppeling_harness.report.pages import render_page
from koppeling_harness.report.texts import Language
from koppeling_harness.value import dataclass

_TITLE = Text(nl="Wat vermeld hoort te zijn", en="What should be listed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One place, and what it should show.

    Attributes:
        name: `partner_site` or `help_center`.
        shown: What it should show, by title.
        to_do: What is to be done, and for which: `to_remove`, `to_place`, `to_decide`, `unknown`.
    """

    name: str
    shown: Sequence[Entry]
    to_do: Mapping[str, Sequence[str]]


def render_listing(
    known: Sequence[Entry],
    found: Sequence[Difference],
    *,
    as_of: date,
    left_out: Sequence[str],
    by_registrations: bool,
    language: Language = Language.NL,
) -> str:
    """Return what both places should show as one self-contained HTML page.

    Args:
        known: Every registration that could be read.
        found: What is to be done at each place.
        as_of: The day.
        left_out: Files of which nothing can be said.
        by_registrations: Whether it is the registrations that say what is shown now.
        language: The one in which the page opens.
    """
    by_id = {each.integration_id: each for each in known if each.integration_id}
    return render_page(
        "listing",
        title=_TITLE,
        language=language,
        places=[_place(name, known, found) for name in PLACES],
        entries=by_id,
        as_of=as_of,
        left_out=left_out,
        by_registrations=by_registrations,
    )


def _place(name: str, known: Sequence[Entry], found: Sequence[Difference]) -> Place:
    to_do = {
        key: getattr(each, key)
        for each in found
        if each.place == name
        for key in ("to_remove", "to_place", "to_decide", "unknown")
        if getattr(each, key)
    }
    shown = [each for each in known if each.shown[name]]
    return Place(
        name=name, shown=sorted(shown, key=lambda each: each.title["nl"].casefold()), to_do=to_do
    )
