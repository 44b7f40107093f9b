"""Rules about what becomes of something that was to be read and never came."""

from collections.abc import Iterator

from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Severity
from koppeling_harness.traffic.checks.again import follows_full, has_failed, read_again, reads_on
from koppeling_harness.traffic.checks.call import Call
from koppeling_harness.traffic.checks.rule import Objection, Rule, Scene


def _as_empty(scene: Scene) -> Iterator[Objection]:
    for turn, trigger in enumerate(scene.triggers, start=1):
        if trigger.ok is not True:
            continue
        reads = [call for call in scene.reads if call.exchange.turn == turn]
        for call in reads:
            if not has_failed(call) or read_again(call, reads) is not None:
                continue
            if _was_whole(call) and not trigger.gave_output:
                continue  # it looked at no row, and says nothing of any
            came = _came(call)
            text = Text(
                nl=f"`{trigger.operation}` zei dat het gelukt was, terwijl op deze lezing "
                f"{came.nl} en zij daarna niet alsnog lukte; verwacht opnieuw lezen, of "
                "`ok: false` met een tekst voor de gebruiker",
                en=f"`{trigger.operation}` said that it succeeded, although {came.en} to this "
                "read and it did not succeed after that; expected to read again, or "
                "`ok: false` with a text for the user",
            )
            yield Objection(call=call, text=text, subject=call.connector or "")


def _left_unread(scene: Scene) -> Iterator[Objection]:
    """Object to a later page that failed, and was passed over by the next time that went well.

    The page before it was full, so that there was more; and what was asked since asks less.
    """
    for turn, trigger in enumerate(scene.triggers, start=1):
        before = {
            number
            for number, each in enumerate(scene.triggers[: turn - 1], start=1)
            if (each.operation, each.input) == (trigger.operation, trigger.input)
        }
        if trigger.ok is not True or not before:
            continue
        until = [call for call in scene.reads if call.exchange.turn <= turn]
        now = {call.connector for call in until if call.exchange.turn == turn}
        for call in until:
            if call.exchange.turn not in before or call.connector not in now:
                continue
            if not has_failed(call) or not follows_full(call, until):
                continue
            if read_again(call, until) is not None or reads_on(call, until):
                continue
            number = call.exchange.number
            text = Text(
                nl=f"deze pagina kwam niet, en `{trigger.operation}` sloeg haar de volgende keer "
                "over en zei dat het gelukt was; verwacht verder te lezen vanaf wat wel kwam",
                en=f"this page never came, and the next time `{trigger.operation}` passed it over "
                "and said that it succeeded; expected to read on from what did come",
            )
            yield Objection(call=call, text=text, subject=f"{call.connector} {number}")


def _was_whole(call: Call) -> bool:
    """Return whether AFAS said that it succeeded, whatever the answer then held."""
    return call.exchange.status == 200 and call.was_answered


def _came(call: Call) -> Text:
    """Return what came on a read that failed."""
    status = call.exchange.status
    if status is None:
        return Text(nl="geen antwoord kwam", en="no answer came")
    if not call.was_answered:
        return Text(nl=f"een afgebroken antwoord kwam ({status})", en=f"half a {status} came")
    if status == 200:
        return Text(nl="200 zonder leesbare rijen kwam", en="200 without readable rows came")
    return Text(nl=f"{status} kwam", en=f"{status} came")


RULES = (
    Rule(
        code="READ-FAILED-AS-EMPTY",
        level=Severity.ERROR,
        title=Text(
            nl="Mislukte lezing voor geen rijen gehouden", en="A failed read taken for no rows"
        ),
        why=Text(
            nl="Een lezing die mislukte is geen lezing zonder rijen: wie dan zegt dat het lukte, "
            "mist gegevens zonder dat iemand het weet.",
            en="A read that failed is not a read without rows: who then says that all went well "
            "misses data without anybody knowing.",
        ),
        fix=Text(
            nl="Probeer de lezing opnieuw waar dat mag; lukt zij niet, geef dan `ok: false` met "
            "wat AFAS antwoordde en laat wat bekend was zoals het was.",
            en="Try the read again where that is allowed; if it does not succeed, answer "
            "`ok: false` with what AFAS said, and leave what was known as it was.",
        ),
        source="AFAS, docs.afas.help/profit/en/troubleshooting",
        check=_as_empty,
    ),
    Rule(
        code="PAGE-PASSED-OVER",
        level=Severity.ERROR,
        title=Text(
            nl="Pagina die niet kwam overgeslagen", en="A page that never came is passed over"
        ),
        why=Text(
            nl="Wie onthoudt tot waar gelezen is voordat alles er is, vraagt wat erna kwam nooit "
            "meer op.",
            en="Who remembers up to where was read before all of it is there never asks again for "
            "what came after.",
        ),
        fix=Text(
            nl="Onthoud pas tot waar gelezen is als alle pagina's er zijn, of lees verder vanaf de "
            "laatste rij die kwam.",
            en="Remember up to where was read when all pages are there, or read on from the last "
            "row that came.",
        ),
        source="AFAS, docs.afas.help/profit/en/get-connector",
        check=_left_unread,
    ),
)
