"""Rules about what is sent to UpdateConnectors, and about values in filters."""

import re
from collections.abc import Iterator

from koppeling_harness.http.headers import charset_of
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Severity
from koppeling_harness.traffic.capture import JUDGED_LIMIT_BYTES
from koppeling_harness.traffic.checks.call import Call
from koppeling_harness.traffic.checks.rule import Objection, Rule, Scene

BODY_LIMIT_BYTES = 75 * 1024 * 1024

_COMMA = re.compile(r"-?[0-9]{1,12},[0-9]{1,6}")
_LOCAL_DATE = re.compile(r"[0-9]{1,2}[-/][0-9]{1,2}[-/][0-9]{4}")
_REFUSED_DATE = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:\.[0-9]+|Z|[+-][0-9]{2}:?[0-9]{2})"
)


def _content_type(call: Call) -> str:
    return call.header("content-type").lower().replace(" ", "")


def _charset_missing(scene: Scene) -> Iterator[Objection]:
    for call in scene.writes:
        found = _content_type(call)
        if call.exchange.request_size and "charset=" not in found:
            text = Text(
                nl=f"Content-Type is {found or 'afwezig'}; verwacht application/json;charset=utf-8",
                en=f"Content-Type is {found or 'absent'}; expected application/json;charset=utf-8",
            )
            yield Objection(call=call, text=text)


def _charset_wrong(scene: Scene) -> Iterator[Objection]:
    for call in scene.writes:
        charset = charset_of(_content_type(call))
        if call.exchange.request_size and charset and charset not in {"utf-8", "utf8"}:
            text = Text(
                nl=f"charset is {charset}; verwacht utf-8", en=f"charset {charset}; expected utf-8"
            )
            yield Objection(call=call, text=text)


def _not_json(scene: Scene) -> Iterator[Objection]:
    for call in scene.writes:
        if call.exchange.method == "DELETE" or call.request_is_cut:
            continue
        found = _found(call)
        if found is not None:
            text = Text(
                nl=f"de body is {found.nl}; verwacht in UTF-8 een JSON-object met de hoofdregel",
                en=f"the body is {found.en}; expected a JSON object with the root element in UTF-8",
            )
            yield Objection(call=call, text=text)


def _found(call: Call) -> Text | None:
    """Return what a body is, in so far as it is not the JSON object that it should be."""
    unread = call.exchange.request_unread
    if unread:
        return Text(nl=unread, en=unread)
    if call.request_problem is not None:
        return call.request_problem
    if isinstance(call.request_json, dict):
        return None
    return Text(nl="geen JSON-object", en="not a JSON object")


def _not_judged(scene: Scene) -> Iterator[Objection]:
    for call in scene.writes:
        if call.request_is_cut:
            text = Text(
                nl="de body is te lang om te beoordelen, ook zonder de bestanden die erin staan; "
                f"verwacht hoogstens {JUDGED_LIMIT_BYTES // 1024**2} MB",
                en="the body is too long to be judged, even without the files in it; expected at "
                f"most {JUDGED_LIMIT_BYTES // 1024**2} MB",
            )
            yield Objection(call=call, text=text)


def _too_large(scene: Scene) -> Iterator[Objection]:
    for call in scene.calls:
        if call.exchange.request_size > BODY_LIMIT_BYTES:
            size_mb = call.exchange.request_size / 1024 / 1024
            text = Text(
                nl=f"body van {size_mb:.0f} MB; verwacht hoogstens 75 MB",
                en=f"body of {size_mb:.0f} MB; expected 75 MB at most",
            )
            yield Objection(call=call, text=text)


def _decimal_comma(scene: Scene) -> Iterator[Objection]:
    for call in scene.writes:
        for name, value in call.sent_fields:
            if isinstance(value, str) and _COMMA.fullmatch(value):
                text = Text(
                    nl=f"{name} is {value!r}; verwacht een punt als decimaalteken",
                    en=f"{name} is {value!r}; expected a point as decimal mark",
                )
                yield Objection(call=call, text=text, subject=f"{call.connector}.{name}")


def _local_date(scene: Scene) -> Iterator[Objection]:
    for call in scene.writes:
        for name, value in call.sent_fields:
            if isinstance(value, str) and _LOCAL_DATE.fullmatch(value):
                text = Text(
                    nl=f"{name} is {value!r}; verwacht JJJJ-MM-DD",
                    en=f"{name} is {value!r}; expected YYYY-MM-DD",
                )
                yield Objection(call=call, text=text, subject=f"{call.connector}.{name}")


def _filter_date(scene: Scene) -> Iterator[Objection]:
    for call in scene.reads:
        for name, value, _ in call.filters:
            if _REFUSED_DATE.fullmatch(value):
                text = Text(
                    nl=f"filter {name} is {value}; verwacht JJJJ-MM-DDTUU:MM:SS zonder Z, zone of "
                    "delen van seconden",
                    en=f"filter {name} is {value}; expected YYYY-MM-DDTHH:MM:SS without Z, zone or "
                    "fractions",
                )
                yield Objection(call=call, text=text, subject=f"{call.connector}.{name}")


_UPDATE = "AFAS, docs.afas.help/profit/en/update-connector"

RULES = (
    Rule(
        code="CHARSET-MISSING",
        level=Severity.WARNING,
        orange=True,
        title=Text(nl="Tekenset niet genoemd", en="Character set not named"),
        why=Text(
            nl="Zonder charset=utf-8 kunnen letters met accenten als ? worden opgeslagen.",
            en="Without charset=utf-8 accented letters may be stored as ?.",
        ),
        fix=Text(
            nl="Stuur Content-Type: application/json;charset=utf-8.",
            en="Send Content-Type: application/json;charset=utf-8.",
        ),
        source=_UPDATE,
        check=_charset_missing,
    ),
    Rule(
        code="CHARSET-WRONG",
        level=Severity.ERROR,
        title=Text(nl="Verkeerde tekenset", en="Wrong character set"),
        why=Text(
            nl="Met een andere tekenset dan UTF-8 worden letters met accenten als ? opgeslagen.",
            en="With another character set than UTF-8 accented letters are stored as ?.",
        ),
        fix=Text(
            nl="Codeer de body in UTF-8 en stuur Content-Type: application/json;charset=utf-8.",
            en="Encode the body in UTF-8 and send Content-Type: application/json;charset=utf-8.",
        ),
        source=_UPDATE,
        check=_charset_wrong,
    ),
    Rule(
        code="BODY-INVALID",
        level=Severity.ERROR,
        title=Text(nl="Body is geen geldige JSON", en="Body is not valid JSON"),
        why=Text(
            nl="AFAS weigert een body die geen JSON-object is.",
            en="AFAS refuses a body that is not a JSON object.",
        ),
        fix=Text(
            nl='Bouw de body met een JSON-bibliotheek, als {"<hoofdregel>": {"Element": …}}.',
            en='Build the body with a JSON library, as {"<root>": {"Element": …}}.',
        ),
        source=_UPDATE,
        check=_not_json,
    ),
    Rule(
        code="BODY-TOO-LARGE",
        level=Severity.ERROR,
        title=Text(nl="Body te groot", en="Body too large"),
        why=Text(
            nl="Boven 75 MB, bijlagen meegeteld, antwoordt AFAS 413.",
            en="Beyond 75 MB, attachments included, AFAS answers 413.",
        ),
        fix=Text(
            nl="Verdeel bijlagen over meer aanroepen of verklein ze.",
            en="Spread attachments over more calls or make them smaller.",
        ),
        source="AFAS, docs.afas.help/profit/en/troubleshooting",
        check=_too_large,
    ),
    Rule(
        code="BODY-NOT-JUDGED",
        level=Severity.INFORMATION,
        title=Text(nl="Body te lang om te beoordelen", en="Body too long to be judged"),
        why=Text(
            nl="Wat niet gelezen is kan niet goed bevonden worden; bestanden en blanco's tellen "
            "hierbij niet mee.",
            en="What was not read cannot be found in order; files and blanks do not count here.",
        ),
        fix=Text(
            nl="Verdeel de elementen over meer aanroepen.",
            en="Spread the elements over more calls.",
        ),
        source=_UPDATE,
        check=_not_judged,
    ),
    Rule(
        code="DECIMAL-COMMA",
        level=Severity.WARNING,
        orange=True,
        title=Text(nl="Decimale komma", en="Decimal comma"),
        why=Text(
            nl="AFAS leest decimalen met een punt; een komma wordt geweigerd of verkeerd gelezen.",
            en="AFAS reads decimals with a point; a comma is refused or misread.",
        ),
        fix=Text(nl="Stuur 7.5 in plaats van 7,5.", en="Send 7.5 instead of 7,5."),
        source=_UPDATE,
        check=_decimal_comma,
    ),
    Rule(
        code="DATE-FORMAT",
        level=Severity.WARNING,
        orange=True,
        title=Text(nl="Datum in landelijke notatie", en="Date in a local notation"),
        why=Text(
            nl="AFAS leest datums als JJJJ-MM-DD; dag en maand kunnen verwisseld worden.",
            en="AFAS reads dates as YYYY-MM-DD; day and month may be mixed up.",
        ),
        fix=Text(
            nl="Stuur JJJJ-MM-DD of JJJJ-MM-DDTUU:MM:SS.",
            en="Send YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS.",
        ),
        source=_UPDATE,
        check=_local_date,
    ),
    Rule(
        code="FILTER-DATE",
        level=Severity.ERROR,
        title=Text(nl="Datumfilter in geweigerde vorm", en="Date filter in a refused form"),
        why=Text(
            nl="AFAS rekent in Nederlandse kloktijd en weigert Z, een tijdzone of delen van "
            "seconden in een filter.",
            en="AFAS counts in Dutch wall-clock time and refuses Z, a zone or fractions of "
            "seconds in a filter.",
        ),
        fix=Text(
            nl="Stuur Nederlandse tijd als JJJJ-MM-DDTUU:MM:SS.",
            en="Send Dutch time as YYYY-MM-DDTHH:MM:SS.",
        ),
        source="AFAS, docs.afas.help/profit/en/get-connector",
        check=_filter_date,
    ),
)
