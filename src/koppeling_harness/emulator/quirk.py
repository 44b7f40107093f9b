"""A switch: a behaviour that AFAS's texts leave open or contradict, with its source and its date.

Sources change. Each switch says until which day its source was read, and the table of pages below
says when each page of AFAS that is cited last changed, so that `to_look_at_again` can name the
switches that may rest on a text that is not there any more.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from koppeling_harness.value import dataclass

DOCS = "docs.afas.help/profit/en/"
GET_PAGE = f"AFAS, {DOCS}get-connector"
UPDATE_PAGE = f"AFAS, {DOCS}update-connector"
AUTH_PAGE = f"AFAS, {DOCS}authentication"
TROUBLE_PAGE = f"AFAS, {DOCS}troubleshooting"
WEBHOOK_PAGE = f"AFAS, {DOCS}webhooks"
NEWS = f"AFAS, {DOCS}news-profit"
OPENAPI = "AFAS, docs.afas.help/apidoc"
PRACTICAL = "github.com/rmuit/PracticalAfas"
DUTCHGRIT = "github.com/dutchgrit/afasclient"
RECORDED = "github.com/shoekstra/afashours, recordings of 18 October 2025"
INFERRED = "inferred; no public text"

READ = date(2026, 11, 30)
"""When the sources of the switches that say nothing else were last read."""

PAGES: Mapping[str, date] = {
    "authentication": date(2026, 9, 30),
    "get-connector": date(2025, 8, 5),
    "news-profit5": date(2025, 7, 29),
    "news-profit6": date(2025, 7, 29),
    "news-profit7": date(2026, 4, 8),
    "news-profit8": date(2026, 7, 16),
    "news-profit9": date(2026, 9, 30),
    "troubleshooting": date(2025, 11, 8),
    "update-connector": date(2025, 8, 7),
    "webhooks": date(2026, 6, 16),
}
"""Pages of AFAS that switches cite, and the day of the newest text of each that is known (source:
the repository of the pages, github.com/AFASSoftware/OASContent). Who finds a newer text writes its
day here; the tests then name the switches to look at again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirk:
    """One switch."""

    name: str
    values: tuple[str, ...]
    """What it can be; the first is the default."""
    source: str
    description: str
    read: date = READ
    """When its source was last read; a page that changed on a later day may say otherwise."""

    @property
    def default(self) -> str:
        """The value when neither the release nor the user sets it."""
        return self.values[0]


def quirk(name: str, values: str, source: str, description: str, *, read: date = READ) -> Quirk:
    """Return a switch; `values` are separated by blanks."""
    return Quirk(
        name=name, values=tuple(values.split()), source=source, description=description, read=read
    )


def pages_of(source: str) -> tuple[str, ...]:
    """Return the names of AFAS's pages that a source cites, such as `authentication`."""
    cited = source.split(DOCS)[1:]
    return tuple(each.split()[0].rstrip(".,;:)") for each in cited)


def to_look_at_again(
    switches: Iterable[Quirk], pages: Mapping[str, date] = PAGES
) -> Mapping[str, tuple[str, ...]]:
    """Return the switches whose source was read before a page that it cites changed.

    Args:
        switches: Those to look through.
        pages: The day of the newest text of each page.

    Returns:
        The newer pages by the switch's name; a page that the table lacks counts as newer.
    """
    found = {}
    for each in switches:
        newer = [page for page in pages_of(each.source) if pages.get(page, date.max) > each.read]
        if newer:
            found[each.name] = tuple(newer)
    return found
