"""Whether a scenario's pass is proof: its witness was seen, or it says what never was."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from koppeling_harness.engine import codes
from koppeling_harness.engine.stop import Said, Stop, stop
from koppeling_harness.model.exchange import Exchange, Recording, Sender
from koppeling_harness.model.fault import CallFilter, CallKind, Fault, FaultKind
from koppeling_harness.model.proof import Proof, ProofState, Witness
from koppeling_harness.model.requirement import Asked, Reach, Requirement
from koppeling_harness.model.run import ScenarioResult
from koppeling_harness.model.scenario import ForEach
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Cause, Outcome
from koppeling_harness.rules.witnessed import witnessed_by
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.traffic.reshape import ODD_DAYS
from koppeling_harness.traffic.witness import Seen, arrived, seen, wrote
from koppeling_harness.value import dataclass

_NEVER = {
    Witness.CALL: Text(nl="er kwam geen beantwoorde aanroep", en="no call came and was answered"),
    Witness.ROWS: Text(
        nl="er werd niets gelezen waarop rijen kwamen", en="nothing was read that rows came for"
    ),
    Witness.WRITE: Text(
        nl="er werd niets geschreven dat ERP1 uitvoerde",
        en="nothing was written that ERP1 carried out",
    ),
    Witness.PAGE: Text(nl="er werd niets gelezen", en="nothing was read"),
    Witness.REPEAT: Text(
        nl="de tweede keer werd er niet gelezen", en="nothing was read the second time"
    ),
    Witness.FAULT: Text(
        nl="geen aanroep werd door de storing geraakt", en="no call was struck by the fault"
    ),
    Witness.AFTER_FAULT: Text(
        nl="na de storing kwam geen aanroep van die soort die ERP1 uitvoerde",
        en="after the fault no call of that kind came that ERP1 carried out",
    ),
    Witness.REFUSAL: Text(
        nl="er werd niets geweigerd, of er werd toch geschreven",
        en="nothing was refused, or something was written all the same",
    ),
}
"""What the integration never did, by what was to be seen."""

_TOO_FEW = Text(
    nl="deed geen aanroep die de storing kon raken",
    en="made no call that the fault could have struck",
)
_NOT_AS_SUCH = Text(
    nl="wat geschreven wordt staat niet als zodanig in de invoer; dat het aankomt zoals bedoeld "
    "kunnen alleen eigen scenario's laten zien",
    en="what is written does not stand in the input as such; that it arrives as meant only "
    "scenarios of its own can show",
)
_NO_DAYS = Text(nl="in de rijen staan geen datums", en="there are no days in the rows")
_OF_ROWS = frozenset({Witness.ROWS, Witness.PAGE, Witness.REPEAT})
_GIVEN = Text(
    nl="Ontbreken er rijen, laat `given` van de bewerking ze dan maken of opzoeken.",
    en="Where rows lack, let `given` of the operation make them, or look them up.",
)
NOT_CALLED = Text(nl="genoemd en niet aangeroepen", en="declared and not called")
"""Why nothing is known of a connector."""

_TOLD_OF_DOUBT = Text(
    nl="alleen gelezen na een schrijfactie waarvan het antwoord wegbleef; gemeld als onzeker",
    en="read only after a write whose answer was lost; told as uncertain",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a scenario shows, whatever became of it.

    Attributes:
        proof: A line for each requirement and connector.
        missing: Why a pass would prove nothing; None when it is proof.
    """

    proof: tuple[Proof, ...] = ()
    missing: Stop | None = None


def evidence(planned: PlannedScenario, recording: Recording) -> Evidence:
    """Return what was seen in a scenario of what it must see.

    Args:
        planned: The scenario, with all of its steps.
        recording: What went over the wire, and what the integration answered.
    """
    witness = planned.scenario.witness
    if witness is None:
        return Evidence()
    requirements = _requirements(planned)
    if witness is Witness.ARRIVED:
        return _arrived(planned, recording, requirements)
    found = _about_one(planned, recording, _seen(planned, recording, witness, kind_of(planned)))
    proof = tuple(_lines(planned, requirements, found))
    if not any(shows(each.state) for each in found):
        return Evidence(proof=proof, missing=_missing(planned, _what_never(witness, found)))
    return Evidence(proof=proof)


def _arrived(
    planned: PlannedScenario, recording: Recording, requirements: Sequence[Requirement]
) -> Evidence:
    """Return what writes show: their form, and of the last requirement that values arrived."""
    written = _seen(planned, recording, Witness.WRITE, CallKind.WRITES)
    if not wrote(recording.exchanges):
        proof = tuple(_lines(planned, requirements, written))
        return Evidence(proof=proof, missing=_missing(planned, _what_never(Witness.WRITE, written)))
    followed = [arrived(recording, _NOT_AS_SUCH)]
    form = _lines(planned, requirements[:-1], written) if requirements[1:] else ()
    return Evidence(proof=(*form, *_lines(planned, requirements[-1:], followed)))


def never_due(planned: PlannedScenario, recording: Recording) -> bool:
    """Return whether every fault of a generic scenario is for a call that was never to be made.

    A later page, a second line of a batch, a look before a write: who needs none cannot go wrong
    there.
    """
    scenario, about = planned.scenario, planned.round
    faults = scenario.faults if scenario.for_each else ()
    if about is not None and about.in_doubt:
        faults = faults[:-1]  # the last one only makes it look
    sent = [each for each in recording.exchanges if each.sender is Sender.INTEGRATION]
    by_the_way = scenario.for_each is ForEach.WRITING
    # who writes may read only when in doubt: that is tried where each connector is asked
    writes = bool(planned.operation and planned.operation.writes) and each_from(planned) is None
    return bool(sent and faults) and all(
        _is_never_due(fault, sent, by_the_way=by_the_way or (writes and _first(fault) > 1))
        for fault in faults
    )


def _is_never_due(fault: Fault, sent: Sequence[Exchange], *, by_the_way: bool) -> bool:
    made = sum(
        fault.of.matches(each.method, each.path) and fault.during in {None, each.turn}
        for each in sent
    )
    if made == 0:
        return by_the_way and (fault.of.kind is CallKind.READS or fault.of.method is not None)
    return made < _first(fault)


def _first(fault: Fault) -> int:
    return int(fault.calls.partition("-")[0])


def kind_of(planned: PlannedScenario) -> CallKind:
    """Return which calls a scenario is about."""
    requirements = _requirements(planned)
    kind = requirements[0].calls if requirements else CallKind.CALLS
    if kind is CallKind.WRITES and planned.scenario.faults:
        return planned.scenario.faults[0].of.kind or kind  # what went wrong before the write
    return kind


def declared(planned: PlannedScenario) -> tuple[str, ...]:
    """Return the connectors that a scenario asks its question of, as the manifest spells them."""
    kind, operation = kind_of(planned), planned.operation
    if operation is None or kind not in {CallKind.READS, CallKind.WRITES}:
        return ()
    return operation.reads if kind is CallKind.READS else operation.writes


def strikes_one(planned: PlannedScenario) -> bool:
    """Return whether its fault is to strike one connector at a time: how it ends is judged."""
    return (
        planned.scenario.witness in {Witness.FAULT, Witness.AFTER_FAULT}
        and bool(declared(planned))
        and any(each.of(Reach.EACH_CONNECTOR) for each in _requirements(planned))
    )


def counts_for_each(planned: PlannedScenario, day: date) -> bool:
    """Return whether each connector has to show it by itself on a day."""
    return any(asked.counts(day) for asked in _reach(planned))


def each_from(planned: PlannedScenario) -> date | None:
    """Return the day from which each connector has to show it by itself."""
    days = (asked.required_from for asked in _reach(planned))
    return min((day for day in days if day is not None), default=None)


def _reach(planned: PlannedScenario) -> list[Asked]:
    """Return from when each connector is asked; never by a scenario that takes half a minute."""
    if any(each.fault is FaultKind.HELD_ANSWER for each in planned.scenario.faults):
        return []
    reach = (each.of(Reach.EACH_CONNECTOR) for each in _requirements(planned))
    return [asked for asked in reach if asked is not None]


def shows(state: ProofState) -> bool:
    """Return whether nothing more is asked of a connector."""
    return state in {ProofState.PROVEN, ProofState.NOT_APPLICABLE}


def not_yet(result: ScenarioResult, planned: PlannedScenario) -> ScenarioResult:
    """Return a result that passed, as one of which some connectors show nothing yet."""
    unmet = {
        each.connector: Seen(connector=each.connector, state=each.state, why=each.why)
        for each in result.proof
        if not shows(each.state)
    }
    assert planned.scenario.witness is not None  # noqa: S101 - without one there is no proof
    missing = _missing(planned, _what_never(planned.scenario.witness, list(unmet.values())))
    return replace(
        result, outcome=missing.outcome, cause=missing.cause, findings=(missing.finding,)
    )


def refuted(proof: Sequence[Proof], connectors: Sequence[str]) -> tuple[Proof, ...]:
    """Return lines of proof of a scenario that failed.

    Args:
        proof: As they would be had it passed.
        connectors: Those that something was found against, in lower case; none: against all.
    """
    return tuple(
        replace(each, state=ProofState.REFUTED, why=None)
        if not connectors or each.connector.lower() in connectors
        else each
        for each in proof
    )


def unproven(proof: Sequence[Proof]) -> tuple[Proof, ...]:
    """Return lines of proof of a scenario that did not pass, without being refuted."""
    return tuple(
        replace(each, state=ProofState.NOT_PROVEN) if each.state is ProofState.PROVEN else each
        for each in proof
    )


def _requirements(planned: PlannedScenario) -> tuple[Requirement, ...]:
    return witnessed_by(planned.scenario.scenario) if planned.scenario.for_each else ()


def _seen(
    planned: PlannedScenario, recording: Recording, witness: Witness, kind: CallKind
) -> list[Seen]:
    """Return what was seen of each connector that was called or that the operation declares."""
    if witness is Witness.REFUSAL:
        told = any(each.told for each in recording.triggers)
        shown = told and not wrote(recording.exchanges)
        state = ProofState.PROVEN if shown else ProofState.NOT_PROVEN
        return [Seen(connector="", state=state)]
    struck = planned.scenario.faults[0].of if planned.scenario.faults else None
    if never_due(planned, recording):
        return [Seen(connector="", state=ProofState.NOT_APPLICABLE, why=_TOO_FEW)]
    if _without_days(planned, recording):
        return [Seen(connector="", state=ProofState.NOT_APPLICABLE, why=_NO_DAYS)]
    uses = planned.manifest.get_connectors
    found = list(
        seen(
            witness,
            recording.exchanges,
            kind=kind,
            struck=struck,
            uses=uses,
            triggers=recording.triggers,
        )
    )
    called = {each.connector.lower() for each in found}
    return [
        *found,
        *(
            Seen(connector=name, state=ProofState.NOT_PROVEN, why=NOT_CALLED)
            for name in declared(planned)
            if name.lower() not in called
        ),
    ]


def _without_days(planned: PlannedScenario, recording: Recording) -> bool:
    """Return whether days in rows were to be odd, and rows came without any."""
    if not any(each.fault is FaultKind.ODD_DAYS for each in planned.scenario.faults):
        return False
    came = [each.response_body or "" for each in recording.exchanges if each.fault is not None]
    return bool(came) and not any(day in each for each in came for day in ODD_DAYS)


def _about_one(
    planned: PlannedScenario, recording: Recording, found: Sequence[Seen]
) -> Sequence[Seen]:
    """Return what is seen of the one connector that a round is about, and of no other.

    As it is written, a scenario that strikes one is about the connector that it strikes first.
    """
    about = planned.round
    if [each.connector for each in found] == [""]:  # there was no call for the fault to strike
        name = about.connector if about else ""
        return [replace(each, connector=name) for each in found]
    if about is None:
        if not strikes_one(planned):
            return found
        kind = CallFilter(kind=kind_of(planned))
        struck = (
            each.connector or ""
            for each in recording.exchanges
            if each.fault is not None and kind.matches(each.method, each.path)
        )
        name = next(struck, "").lower()
    else:
        name = about.connector.lower()
    only = [each for each in found if each.connector.lower() == name]
    if about is None or not about.in_doubt:
        return only
    return [_told_of_doubt(each, recording) for each in only]


def _told_of_doubt(each: Seen, recording: Recording) -> Seen:
    """Return what is seen of a look after a write in doubt: who cannot look may say so."""
    fell = any(
        one.fault is not None and (one.connector or "").lower() == each.connector.lower()
        for one in recording.exchanges
    )
    told = bool(recording.triggers) and recording.triggers[-1].told
    if each.state is ProofState.NOT_PROVEN and fell and told:
        return replace(each, state=ProofState.NOT_APPLICABLE, why=_TOLD_OF_DOUBT)
    return each


def _lines(
    planned: PlannedScenario, requirements: Sequence[Requirement], found: Sequence[Seen]
) -> Iterator[Proof]:
    names = [each.id for each in requirements] or [planned.scenario.scenario]
    spelled = {each.lower(): each for each in planned.manifest.connectors}
    for name in names:
        for each in found:
            yield Proof(
                requirement=name,
                connector=spelled.get(each.connector.lower(), each.connector),
                state=each.state,
                exchange=each.exchange,
                why=each.why,
            )


def _what_never(witness: Witness, found: Sequence[Seen]) -> Text:
    """Return what the integration never did, of each connector that it is about."""
    never = _NEVER[witness]
    whys = {each.connector: each.why or never for each in found if each.connector}
    if not whys:
        return never
    return Text(
        nl="; ".join(f"{name}: {why.nl}" for name, why in whys.items()),
        en="; ".join(f"{name}: {why.en}" for name, why in whys.items()),
    )


def _missing(planned: PlannedScenario, never: Text) -> Stop:
    operation = f"{planned.operation.name}: " if planned.operation else ""
    told = Said(
        nl=f"gedraaid, bewijst niets; {operation}{never.nl}",
        en=f"ran, proves nothing; {operation}{never.en}",
    )
    place = planned.scenario.place
    missing = stop(codes.NOT_PROVEN, Outcome.NOT_RUN, Cause.CONFIGURATION, place, told)
    if planned.operation is None or planned.scenario.witness not in _OF_ROWS:
        return missing
    advice = Text(
        nl=f"{codes.NOT_PROVEN.fix.nl} {_GIVEN.nl}", en=f"{codes.NOT_PROVEN.fix.en} {_GIVEN.en}"
    )
    return replace(missing, finding=replace(missing.finding, hint=advice.en, advice=advice))
