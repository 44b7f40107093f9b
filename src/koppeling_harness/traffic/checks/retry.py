"""Rules about what is done after an answer that was not the hoped-for one."""

import json
import re
from collections.abc import Iterator

from koppeling_harness.model.fault import FaultKind, is_sign_in
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Severity
from koppeling_harness.traffic.checks.call import Call
from koppeling_harness.traffic.checks.rule import Objection, Rule, Scene

LEAST_WAIT_S = 0.2
"""Without `Retry-After`: AFAS's own sample begins at 500 ms; clients that add chance stay under."""
PATIENCE_S = 30.0
"""Who is asked to wait longer may leave it to the next run."""

_EARLY = 0.95
_ON_ITS_WAY_S = 0.1
_DONE = frozenset({200, 201})
_BLANK = re.compile(r"\\u(?:00a0|200[0-9a-f]|202f|feff)")
"""A blank as JSON writes it that is kept to ASCII."""
_EQUAL = "1"
"""The operator of a filter. Source: AFAS, docs.afas.help/profit/en/get-connector."""
_TRANSIENT = re.compile(
    r"(?i)lock|vergrendeld|in gebruik|in use|tijdsduur|duration|time-?out|memory|string space|"
    r"onverwachte fout|unexpected error"
)


def _after_refusal(scene: Scene) -> Iterator[Objection]:
    refused: dict[object, list[Call]] = {}
    for call in scene.calls:
        seen = call.exchange
        address = (seen.turn, seen.method, seen.path.lower())
        for before in refused.get(address, ()):
            # what was under way already when the refusal came is no second try
            if _was_known(before, call) and _same_credentials(before, call):
                status = before.exchange.status
                same = before.identity == call.identity
                nl = "dezelfde aanroep opnieuw" if same else "nog een aanroep van hetzelfde"
                en = "the same call again" if same else "another call of the same"
                text = Text(
                    nl=f"{nl} na {status}; verwacht te stoppen",
                    en=f"{en} after {status}; expected to stop",
                )
                yield Objection(call=call, text=text)
                break
        # DPoP: who is given a nonce is asked to prove itself again with it (RFC 9449, section 9)
        if seen.status in {401, 403} and seen.response_header("dpop-nonce") is None:
            refused.setdefault(address, []).append(call)


def _was_known(before: Call, call: Call) -> bool:
    """Return whether a refusal was known when a call was sent.

    Another page over a connection of its own may have been on its way already.
    """
    one, other = before.exchange, call.exchange
    alone = one.query != other.query and one.connection != other.connection
    return other.started_s >= before.ended_s + (_ON_ITS_WAY_S if alone else 0.0)


def _same_credentials(before: Call, call: Call) -> bool:
    return before.headers("authorization") == call.headers("authorization")


def _after_functional_error(scene: Scene) -> Iterator[Objection]:
    for before, call in scene.retries:
        message = before.error_message
        if before.is_functional_error and not _TRANSIENT.search(message):
            text = Text(
                nl=f"dezelfde aanroep opnieuw na de weigering {message!r}",
                en=f"the same call again after the refusal {message!r}",
            )
            yield Objection(call=call, text=text)


def _too_soon(scene: Scene) -> Iterator[Objection]:
    for before, call in scene.retries:
        if before.exchange.status != 503:
            continue
        waited_s = call.exchange.started_s - before.ended_s
        asked_s = _retry_after_s(before)
        least_s = LEAST_WAIT_S if asked_s is None else asked_s * _EARLY
        if waited_s < least_s:
            expected_s = LEAST_WAIT_S if asked_s is None else asked_s
            text = Text(
                nl=f"na 503 {waited_s:.2f} s gewacht; verwacht ten minste {expected_s:g} s",
                en=f"waited {waited_s:.2f} s after 503; expected {expected_s:g} s at least",
            )
            yield Objection(call=call, text=text)


def _gave_up(scene: Scene) -> Iterator[Objection]:
    again = {before.exchange.number for before, _ in scene.repeats}
    repeated = {call.exchange.number for _, call in scene.repeats}
    for call in scene.calls:
        number = call.exchange.number
        if call.exchange.status != 503 or number in again or number in repeated:
            continue
        if is_sign_in(call.exchange.path) and _signs_in_after(scene, call):
            continue
        asked_s = _retry_after_s(call)
        if asked_s is None or asked_s <= PATIENCE_S:
            text = Text(
                nl="na 503 niet opnieuw geprobeerd; verwacht wachten en nog eens",
                en="not tried again after 503; expected to wait and try again",
            )
            yield Objection(call=call, text=text)


def _signs_in_after(scene: Scene, call: Call) -> bool:
    """Return whether a token was asked for again, by another proof perhaps."""
    return any(
        each.exchange.number > call.exchange.number
        and each.exchange.turn == call.exchange.turn
        and is_sign_in(each.exchange.path)
        for each in scene.calls
    )


def _retry_after_s(call: Call) -> float | None:
    header = call.exchange.response_header("retry-after")
    data = call.response_json
    said = header if header is not None else data.get("retry_after") if _is_object(data) else None
    try:
        return None if said is None else float(said)
    except (TypeError, ValueError):
        return None  # a date: what it asks cannot be told without the client's clock


def _is_object(data: object) -> bool:
    return isinstance(data, dict)


def _resent(scene: Scene) -> Iterator[Objection]:
    for before, call in _resends(scene):
        lost = _what_came(before)
        if _checked(scene, before, call):
            if _is_twice(scene, before, call):
                text = Text(
                    nl=f"hetzelfde opnieuw na {lost.nl} (aanroep {before.exchange.number}), "
                    "terwijl de lezing ertussen liet zien dat het gelukt was; AFAS voerde beide "
                    "uit, verwacht er één",
                    en=f"the same again after {lost.en} (exchange {before.exchange.number}), "
                    "although the reading between them showed that it had succeeded; AFAS carried "
                    "out both, expected one",
                )
                yield Objection(call=call, text=text, subject=call.connector or "")
            continue
        text = Text(
            nl=f"hetzelfde opnieuw gestuurd na {lost.nl} (aanroep {before.exchange.number}) "
            "zonder eerst te lezen of het al gelukt was",
            en=f"the same sent again after {lost.en} (exchange {before.exchange.number}) "
            "without first reading whether it had succeeded",
        )
        yield Objection(call=call, text=text, subject=call.connector or "")


def _resends(scene: Scene) -> Iterator[tuple[Call, Call]]:
    """Yield each POST with the last one before it that held some of the same and may be done.

    The elements count, not the request: who sends the lines of a batch again one by one, or with
    their fields in another order, sends them again; so does who adds a blank or a capital.
    """
    sent: dict[object, Call] = {}
    for call in scene.writes:
        if call.exchange.method != "POST":
            continue
        names = [(call.connector, _plain(element)) for element in call.sent_elements]
        before = next((sent[name] for name in names if name in sent), None)
        if before is not None and _may_be_done(before):
            yield before, call
        sent.update(dict.fromkeys(names, call))


def _plain(element: frozenset[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """Return what an element says, without blanks and capitals."""
    return frozenset(
        (name, "".join(_BLANK.sub("", value).split()).casefold()) for name, value in element
    )


def _may_be_done(call: Call) -> bool:
    """Return whether AFAS may have carried out what no proper answer came to."""
    if not call.was_answered:
        return True
    return call.exchange.fault is not None and call.exchange.erp_status in _DONE


def _what_came(call: Call) -> Text:
    if call.exchange.fault == FaultKind.HELD_ANSWER:
        waited_s = call.exchange.duration_s
        return Text(
            nl=f"{waited_s:.0f} s wachten op een antwoord dat er nog niet was",
            en=f"waiting {waited_s:.0f} s for an answer that was not there yet",
        )
    return Text(nl="een verloren antwoord", en="a lost answer")


def _checked(scene: Scene, before: Call, call: Call) -> bool:
    return any(
        before.exchange.started_s < read.exchange.started_s
        and read.ended_s <= call.exchange.started_s
        and read.exchange.status == 200
        and _could_show(read, call)
        for read in scene.reads
    )


def _is_twice(scene: Scene, before: Call, call: Call) -> bool:
    """Return whether ERP1 carried the same out twice, and a look between them had shown it."""
    if not {before.exchange.erp_status, call.exchange.erp_status} <= _DONE:
        return False
    between = [
        each
        for each in scene.calls
        if before.exchange.started_s < each.exchange.started_s < call.exchange.started_s
    ]
    if any(_takes_back(each, call) for each in between):
        return False
    return any(_shows_one_more(scene, read, before, call) for read in between if read.is_read)


def _takes_back(each: Call, call: Call) -> bool:
    same = each.connector == call.connector
    return each.exchange.method == "DELETE" and same and each.exchange.erp_status in _DONE


def _shows_one_more(scene: Scene, read: Call, before: Call, call: Call) -> bool:
    """Return whether a look found a row of what was sent that was not there before.

    Without a filter on something sent, what it found may be anything.
    """
    asked = [operator for _, value, operator in read.filters if value]
    if not read.rows or _EQUAL not in asked or not _could_show(read, call):
        return False
    earlier = [
        each
        for each in scene.reads
        if each.rows is not None
        and each.ended_s <= before.exchange.started_s
        and (each.connector, each.filter_key, each.skip)
        == (read.connector, read.filter_key, read.skip)
    ]
    return not earlier or len(read.rows) > len(earlier[-1].rows or ())


def _could_show(read: Call, written: Call) -> bool:
    """Return whether a reading could show what was written: not when it asks for other values.

    Which GetConnector shows an entry cannot be known, so only a filter speaks against it: one that
    asks for equal values, of which none is in the entry.
    """
    equal = [value for _, value, operator in read.filters if operator == _EQUAL and value]
    if not equal or written.request_json is None:
        return True
    sent = json.dumps(written.request_json, ensure_ascii=False, default=str).casefold()
    return any(value.strip().casefold() in sent for value in equal)


_TROUBLE = "AFAS, docs.afas.help/profit/en/troubleshooting"

RULES = (
    Rule(
        code="RETRY-401",
        level=Severity.ERROR,
        title=Text(nl="Opnieuw geprobeerd na 401 of 403", en="Tried again after 401 or 403"),
        why=Text(
            nl="Een geweigerd token wordt door herhalen niet geldig; AFAS vraagt te stoppen.",
            en="A refused token does not become valid by repetition; AFAS asks to stop.",
        ),
        fix=Text(
            nl="Stop bij 401 en 403 en meld het de beheerder; ga pas door met een nieuw token.",
            en="Stop at 401 and 403 and tell the administrator; go on only with a new token.",
        ),
        source=_TROUBLE,
        check=_after_refusal,
    ),
    Rule(
        code="RETRY-500",
        level=Severity.ERROR,
        title=Text(nl="Functionele weigering herhaald", en="Functional refusal repeated unchanged"),
        why=Text(
            nl="AFAS geeft 500 voor elke inhoudelijke fout; dezelfde inhoud wordt weer geweigerd.",
            en="AFAS gives 500 for every functional error; the same content is refused again.",
        ),
        fix=Text(
            nl="Toon externalMessage en profitLogReference aan de beheerder en herhaal niet.",
            en="Show externalMessage and profitLogReference to the administrator; do not repeat.",
        ),
        source=_TROUBLE,
        check=_after_functional_error,
    ),
    Rule(
        code="WAIT-503",
        level=Severity.ERROR,
        title=Text(nl="Te snel na 503", en="Too soon after 503"),
        why=Text(
            nl="Bij onderhoud of drukte vraagt AFAS te wachten; wie doorgaat, houdt de storing in "
            "stand.",
            en="In maintenance or under load AFAS asks to wait; who goes on keeps the trouble "
            "going.",
        ),
        fix=Text(
            nl="Wacht zo lang als Retry-After zegt; zonder die header 500 ms, dan het dubbele.",
            en="Wait as long as Retry-After says; without that header 500 ms, doubling.",
        ),
        source=_TROUBLE,
        check=_too_soon,
    ),
    Rule(
        code="GIVE-UP-503",
        level=Severity.WARNING,
        title=Text(nl="Na 503 niet opnieuw geprobeerd", en="Not tried again after 503"),
        why=Text(
            nl="503 gaat voorbij; wie niet opnieuw probeert, laat werk liggen.",
            en="503 passes; who does not try again leaves work undone.",
        ),
        fix=Text(
            nl="Probeer na de gevraagde wachttijd opnieuw, een beperkt aantal keren.",
            en="Try again after the wait that is asked, a bounded number of times.",
        ),
        source=_TROUBLE,
        check=_gave_up,
    ),
    Rule(
        code="RESEND-UNCHECKED",
        level=Severity.ERROR,
        title=Text(nl="Opnieuw verstuurd zonder te controleren", en="Sent again without a check"),
        why=Text(
            nl="Een verloren antwoord zegt niet dat de opdracht mislukte; AFAS heeft geen "
            "idempotentiesleutel, dus herhalen geeft dubbele boekingen.",
            en="A lost answer does not say that the call failed; AFAS has no idempotency key, so "
            "repeating makes duplicates.",
        ),
        fix=Text(
            nl="Lees eerst met een GetConnector of de boeking er al staat, met een filter op wat "
            "is verstuurd.",
            en="First read with a GetConnector whether the entry is already there, filtering on "
            "what was sent.",
        ),
        source=_TROUBLE,
        check=_resent,
    ),
)
