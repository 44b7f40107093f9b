"""Rules about what is told as done, and about what is written without having looked."""

import re
from collections.abc import Iterator, Sequence

from koppeling_harness.model.exchange import TriggerRecord
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Severity
from koppeling_harness.traffic.checks.again import has_failed, read_again
from koppeling_harness.traffic.checks.call import Call
from koppeling_harness.traffic.checks.rule import Objection, Rule, Scene

_DONE = frozenset({200, 201})
_EQUAL = "1"
_THERE_ALREADY = re.compile(r"(?i)bestaat (reeds|al)\b|al in gebruik|already (exists|in use)")

Element = frozenset[tuple[str, str]]


def _as_done(scene: Scene) -> Iterator[Objection]:
    for turn, trigger in enumerate(scene.triggers, start=1):
        if trigger.ok is not True:
            continue
        until = _of_the_same(scene, turn, trigger)
        undone = [
            call
            for call in until
            if not _is_done(call)
            and not _came_right(call, until)
            and not (call.is_functional_error and _was_found(call, scene))
        ]
        for call in undone:
            came = _came(call)
            text = Text(
                nl=f"`{trigger.operation}` zei dat het gelukt was, terwijl {came.nl} en ERP1 deze "
                "regel niet heeft; verwacht `ok: false` met een tekst voor de gebruiker, of alsnog "
                "schrijven nadat gelezen is wat er staat",
                en=f"`{trigger.operation}` said that it succeeded, although {came.en} and ERP1 "
                "does not hold this line; expected `ok: false` with a text for the user, or to "
                "write it after all, having read what is there",
            )
            yield Objection(call=call, text=text, subject=call.connector or "")


def _of_the_same(scene: Scene, turn: int, trigger: TriggerRecord) -> list[Call]:
    """Return the writes of a turn, and of those before it that were told to do the same."""
    same = {
        number
        for number, each in enumerate(scene.triggers[:turn], start=1)
        if number == turn or (each.operation, each.input) == (trigger.operation, trigger.input)
    }
    return [call for call in scene.writes if call.exchange.turn in same]


def _is_done(call: Call) -> bool:
    return call.exchange.erp_status in _DONE


def _came_right(failed: Call, writes: Sequence[Call]) -> bool:
    """Return whether what a write was to do was done by others, or was no longer to be done."""
    done = [each for each in writes if each.connector == failed.connector and _is_done(each)]
    if failed.exchange.method == "DELETE":
        again = any(each.exchange.path.lower() == failed.exchange.path.lower() for each in done)
        return again or failed.exchange.erp_status is not None  # what is gone is gone
    there = {element for each in done for element in each.sent_elements}
    if there >= set(failed.sent_elements):
        return True
    if not failed.is_functional_error:
        return False
    if _THERE_ALREADY.search(failed.error_message):
        return True
    after = [each for each in done if each.exchange.number > failed.exchange.number]
    return any(_stands_for(each, failed) for each in after)


def _was_found(refused: Call, scene: Scene) -> bool:
    """Return whether what AFAS would not make was then read: it was there already."""
    return any(
        bool(read.rows) and _looks_for(read, refused)
        for read in scene.reads
        if read.exchange.started_s >= refused.ended_s
        and read.exchange.turn == refused.exchange.turn
    )


def _stands_for(written: Call, refused: Call) -> bool:
    """Return whether something was written in place of what AFAS refused: mended, or as a change.

    A line beside it says the same of most fields as well: what was mended differs in one.
    """
    as_change = written.exchange.method != refused.exchange.method
    return all(
        any(_is_mended(element, other, as_change=as_change) for other in written.sent_elements)
        for element in refused.sent_elements
    )


def _is_mended(refused: Element, written: Element, *, as_change: bool) -> bool:
    left_out = len(refused - written)
    return left_out <= 1 or (as_change and left_out <= len(refused) / 2)


def _came(call: Call) -> Text:
    """Return what came on a write that did not come about."""
    status, message = call.exchange.status, call.error_message
    if status is None:
        return Text(nl="op deze aanroep geen antwoord kwam", en="no answer came to this call")
    if not call.was_answered:
        return Text(
            nl=f"op deze aanroep een afgebroken antwoord kwam ({status})",
            en=f"half a {status} came to this call",
        )
    if message:
        return Text(
            nl=f"AFAS deze aanroep weigerde ({message!r})",
            en=f"AFAS refused this call ({message!r})",
        )
    return Text(nl=f"op deze aanroep {status} kwam", en=f"{status} came to this call")


def _unseen(scene: Scene) -> Iterator[Objection]:
    for call in scene.writes:
        if call.exchange.method != "POST" or not _is_done(call):
            continue
        before = [each for each in scene.reads if each.ended_s <= call.exchange.started_s]
        for read in before:
            if not has_failed(read) or read.exchange.turn != call.exchange.turn:
                continue
            if not _looks_for(read, call) or read_again(read, before) is not None:
                continue
            number = read.exchange.number
            text = Text(
                nl=f"geschreven nadat de lezing of het er al stond (aanroep {number}) mislukte; "
                "verwacht die opnieuw te lezen, of niet te schrijven en het te melden",
                en=f"written after the read whether it was there already (exchange {number}) "
                "failed; expected to read that again, or not to write and to tell",
            )
            yield Objection(call=call, text=text, subject=call.connector or "")
            break


def _looks_for(read: Call, written: Call) -> bool:
    """Return whether a read asked for what was then written: all that it asks equal was sent."""
    asked = [value for _, value, operator in read.filters if operator == _EQUAL and value]
    sent = {value.casefold().strip('"') for each in written.sent_elements for _, value in each}
    return bool(asked) and all(value.strip().casefold() in sent for value in asked)


_TROUBLE = "AFAS, docs.afas.help/profit/en/troubleshooting"

RULES = (
    Rule(
        code="WRITE-FAILED-AS-DONE",
        level=Severity.ERROR,
        title=Text(
            nl="Mislukte schrijfactie voor gelukt gehouden",
            en="A write that failed told as done",
        ),
        why=Text(
            nl="Wat als gedaan gemeld wordt, moet in Profit staan: anders mist er een boeking "
            "zonder dat iemand het weet.",
            en="What is told as done has to stand in Profit: else an entry is missing without "
            "anybody knowing.",
        ),
        fix=Text(
            nl="Tel alleen wat AFAS met 200 of 201 beantwoordde. Kwam er geen antwoord, lees dan "
            "of het er staat; weet je het niet, antwoord dan `ok: false` met 'onbekend, kijk in "
            "Profit'.",
            en="Count only what AFAS answered with 200 or 201. If no answer came, read whether it "
            "is there; if you do not know, answer `ok: false` with 'unknown, look in Profit'.",
        ),
        source=_TROUBLE,
        check=_as_done,
    ),
    Rule(
        code="WRITTEN-UNSEEN",
        level=Severity.ERROR,
        title=Text(nl="Geschreven na een mislukte controle", en="Written after a look that failed"),
        why=Text(
            nl="Een lezing die mislukte zegt niet dat er niets staat: wie dan schrijft, boekt "
            "dubbel wat er al stond.",
            en="A read that failed does not say that nothing is there: who then writes doubles "
            "what was there.",
        ),
        fix=Text(
            nl="Schrijf alleen na een geslaagde lezing. Mislukt zij, lees dan opnieuw waar dat "
            "mag, of sla de regel over en meld hem.",
            en="Write only after a read that succeeded. If it fails, read again where that is "
            "allowed, or leave the line and tell of it.",
        ),
        source=f"{_TROUBLE}; AFAS, docs.afas.help/profit/en/update-connector",
        check=_unseen,
    ),
)
