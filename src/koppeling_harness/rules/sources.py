"""Which pages of AFAS's public documentation a source cites, and which of them changed since."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from koppeling_harness.value import dataclass

READ = date(2026, 11, 30)
"""When the sources of statements that carry no day of their own were last read."""

_PAGE = re.compile(r"docs\.afas\.help/profit/(en|nl)/([A-Za-z0-9][A-Za-z0-9_-]*)")
_BY_NAME = re.compile(r"\bAFAS (howto-[A-Za-z0-9-]+)")
"""How sources name a page of the English documentation for short."""


class Page(NamedTuple):
    """One page, by the name of its file and its language."""

    name: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Something that this program says, with where it stands written.

    Attributes:
        kind: `behaviour of ERP1`, `traffic rule`, `requirement`, …
        name: Its id or code.
        source: As it is cited.
        read: When the source was last read.
    """

    kind: str
    name: str
    source: str
    read: date = READ


@dataclass(frozen=True, slots=True, kw_only=True)
class Outdated:
    """A statement that cites a page of which there is a newer text.

    Attributes:
        statement: What is said.
        page: The page.
        changed: The day of its newest text.
    """

    statement: Statement
    page: Page
    changed: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLook:
    """What a checkout of the documentation says of the statements.

    Attributes:
        outdated: Statements to look at again, by page.
        gone: Statements with a page that the checkout does not have.
        uncited: Pages that no statement cites, with the day of their newest text.
    """

    outdated: tuple[Outdated, ...]
    gone: tuple[tuple[Statement, Page], ...]
    uncited: tuple[tuple[Page, date | None], ...]


def pages_cited(source: str) -> tuple[Page, ...]:
    """Return the pages that a source cites, each once, in their order."""
    found = [Page(name=name.lower(), language=language) for language, name in _PAGE.findall(source)]
    found += [Page(name=name.lower(), language="en") for name in _BY_NAME.findall(source)]
    return tuple(dict.fromkeys(found))


def look_at_sources(
    statements: Iterable[Statement], pages: Mapping[Page, date | None]
) -> SourceLook:
    """Return which statements rest on a text that changed since it was read.

    Args:
        statements: Everything that is said.
        pages: Of the checkout, with the day of the newest text; None where it tells none.
    """
    outdated, gone, cited = [], [], set()
    for each in statements:
        for page in pages_cited(each.source):
            cited.add(page.name)
            if page not in pages:
                gone.append((each, page))
                continue
            changed = pages[page]
            if changed is not None and changed > each.read:
                outdated.append(Outdated(statement=each, page=page, changed=changed))
    gone.sort(key=lambda pair: (pair[1], pair[0].kind, pair[0].name))
    outdated.sort(key=lambda one: (one.page, one.statement.kind, one.statement.name))
    uncited = [(page, day) for page, day in sorted(pages.items()) if page.name not in cited]
    return SourceLook(outdated=tuple(outdated), gone=tuple(gone), uncited=tuple(uncited))
