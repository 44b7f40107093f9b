"""Rule about runs of the same job at the same time."""

from collections.abc import Iterator

from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Severity
from koppeling_harness.rules.deadlines import days_of
from koppeling_harness.traffic.checks.call import Call
from koppeling_harness.traffic.checks.rule import Objection, Rule, Scene

_DONE = frozenset({200, 201})
(_SPRING,) = days_of("required-spring-2027")


def _by_both(scene: Scene) -> Iterator[Objection]:
    for turn, trigger in enumerate(scene.triggers, start=1):
        operation = scene.manifest.operation(trigger.operation)
        if trigger.runs < 2 or operation is None or not operation.idempotent:
            continue
        written: dict[tuple[str | None, frozenset[tuple[str, str]]], Call] = {}
        for call in scene.writes:
            if call.exchange.turn != turn or call.exchange.erp_status not in _DONE:
                continue
            if call.exchange.method == "DELETE":  # who deletes and writes again leaves it once
                written = {key: one for key, one in written.items() if key[0] != call.connector}
            if not call.makes_a_record:
                continue
            for element in call.sent_elements:
                before = written.setdefault((call.connector, element), call)
                if before is not call:
                    yield _objection(trigger.operation, before, call)


def _objection(operation: str, before: Call, call: Call) -> Objection:
    first, name = before.exchange.number, call.exchange.connector or ""
    text = Text(
        nl=f"`{operation}` liep twee keer tegelijk, en beide keren werd hetzelfde geschreven "
        f"(aanroep {first} en {call.exchange.number}); verwacht dat het er één keer staat",
        en=f"`{operation}` ran twice at the same time, and both times the same was written "
        f"(exchange {first} and {call.exchange.number}); expected it to be there once",
    )
    return Objection(call=call, text=text, subject=name)


RULES = (
    Rule(
        code="WRITTEN-BY-BOTH",
        level=Severity.ERROR,
        counts_from=_SPRING,
        title=Text(
            nl="Twee keer tegelijk schrijft dubbel", en="Twice at the same time writes it twice"
        ),
        why=Text(
            nl="Een opdracht die langer duurt dan anders wordt naast zichzelf opnieuw gestart; "
            "beide kijken voordat de ander schrijft.",
            en="A job that takes longer than usual is started again beside itself; both look "
            "before the other one writes.",
        ),
        fix=Text(
            nl="Laat er één tegelijk werken (een vergrendeling die een afgebroken run niet laat "
            "staan), en laat de andere wachten of melden dat er al een bezig is.",
            en="Let one work at a time (by a lock that a run that was broken off does not leave "
            "behind), and let the other one wait, or say that one is at work.",
        ),
        source="AFAS, docs.afas.help/profit/en/troubleshooting",
        check=_by_both,
    ),
)
