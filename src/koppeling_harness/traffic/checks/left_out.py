"""Rule about rows that came and went nowhere, just where one page ends and the next begins."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Severity
from koppeling_harness.traffic.checks.again import got_rows
from koppeling_harness.traffic.checks.call import Call
from koppeling_harness.traffic.checks.rule import Objection, Rule, Scene

_WORDS = re.compile(r"[^\s\"',;:|=<>(){}\[\]]+")
_PAGES = 2
_LEAST_ROWS = 20
_LEAST_LOST = 2
_MOST = 0.5
"""So many of the rows have to be seen elsewhere before it says anything that others are not."""

Rows = Sequence[str]
"""The key of each row of a page, in its order."""


def _left_out(scene: Scene) -> Iterator[Objection]:
    for pages in _sequences(scene):
        count = sum(len(page.rows or ()) for page in pages)
        words = _words(scene, pages)
        if count < _LEAST_ROWS or len(words) < count * _MOST:
            continue  # most of them went nowhere that is seen: to look for keys would take long
        keys = _keys(pages)
        rows = [key for page in keys for key in page]
        if not rows:
            continue
        missing = {key for key in rows if key not in words}
        if not missing or len(rows) - len(missing) < len(rows) * _MOST:
            continue
        twice = {key for key, times in Counter(rows).items() if times > 1}
        for which, expected in _borders(keys):
            if len(expected) < _LEAST_LOST:
                continue  # of one row there may be a reason, and chance may have put it there
            if missing == expected - twice:  # what came on another page too is not lost
                yield _objection(pages, which, len(missing), len(rows))
                break


def _sequences(scene: Scene) -> Iterator[list[Call]]:
    """Yield the reads of one connector in one turn that are pages of one set, in their order."""
    found: dict[object, list[Call]] = {}
    for call in scene.reads:
        told = scene.triggers[call.exchange.turn - 1 : call.exchange.turn]
        if got_rows(call) and call.rows and all(each.ok for each in told):
            found.setdefault((call.exchange.turn, call.connector), []).append(call)
    for calls in found.values():
        pages = {call.identity: call for call in calls}
        if len(pages) < _PAGES or len({(call.take, call.sort_fields) for call in calls}) > 1:
            continue
        yield list(pages.values())


def _keys(pages: Sequence[Call]) -> list[list[str]]:
    """Return by what the rows of each page are told apart; empty where nothing does."""
    rows = [[*(page.rows or ())] for page in pages]
    every = [row for page in rows for row in page]
    different = len({*map(str, every)})
    for name in every[0]:
        values = [row.get(name) for row in every]
        texts = {str(each) for each in values if isinstance(each, str | int)}
        if len(texts) == different and all(_WORDS.fullmatch(each) for each in texts):
            return [[str(row[name]) for row in page] for page in rows]
    return []


def _words(scene: Scene, pages: Sequence[Call]) -> set[str]:
    """Return every word of what the integration answered, wrote or sent, but to read these rows."""
    own = {page.connector for page in pages}
    sent = (
        text
        for call in scene.calls
        if not (call.is_read and call.connector in own)
        for text in (call.exchange.path.replace("/", " "), _query(call), call.exchange.request_body)
    )
    texts = (*scene.said, *(each.text for each in scene.logged), *sent)
    return {word for text in texts if text for word in _WORDS.findall(text)}


def _query(call: Call) -> str:
    return " ".join(call.parameters.values())


def _borders(pages: Sequence[Rows]) -> Iterator[tuple[Text, set[str]]]:
    """Yield what programs lose that read in pages, each with its name."""
    *full, last = pages
    first, *later = pages
    yield (
        Text(nl="de laatste rij van elke volle pagina", en="the last row of every full page"),
        {page[-1] for page in full},
    )
    yield (
        Text(nl="de laatste rij van elke pagina", en="the last row of every page"),
        {page[-1] for page in pages},
    )
    yield (
        Text(nl="de eerste rij van elke volgende pagina", en="the first row of every next page"),
        {page[0] for page in later},
    )
    yield (
        Text(nl="de eerste rij van elke pagina", en="the first row of every page"),
        {page[0] for page in pages},
    )
    if len(pages) > _PAGES:
        yield Text(nl="de hele laatste pagina", en="the whole last page"), {*last}
        yield Text(nl="de hele eerste pagina", en="the whole first page"), {*first}


def _objection(pages: Sequence[Call], which: Text, missing: int, rows: int) -> Objection:
    name = pages[0].exchange.connector or ""
    text = Text(
        nl=f"van de {rows} rijen van {name} komen er {missing} nergens meer voor, precies "
        f"{which.nl}; verwacht dat elke rij die kwam ook gebruikt wordt",
        en=f"of the {rows} rows of {name} {missing} are seen nowhere after it, exactly "
        f"{which.en}; expected that every row that came is used",
    )
    return Objection(call=pages[0], text=text, subject=name)


RULES = (
    Rule(
        code="ROWS-LEFT-OUT",
        level=Severity.ERROR,
        title=Text(nl="Rijen op de paginagrens vallen weg", en="Rows at a page border are lost"),
        why=Text(
            nl="Wie per pagina leest en er een rij te weinig van neemt, mist die rij altijd, en "
            "niemand ziet het.",
            en="Who reads in pages and takes a row too few of them always misses that row, and "
            "nobody sees it.",
        ),
        fix=Text(
            nl="Neem alle rijen van elke pagina, ook van de laatste; bepaal pas daarna of er nog "
            "een komt.",
            en="Take all rows of every page, of the last one too; decide only then whether another "
            "comes.",
        ),
        source="AFAS, docs.afas.help/profit/en/get-connector",
        check=_left_out,
    ),
)
