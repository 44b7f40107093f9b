"""End of the agreement by decision: at once, after notice, or by the partner."""

from collections.abc import Iterator, Sequence
from datetime import date

from koppeling_harness.model.registration import Decision, DecisionKind, Registration
from koppeling_harness.model.status import Status
from koppeling_harness.rules.fact import Fact
from koppeling_harness.rules.months import NOTICE_MONTHS, add_months, day_after
from koppeling_harness.rules.words import said
from koppeling_harness.value import dataclass

_SAME_DAY = {
    DecisionKind.GIVE_NOTICE: 0,
    DecisionKind.END_BY_PARTNER: 0,
    DecisionKind.WITHDRAW_NOTICE: 1,
}
_ENDS = (
    DecisionKind.GIVE_NOTICE,
    DecisionKind.END_BY_PARTNER,
    DecisionKind.TERMINATE_IMMEDIATELY,
)


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
    """Return the decided end that comes first; None when nobody decided to end it.

    An end that was over before the present onboarding began belongs to the registration before it.
    """
    taken = [each for each in registration.decisions if each.date <= as_of]
    return _first_end(_of_present_registration(registration, taken, as_of=as_of))


def _first_end(taken: Sequence[Decision]) -> Ending | None:
    found = [*_immediate(taken), *_noticed(taken)]
    return min(found, key=lambda each: (each.ended_from, each.rule), default=None)


def _of_present_registration(
    registration: Registration, taken: Sequence[Decision], *, as_of: date
) -> Sequence[Decision]:
    """Return the decisions without those of a registration that was over before it began anew."""
    onboarding = registration.onboarding
    if onboarding is None or onboarding.started > as_of:
        return taken
    again = onboarding.started
    before = _first_end([each for each in taken if each.date < again])
    if before is None or before.ended_from > again:
        return taken
    return [each for each in taken if each.date >= again]


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


def _immediate(taken: Sequence[Decision]) -> Iterator[Ending]:
    for each in taken:
        if each.decision is DecisionKind.TERMINATE_IMMEDIATELY:
            end = each.effective or each.date
            yield Ending(decision=each, rule="R8", end=end, ended_from=end)


def withdrawn_in_vain(registration: Registration) -> tuple[int, ...]:
    """Return the positions of withdrawals on whose day no notice was running."""
    taken = registration.decisions
    present = _of_present_registration(registration, taken, as_of=date.max)
    earlier = [each for each in taken if each not in present]
    in_vain = {id(each) for part in (earlier, present) for each in _notices(part).in_vain}
    return tuple(number for number, each in enumerate(taken) if id(each) in in_vain)


def before_its_time(registration: Registration) -> tuple[int, ...]:
    """Return the positions of decisions about what did not exist yet on their day.

    An end belongs to an agreement, and the end of an application to one that was begun. What ended
    before a registration began anew is history, and may be as old as it is.
    """
    agreement, onboarding = registration.agreement, registration.onboarding
    agreed = agreement.started if agreement is not None else None
    begun = onboarding.started if onboarding is not None else None
    first_days = dict.fromkeys(_ENDS, agreed) | {DecisionKind.FINISH_ONBOARDING: begun}
    taken = registration.decisions
    present = _of_present_registration(registration, taken, as_of=date.max)
    early = {
        id(each)
        for each in present
        if (first := first_days.get(each.decision)) is not None and each.date < first
    }
    return tuple(number for number, each in enumerate(taken) if id(each) in early)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Notices:
    """Letters that run, AFAS's and the partner's, and the withdrawals that found none."""

    by_afas: Decision | None
    by_partner: Decision | None
    in_vain: tuple[Decision, ...]


def _notices(decisions: Sequence[Decision]) -> _Notices:
    """Return which notice runs after all letters and withdrawals, in the order of their dates.

    AFAS's earliest letter runs, and the partner's latest; a withdrawal takes back the one of the
    two that was given last, as long as it has not ended.
    """
    letters = sorted(
        (each for each in decisions if each.decision in _SAME_DAY),
        key=lambda each: (each.date, _SAME_DAY[each.decision], each.effective or date.min),
    )
    by_afas: Decision | None = None
    by_partner: Decision | None = None
    in_vain = []
    for each in letters:
        if each.decision is DecisionKind.GIVE_NOTICE:
            by_afas = by_afas or each
        elif each.decision is DecisionKind.END_BY_PARTNER:
            by_partner = _of_one_day(by_partner, each)
        elif by_partner and _runs(by_partner, each) and not _is_later(by_afas, by_partner, each):
            by_partner = None
        elif by_afas and _runs(by_afas, each):
            by_afas = None
        else:
            in_vain.append(each)
    return _Notices(by_afas=by_afas, by_partner=by_partner, in_vain=tuple(in_vain))


def _of_one_day(known: Decision | None, new: Decision) -> Decision:
    """Return the partner's letter that counts: the newest; of one day the first to end."""
    if known is not None and known.date == new.date and _last_day(known) <= _last_day(new):
        return known
    return new


def _runs(letter: Decision, withdrawal: Decision) -> bool:
    return withdrawal.date <= _last_day(letter)


def _is_later(letter: Decision | None, other: Decision, withdrawal: Decision) -> bool:
    return letter is not None and letter.date > other.date and _runs(letter, withdrawal)


def _last_day(letter: Decision) -> date:
    if letter.decision is DecisionKind.GIVE_NOTICE:
        return add_months(letter.date, NOTICE_MONTHS)
    return letter.effective or date.max


def _noticed(taken: Sequence[Decision]) -> Iterator[Ending]:
    running = _notices(taken)
    for letter, rule in ((running.by_afas, "R7"), (running.by_partner, "R19")):
        if letter is not None:
            end = _last_day(letter)
            yield Ending(decision=letter, rule=rule, end=end, ended_from=day_after(end))
