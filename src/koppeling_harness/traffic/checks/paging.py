"""Rules about reading page by page."""

from collections.abc import Iterator

from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Severity
from koppeling_harness.traffic.checks.again import has_failed
from koppeling_harness.traffic.checks.call import DEFAULT_TAKE, Call
from koppeling_harness.traffic.checks.rule import Objection, Rule, Scene

_DEEP_SKIP = 100_000
_MANY_PAGES = 3
_SIDE_BY_SIDE_S = 0.1
_SEARCHING = frozenset({"6", "10", "13", "15"})
_AFTER = frozenset({"2", "4"})


def _unsorted(scene: Scene) -> Iterator[Objection]:
    paged = {(call.connector, call.filter_key) for call in scene.reads if call.skip > 0}
    for call in scene.reads:
        if call.skip < 0 or call.sort_fields or (call.connector, call.filter_key) not in paged:
            continue
        text = Text(
            nl=f"skip={call.skip} zonder orderbyfieldids terwijl er meer pagina's gelezen worden",
            en=f"skip={call.skip} without orderbyfieldids while several pages are read",
        )
        yield Objection(call=call, text=text, subject=call.connector or "")
    yield from _sorted_otherwise(scene)


def _sorted_otherwise(scene: Scene) -> Iterator[Objection]:
    """Object to a page that is sorted otherwise than each one that it follows."""
    ends: dict[object, dict[str, str]] = {}
    for call in scene.reads:
        if call.sort_fields and call.take > 0:
            page = (call.connector, call.filter_key, call.skip + call.take)
            ends.setdefault(page, {})[_sort_of(call).lower()] = _sort_of(call)
    for call in scene.reads:
        before = ends.get((call.connector, call.filter_key, call.skip))
        if call.skip <= 0 or not call.sort_fields or not before:
            continue
        if _sort_of(call).lower() not in before:
            other = ", ".join(before.values())
            text = Text(
                nl=f"skip={call.skip} gesorteerd op {_sort_of(call)}, de pagina ervoor op {other}; "
                "verwacht dezelfde sortering",
                en=f"skip={call.skip} sorted by {_sort_of(call)}, the page before it by {other}; "
                "expected the same sort",
            )
            yield Objection(call=call, text=text, subject=call.connector or "")


def _sort_of(call: Call) -> str:
    return call.parameters.get("orderbyfieldids", "").replace(" ", "").replace("+", "")


def _incomplete(scene: Scene) -> Iterator[Objection]:
    asked = _Asked(scene.reads)
    for call in scene.reads:
        if call.asks_take and call.connector in scene.for_a_person:
            continue  # the page that a person asked for is all that was asked
        if call.take < 1 or (call.take == 1 and (call.skip <= 0 or asked.wider(call))):
            continue  # the first one of all; one that a wider page holds as well
        if not asked.next_page(call) and _is_cut_off(call, asked):
            text = Text(
                nl=f"{call.take} van {call.take} rijen ontvangen en niet verder gelezen; verwacht "
                f"skip={call.skip + call.take}",
                en=f"{call.take} of {call.take} rows received and nothing read after them; "
                f"expected skip={call.skip + call.take}",
            )
            yield Objection(call=call, text=text, subject=call.connector or "")


class _Asked:
    """What was asked of each GetConnector, and how late."""

    def __init__(self, reads: tuple[Call, ...]) -> None:
        self._pages: dict[object, list[Call]] = {}
        self._keysets: dict[object, int] = {}
        self._reads = reads
        self._begun: dict[object, float] = {}
        for call in reads:
            if has_failed(call):
                self._begun.setdefault((call.exchange.turn, call.identity), call.exchange.started_s)
            page = (call.connector, call.filter_key, call.skip)
            self._pages.setdefault(page, []).append(call)
            for field, value, operator in call.filters:
                if operator in _AFTER:
                    key = (call.connector, field.lower(), value.rstrip("Z"))
                    self._keysets[key] = call.exchange.number

    def next_page(self, call: Call) -> bool:
        page = (call.connector, call.filter_key, call.skip + call.take)
        begun_s = self._begun.get((call.exchange.turn, call.identity), call.exchange.started_s)
        begun_s = min(begun_s, call.exchange.started_s)  # made again, it was asked before
        return any(
            _is_beside_or_after(each, call, begun_s) for each in reversed(self._pages.get(page, []))
        )

    def wider(self, call: Call) -> bool:
        """Return whether another page holds what a call asks, and more after it."""
        return any(
            each.connector == call.connector
            and each.filter_key == call.filter_key
            and each.skip <= call.skip
            and each.skip + each.take > call.skip + call.take
            for each in self._reads
        )

    def after(self, row: dict[str, object], call: Call) -> bool:
        """Return whether a later call reads on from a row by its key."""
        return any(
            self._keysets.get((call.connector, name.lower(), str(value).rstrip("Z")), 0)
            > call.exchange.number
            for name, value in row.items()
        )


def _is_beside_or_after(other: Call, call: Call, begun_s: float) -> bool:
    """Return whether a page was asked side by side with another one, or after it.

    Over a connection of its own it may even have come first.
    """
    alone = other.exchange.connection != call.exchange.connection
    early_s = _SIDE_BY_SIDE_S if alone else 0.0
    return other.ended_s > begun_s - early_s


def _is_cut_off(call: Call, asked: _Asked) -> bool:
    if call.asks_take and any(operator in _SEARCHING for _, _, operator in call.filters):
        return False  # the first hits of a search, not a whole set
    if call.asks_take and call.asks_keys:
        return False
    rows = call.rows
    if rows is None or len(rows) < call.take:
        return False
    return not asked.after(rows[-1], call)


def _read_all(scene: Scene) -> Iterator[Objection]:
    for call in scene.reads:
        if call.skip < 0 or call.take < 0:
            text = Text(
                nl=f"skip={call.skip}, take={call.take}: alles in één keer; verwacht pagina's",
                en=f"skip={call.skip}, take={call.take}: everything at once; expected pages",
            )
            yield Objection(call=call, text=text, subject=call.connector or "")


def _deep_skip(scene: Scene) -> Iterator[Objection]:
    for call in scene.reads:
        if call.skip > _DEEP_SKIP:
            text = Text(
                nl=f"skip={call.skip}; verwacht niet meer dan {_DEEP_SKIP}",
                en=f"skip={call.skip}; expected no more than {_DEEP_SKIP}",
            )
            yield Objection(call=call, text=text, subject=call.connector or "")


def _tiny(scene: Scene) -> Iterator[Objection]:
    pages: dict[object, int] = {}
    for call in scene.reads:
        if call.skip < 0 or not 0 < call.take < DEFAULT_TAKE:
            continue
        key = (call.connector, call.filter_key, call.exchange.turn)
        pages[key] = pages.get(key, 0) + (call.skip > 0)
        if pages[key] == _MANY_PAGES:
            text = Text(
                nl=f"pagina na pagina met take={call.take}; verwacht ten minste {DEFAULT_TAKE}",
                en=f"page after page with take={call.take}; expected {DEFAULT_TAKE} at least",
            )
            yield Objection(call=call, text=text, subject=call.connector or "")


def _sort_missing(scene: Scene) -> Iterator[Objection]:
    for call in scene.reads:
        if not call.sort_fields or call.exchange.fault is not None:
            continue
        use = scene.uses.get(call.connector or "")
        # where AFAS refused there is no row to look at, but the manifest says what it would hold
        names = use.fields if use and call.is_functional_error else tuple(call.first_row)
        known = {name.lower() for name in names}
        missing = [field for field in call.sort_fields if known and field.lower() not in known]
        if missing:
            named = ", ".join(missing)
            text = Text(
                nl=f"gesorteerd op {named}, dat niet in de GetConnector staat",
                en=f"sorted by {named}, which is not in the GetConnector",
            )
            yield Objection(call=call, text=text, subject=call.connector or "")


def _sort_not_unique(scene: Scene) -> Iterator[Objection]:
    pages = {(call.connector, call.filter_key, call.skip): call for call in scene.reads}
    for call in scene.reads:
        before = pages.get((call.connector, call.filter_key, call.skip - call.take))
        if call.skip <= 0 or before is None or not call.sort_fields:
            continue
        above, below = before.last_row, call.first_row
        # the very same row came twice because another one came before it, not because two are equal
        if above and below and above != below and _key(above, call) == _key(below, call):
            fields = ",".join(call.sort_fields)
            text = Text(
                nl=f"sortering {fields} is gelijk op beide kanten van de paginagrens; verwacht een "
                "unieke sortering",
                en=f"sort {fields} is equal on both sides of the page border; expected a unique "
                "sort",
            )
            yield Objection(call=call, text=text, subject=call.connector or "")


def _key(row: dict[str, object], call: Call) -> tuple[object, ...]:
    names = {name.lower(): value for name, value in row.items()}
    # a field that the row does not show is taken to differ
    return tuple(names.get(field.lower(), object()) for field in call.sort_fields)


_PAGES = "AFAS, docs.afas.help/profit/en/get-connector"

RULES = (
    Rule(
        code="PAGING-UNSORTED",
        level=Severity.ERROR,
        title=Text(nl="Pagina's zonder sortering", en="Pages without a sort"),
        why=Text(
            nl="Zonder sortering kan de volgorde per pagina verschillen: rijen vallen weg of komen "
            "dubbel.",
            en="Without a sort the order may differ from page to page: rows are lost or doubled.",
        ),
        fix=Text(
            nl="Geef bij elke pagina orderbyfieldids mee, op een uniek veld.",
            en="Send orderbyfieldids with every page, on a unique field.",
        ),
        source=_PAGES,
        check=_unsorted,
    ),
    Rule(
        code="PAGING-INCOMPLETE",
        level=Severity.ERROR,
        title=Text(nl="Niet alle pagina's gelezen", en="Not all pages read"),
        why=Text(
            nl="Een volle pagina betekent dat er meer kan zijn; wat erna komt, mist de koppeling.",
            en="A full page means that there may be more; the integration misses what follows.",
        ),
        fix=Text(
            nl="Lees door met skip tot een pagina minder rijen heeft dan take.",
            en="Read on with skip until a page has fewer rows than take.",
        ),
        source=_PAGES,
        check=_incomplete,
    ),
    Rule(
        code="READ-ALL",
        level=Severity.ERROR,
        title=Text(nl="Alles in één aanroep", en="Everything in one call"),
        why=Text(
            nl="skip of take van -1 haalt de hele tabel op; AFAS raadt dit sterk af en kan de "
            "GetConnector blokkeren.",
            en="skip or take of -1 fetches the whole table; AFAS strongly discourages it and may "
            "block the GetConnector.",
        ),
        fix=Text(nl="Lees in pagina's, gesorteerd.", en="Read in pages, sorted."),
        source=_PAGES,
        check=_read_all,
    ),
    Rule(
        code="DEEP-SKIP",
        level=Severity.WARNING,
        orange=True,
        title=Text(nl="Te ver overgeslagen", en="Skipped too far"),
        why=Text(
            nl="Boven skip 100 000 is een GetConnector te traag om aanvaardbaar te zijn.",
            en="Beyond skip 100 000 a GetConnector is too slow to be acceptable.",
        ),
        fix=Text(
            nl="Filter op gewijzigd-datum of op sleutel in plaats van ver over te slaan.",
            en="Filter on the modified date or on a key instead of skipping far.",
        ),
        source=_PAGES,
        check=_deep_skip,
    ),
    Rule(
        code="TAKE-TINY",
        level=Severity.WARNING,
        orange=True,
        title=Text(nl="Heel kleine pagina's", en="Very small pages"),
        why=Text(
            nl="Elke aanroep voert de hele query opnieuw uit; veel kleine pagina's belasten de "
            "omgeving en duren lang.",
            en="Each call runs the whole query again; many small pages burden the environment "
            "and take long.",
        ),
        fix=Text(
            nl="Neem take ≈ 150 000 / aantal velden.", en="Use take ≈ 150 000 / number of fields."
        ),
        source=_PAGES,
        check=_tiny,
    ),
    Rule(
        code="PERF-45",
        level=Severity.WARNING,
        orange=True,
        title=Text(
            nl="Sorteerveld staat niet in de definitie", en="Sort field is not in the definition"
        ),
        why=Text(
            nl="Sorteren gaat alleen snel en zonder fout op velden die de GetConnector heeft.",
            en="Sorting is only fast and free of errors on fields that the GetConnector has.",
        ),
        fix=Text(
            nl="Neem de indexvelden waarop je sorteert op in de GetConnector.",
            en="Put the index fields that you sort by into the GetConnector.",
        ),
        source="AFAS, docs.afas.help/profit/en/app-connector-auditor-partner",
        check=_sort_missing,
    ),
    Rule(
        code="PERF-46",
        level=Severity.INFORMATION,
        title=Text(nl="Sortering is niet uniek", en="Sort is not unique"),
        why=Text(
            nl="Bij gelijke sorteerwaarden ligt de volgorde niet vast; bij een paginagrens kunnen "
            "rijen wegvallen.",
            en="Equal sort values have no fixed order; rows may be lost at a page border.",
        ),
        fix=Text(
            nl="Sorteer op een unieke index, bij voorkeur index 1, of vul de sortering aan.",
            en="Sort by a unique index, preferably index 1, or complete the sort.",
        ),
        source="AFAS, docs.afas.help/profit/en/app-connector-auditor-partner",
        check=_sort_not_unique,
    ),
)
