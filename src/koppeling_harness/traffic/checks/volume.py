"""Rules about how much is asked, how often and how much at once."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Severity
from koppeling_harness.traffic.checks.call import Call
from koppeling_harness.traffic.checks.changes import (
    BEYOND,
    Shown,
    changes_from,
    moment_of,
    reads_all_again,
)
from koppeling_harness.traffic.checks.rule import Objection, Rule, Scene

CELLS_PER_CALL = 150_000
QUERY_LIMIT = 2049
PARALLEL_ADVICE = 5
PARALLEL_LIMIT = 8


def _cells(scene: Scene) -> Iterator[Objection]:
    for call in scene.reads:
        use = scene.uses.get(call.connector or "")
        fields = len(use.fields) if use is not None else len(call.first_row)
        if call.take * fields > CELLS_PER_CALL:
            best = CELLS_PER_CALL // fields
            text = Text(
                nl=f"take={call.take} met {fields} velden; verwacht hoogstens take={best}",
                en=f"take={call.take} with {fields} fields; expected take={best} at most",
            )
            yield Objection(call=call, text=text, subject=call.connector or "")


def _repeated(scene: Scene) -> Iterator[Objection]:
    read: dict[str, int] = {}
    for at, call in enumerate(scene.reads):
        connector = call.connector or ""
        use = scene.uses.get(connector)
        if use is None or use.modified_field is None or connector in scene.for_a_person:
            continue
        if call.exchange.status != 200:
            continue
        if call.skip > 0:
            continue
        if call.filters:
            before = [each for each in scene.reads[:at] if not scene.did_not_succeed(each, call)]
            yield from _from_long_before(before, call, use.id, use.modified_field)
            continue
        since = scene.reads[read[connector] : at] if connector in read else ()
        # who did not succeed keeps nothing, and begins anew
        if since and _came_whole(since, connector) and not scene.did_not_succeed(since[0], call):
            text = Text(
                nl=f"{use.id} opnieuw helemaal gelezen; verwacht een filter op "
                f"{use.modified_field}",
                en=f"{use.id} read whole again; expected a filter on {use.modified_field}",
            )
            yield Objection(call=call, text=text, subject=connector)
        read[connector] = at


def _from_long_before(
    before: Sequence[Call], call: Call, connector: str, field: str
) -> Iterator[Objection]:
    """Object to a filter that leaves out nothing of what an earlier turn showed."""
    earlier = [each for each in before if each.connector == call.connector]
    earlier = [each for each in earlier if each.exchange.turn < call.exchange.turn]
    if not earlier or not all(each.came_whole for each in earlier):
        return
    asked = changes_from(call, field)
    if asked is not None and reads_all_again(asked, Shown(field, earlier)):
        text = Text(
            nl=f"{connector} met een filter op {field} vanaf {asked:%Y-%m-%d}, dat alles weer "
            "ophaalt; verwacht een filter van kort voor wat het laatst getoond is",
            en=f"{connector} with a filter on {field} from {asked:%Y-%m-%d}, which fetches "
            "everything again; expected a filter from shortly before what was shown last",
        )
        yield Objection(call=call, text=text, subject=call.connector or "")


def _came_whole(reads: Sequence[Call], connector: str) -> bool:
    """Return whether no read of a connector broke off: who reads in pages then begins anew."""
    return all(call.came_whole for call in reads if call.connector == connector)


def _no_step_back(scene: Scene) -> Iterator[Objection]:
    marks = {
        connector: Shown(use.modified_field)
        for connector, use in scene.uses.items()
        if use.modified_field is not None
    }
    for call in scene.reads:
        shown = marks.get(call.connector or "")
        if shown is None:
            continue
        for name, value, operator in call.filters:
            if shown.is_field(name) and operator in BEYOND and _is_exact(value, shown.latest()):
                text = Text(
                    nl=f"filter op {name} vanaf {value}, precies de laatst getoonde waarde; "
                    "verwacht ten minste een seconde eerder",
                    en=f"filter on {name} from {value}, exactly the last value shown; expected at "
                    "least a second earlier",
                )
                yield Objection(call=call, text=text, subject=call.connector or "")
        shown.add(call)


def _is_exact(value: str, shown: datetime | None) -> bool:
    """Return whether a filter begins at what was shown last, or in the second after it."""
    asked = moment_of(value)
    if asked is None or shown is None:
        return False
    return timedelta(0) <= asked - shown <= timedelta(seconds=1)


def _query_length(scene: Scene) -> Iterator[Objection]:
    for call in scene.calls:
        length = len(call.exchange.query) + 1
        if call.exchange.query and length > QUERY_LIMIT:
            text = Text(
                nl=f"query van {length} tekens; verwacht hoogstens {QUERY_LIMIT}",
                en=f"query of {length} characters; expected {QUERY_LIMIT} at most",
            )
            yield Objection(call=call, text=text)


def _parallel(scene: Scene, above: int, up_to: int | None) -> Iterator[Objection]:
    """Object to the calls with which more than `above` were under way."""
    ends: list[float] = []
    for call in scene.calls:
        started_s = call.exchange.started_s
        ends = [end for end in ends if end > started_s]
        ends.append(call.ended_s)
        count = len(ends)
        if count > above and (up_to is None or count <= up_to):
            text = Text(
                nl=f"{count} aanroepen tegelijk; verwacht hoogstens {above}",
                en=f"{count} calls at once; expected {above} at most",
            )
            yield Objection(call=call, text=text)


def _parallel_advice(scene: Scene) -> Iterator[Objection]:
    return _parallel(scene, PARALLEL_ADVICE, PARALLEL_LIMIT)


def _parallel_limit(scene: Scene) -> Iterator[Objection]:
    return _parallel(scene, PARALLEL_LIMIT, None)


_READING = "AFAS, docs.afas.help/profit/en/get-connector"
_TROUBLE = "AFAS, docs.afas.help/profit/en/troubleshooting"

RULES = (
    Rule(
        code="CELLS-PER-CALL",
        level=Severity.ERROR,
        title=Text(nl="Te veel cellen per aanroep", en="Too many cells per call"),
        why=Text(
            nl="Meer dan 150 000 cellen (rijen maal velden) per aanroep is te zwaar voor de "
            "omgeving van de klant.",
            en="More than 150 000 cells (rows times fields) per call is too heavy for the "
            "customer's environment.",
        ),
        fix=Text(
            nl="Neem take ≈ 150 000 / aantal velden, en lees in pagina's.",
            en="Use take ≈ 150 000 / number of fields, and read in pages.",
        ),
        source=_READING,
        check=_cells,
    ),
    Rule(
        code="FULL-READ-REPEATED",
        level=Severity.WARNING,
        orange=True,
        title=Text(nl="Herhaald volledig gelezen", en="Whole table read again"),
        why=Text(
            nl="Het manifest noemt een gewijzigd-datum, maar de koppeling leest alles opnieuw.",
            en="The manifest names a modified date, yet the integration reads everything again.",
        ),
        fix=Text(
            nl="Onthoud tot waar gelezen is en filter op de gewijzigd-datum.",
            en="Remember up to where you read and filter on the modified date.",
        ),
        source="AFAS, docs.afas.help/profit/en/partner-certification-steps",
        check=_repeated,
    ),
    Rule(
        code="STEP-BACK",
        level=Severity.WARNING,
        orange=True,
        title=Text(nl="Niet teruggestapt in de tijd", en="No step back in time"),
        why=Text(
            nl="Tijden worden op hele seconden getoond maar fijner bewaard; filteren vanaf de "
            "getoonde waarde mist rijen.",
            en="Times are shown in whole seconds but kept finer; a filter from the value shown "
            "misses rows.",
        ),
        fix=Text(
            nl="Filter vanaf enkele minuten eerder en herken rijen die je al had aan hun sleutel.",
            en="Filter from some minutes earlier and recognise rows you already had by their key.",
        ),
        source="PracticalAfas, README-get.md: tests of date filters (public client code)",
        check=_no_step_back,
    ),
    Rule(
        code="QUERY-LENGTH",
        level=Severity.ERROR,
        title=Text(nl="Query te lang", en="Query too long"),
        why=Text(
            nl="Boven 2049 tekens antwoordt AFAS 404 zonder uitleg.",
            en="Beyond 2049 characters AFAS answers 404 without a word.",
        ),
        fix=Text(
            nl="Vraag minder waarden per aanroep, of filter op een bereik.",
            en="Ask for fewer values per call, or filter on a range.",
        ),
        source=_READING,
        check=_query_length,
    ),
    Rule(
        code="PARALLEL-5",
        level=Severity.WARNING,
        orange=True,
        title=Text(nl="Meer dan 5 aanroepen tegelijk", en="More than 5 calls at once"),
        why=Text(
            nl="AFAS adviseert hoogstens 5 gelijktijdige aanroepen per omgeving.",
            en="AFAS advises 5 simultaneous calls per environment at most.",
        ),
        fix=Text(
            nl="Begrens het aantal gelijktijdige aanroepen.",
            en="Bound the number of calls at once.",
        ),
        source=_READING,
        check=_parallel_advice,
    ),
    Rule(
        code="PARALLEL-8",
        level=Severity.ERROR,
        title=Text(nl="Meer dan 8 aanroepen tegelijk", en="More than 8 calls at once"),
        why=Text(
            nl="Boven 8 gelijktijdige aanroepen blokkeren rijen elkaar en mislukken aanroepen.",
            en="Beyond 8 simultaneous calls rows lock each other and calls fail.",
        ),
        fix=Text(
            nl="Begrens het aantal gelijktijdige aanroepen op 5.",
            en="Bound the number of calls at once to 5.",
        ),
        source=_TROUBLE,
        check=_parallel_limit,
    ),
)
