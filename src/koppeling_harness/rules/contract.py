"""How the agreement ends by decision: at once, after notice, or by the partner."""

from collections.abc import Iterator
from datetime import date

from koppeling_harness.model.registration import Decision, DecisionKind, Registration
from koppeling_harness.model.status import Status
from koppeling_harness.rules.fact import Fact
from koppeling_harness.rules.months import NOTICE_MONTHS, add_months, day_after
from koppeling_harness.rules.words import said
from koppeling_harness.value import dataclass

_SAME_DAY = {DecisionKind.GIVE_NOTICE: 0, DecisionKind.WITHDRAW_NOTICE: 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A decided end.

    Attributes:
        decision: Which decision ends it.
        rule: Id of the rule.
        end: The contract's end, as the decision sets it.
        ended_from: First day on which it is over.
    """

    decision: Decision
    rule: str
    end: date
    ended_from: date

    def has_ended(self, *, as_of: date) -> bool:
        """Return whether it is over."""
        return as_of >= self.ended_from


def ending(registration: Registration, *, as_of: date) -> Ending | None:
    """Return the decided end that comes first; None when nobody decided to end it."""
    taken = [each for each in registration.decisions if each.date <= as_of]
    found = [*_immediate(taken), *_notice(taken), *_by_partner(taken)]
    return min(found, key=lambda each: (each.ended_from, each.rule), default=None)


def ending_fact(ending: Ending, *, as_of: date) -> Fact:
    """Return what a decided end says of the status."""
    ended = ending.has_ended(as_of=as_of)
    said_of = {
        "R7": said(
            "Opgezegd op {given}; de laatste dag is {end}.",
            "Notice was given on {given}; the last day is {end}.",
            given=ending.decision.date,
            end=ending.end,
        ),
        "R8": said(
            "Per direct beëindigd met ingang van {end}, besluit van {given}.",
            "Ended at once from {end}, decided on {given}.",
            given=ending.decision.date,
            end=ending.end,
        ),
        "R19": said(
            "De partner heeft opgezegd; de laatste dag is {end}.",
            "The partner gave notice; the last day is {end}.",
            end=ending.end,
        ),
    }
    return Fact(
        rule=ending.rule,
        text=said_of[ending.rule],
        demands=Status.TERMINATED if ended else Status.NOTICE_RUNNING,
        flag="TERMINATED" if ended else "NOTICE-RUNNING",
    )


def _immediate(taken: list[Decision]) -> Iterator[Ending]:
    for each in taken:
        if each.decision is DecisionKind.TERMINATE_IMMEDIATELY:
            end = each.effective or each.date
            yield Ending(decision=each, rule="R8", end=end, ended_from=end)


def _notice(taken: list[Decision]) -> Iterator[Ending]:
    """Yield the notice that runs: the earliest letter that was not withdrawn in time."""
    letters = sorted(
        (each for each in taken if each.decision in _SAME_DAY),
        key=lambda each: (each.date, _SAME_DAY[each.decision]),
    )
    running: Decision | None = None
    for each in letters:
        if running is None:
            running = each if each.decision is DecisionKind.GIVE_NOTICE else None
        elif each.decision is DecisionKind.WITHDRAW_NOTICE and each.date <= _end_of(running):
            running = None
    if running is not None:
        end = _end_of(running)
        yield Ending(decision=running, rule="R7", end=end, ended_from=day_after(end))


def _end_of(letter: Decision) -> date:
    return add_months(letter.date, NOTICE_MONTHS)


def _by_partner(taken: list[Decision]) -> Iterator[Ending]:
    found = [each for each in taken if each.decision is DecisionKind.END_BY_PARTNER]
    last = max((each.date for each in found), default=None)
    for each in found:
        if each.date == last and each.effective is not None:
            yield Ending(
                decision=each, rule="R19", end=each.effective, ended_from=day_after(each.effective)
            )
