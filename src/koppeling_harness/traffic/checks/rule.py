"""Traffic rule: its code and its check, and the scene that it looks at."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property

from koppeling_harness.model.exchange import TriggerRecord
from koppeling_harness.model.manifest import GetConnectorUse, Manifest
from koppeling_harness.model.operation import OperationTrigger
from koppeling_harness.model.shape import Text
from koppeling_harness.model.snapshot import UpdateMetainfo
from koppeling_harness.model.verdict import Severity
from koppeling_harness.traffic.checks.call import Call
from koppeling_harness.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """One place where the traffic is not as a rule asks.

    Attributes:
        call: The call that it is about, None when it is about the log.
        text: What was found and what was expected.
        subject: What it is about, such as a connector; objections of one rule to the same subject
            become one finding.
    """

    call: Call | None
    text: Text
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """Something that an integration wrote: what it printed, or a file in its work folder.

    Attributes:
        name: Of the file below the work folder, redacted; empty for what it printed.
        text: What it holds, redacted.
        is_log: Whether it is a log: text, and not where the integration keeps its data by design.
        is_closed: Whether it is where the integration keeps its data by design, and nobody but the
            user whose program it is may read it.
    """

    name: str = ""
    text: str
    is_log: bool = True
    is_closed: bool = False


class Scene:
    """What the rules look at.

    Attributes:
        calls: What the integration asked of AFAS, in the order in which it arrived.
        refused: What it sent that never went on to ERP1, whole or not.
        manifest: What the integration says of itself.
        logged: What the integration itself wrote; empty when it was not handed over.
        was_heard: Whether that was handed over, be it nothing.
        definitions: What UpdateConnectors take, by id in lower case, as far as it is known.
        triggers: What it was told to do and what it said, the first of them turn 1.
        said: What it answered each time, redacted; empty when it was not handed over.
        token: The classic token that it was given, redacted; empty when that is not known.
    """

    def __init__(
        self,
        sent: Sequence[Call],
        manifest: Manifest,
        logged: Sequence[Logged] = (),
        definitions: Mapping[str, UpdateMetainfo] | None = None,
        triggers: Sequence[TriggerRecord] = (),
        said: Sequence[str] = (),
        token: str = "",
    ) -> None:
        self.calls = tuple(call for call in sent if call.is_whole)
        self.refused = tuple(call for call in sent if call.exchange.refused is not None)
        self.manifest = manifest
        self.logged = tuple(each for each in logged if each.text)
        self.definitions = definitions or {}
        self.triggers = tuple(triggers)
        self.said = tuple(said)
        self.token = token
        self.was_heard = bool(logged)

    def of_each_customer(self) -> "tuple[Scene, ...]":
        """Return what there was with each customer: no call repeats one of another."""
        sent = {each.exchange.number: each for each in (*self.calls, *self.refused)}
        customers = sorted({each.exchange.customer for each in sent.values()})
        if len(customers) < 2:
            return (self,)
        calls = [sent[number] for number in sorted(sent)]
        return tuple(
            Scene(
                [each for each in calls if each.exchange.customer == customer],
                self.manifest,
                self.logged,
                self.definitions,
                self.triggers,
                self.said,
                self.token,
            )
            for customer in customers
        )

    @cached_property
    def reads(self) -> tuple[Call, ...]:
        """The calls that read from a GetConnector."""
        return tuple(call for call in self.calls if call.is_read)

    @cached_property
    def writes(self) -> tuple[Call, ...]:
        """The calls that write through an UpdateConnector."""
        return tuple(call for call in self.calls if call.is_write)

    @cached_property
    def repeats(self) -> tuple[tuple[Call, Call], ...]:
        """Pairs of the same request, each with the one before it."""
        last: dict[object, Call] = {}
        pairs: list[tuple[Call, Call]] = []
        for call in self.calls:
            before = last.get(call.identity)
            if before is not None:
                pairs.append((before, call))
            last[call.identity] = call
        return tuple(pairs)

    @cached_property
    def retries(self) -> tuple[tuple[Call, Call], ...]:
        """Repeats that the integration made by itself, after the answer to the one before.

        Being triggered again is no retry.
        """
        return tuple(
            (before, call)
            for before, call in self.repeats
            if before.exchange.turn == call.exchange.turn
            and call.exchange.started_s >= before.ended_s
        )

    def did_not_succeed(self, before: Call, call: Call) -> bool:
        """Return whether a call was sent in an earlier turn, of which it said that it failed."""
        turn = before.exchange.turn
        told = self.triggers[turn - 1].ok if 0 < turn <= len(self.triggers) else None
        return turn < call.exchange.turn and told is False

    def told_of(self, call: Call) -> bool:
        """Return whether the turn of a call ended in words for the user that it did not succeed."""
        turn = call.exchange.turn
        return any(each.told for each in self.triggers[turn - 1 : turn]) if turn else False

    @cached_property
    def uses(self) -> dict[str, GetConnectorUse]:
        """The GetConnectors that the manifest declares, by their id in lower case."""
        return {use.id.lower(): use for use in self.manifest.get_connectors}

    @cached_property
    def for_a_person(self) -> frozenset[str]:
        """The GetConnectors that only a person who waits for the answer lets it read."""
        readers: dict[str, set[OperationTrigger]] = {}
        for operation in self.manifest.operations:
            for name in operation.reads:
                readers.setdefault(name.lower(), set()).add(operation.trigger)
        return frozenset(
            name for name, triggers in readers.items() if triggers == {OperationTrigger.PERSON}
        )

    @cached_property
    def written_fields(self) -> dict[str, frozenset[str]]:
        """The fields that the manifest declares to write, by connector, all in lower case."""
        return {
            use.id.lower(): frozenset(field.lower() for field in use.fields)
            for use in self.manifest.update_connectors
        }


Check = Callable[[Scene], Iterable[Objection]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One thing that AFAS asks of the traffic of an integration.

    Attributes:
        code: Stable; AFAS's own id where it has one.
        level: How heavy a finding is.
        title: What is wrong.
        why: Why it matters.
        fix: What to do.
        source: Where it is written.
        check: Finds the objections.
        not_on: Labels of the Profit releases that it does not hold for.
        counts_from: The first day on which a finding is as heavy as that; until then it is told as
            information. None: at once.
        over_customers: Whether it looks at all customers of a scenario at once, not at each by
            itself.
        orange: Whether a warning has to be solved or justified before AFAS certifies.
        inferred: Whether it is concluded, not seen: there may be a reason that nobody here knows.
            Such a rule is no error, and changes no outcome.
    """

    code: str
    level: Severity
    title: Text
    why: Text
    fix: Text
    source: str
    check: Check
    not_on: tuple[str, ...] = ()
    counts_from: date | None = None
    over_customers: bool = False
    orange: bool = False
    inferred: bool = False

    def level_on(self, day: date | None) -> Severity:
        """Return how heavy a finding is on a day; None: when everything counts."""
        waits = self.counts_from is not None and day is not None and day < self.counts_from
        return Severity.INFORMATION if waits else self.level

    def holds_for(self, label: str) -> bool:
        """Return whether the rule holds on a release."""
        return label not in self.not_on
