"""One step on the way to a status, as the rules hand it on."""

from datetime import date

from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import Action, Status, Who
from koppeling_harness.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What one rule says of one registration on one day.

    Attributes:
        rule: Id of the rule.
        text: What it says, as a sentence.
        demands: What the status has to be at least.
        flag: Code under which it is flagged; empty when it is only a step.
        actions: What somebody has to do because of it.
        source: Where it stands written, when that is not where the rule does.
    """

    rule: str
    text: Text
    demands: Status = Status.IN_ORDER
    flag: str = ""
    actions: tuple[Action, ...] = ()
    source: str = ""


def action(
    who: Who,
    what: Text,
    *,
    rule: str,
    key: str,
    due: date | None = None,
    weight: Status = Status.IN_ORDER,
    since: date | None = None,
    rests_on: Text | None = None,
) -> Action:
    """Return something that somebody has to do.

    Args:
        who: Who.
        what: A sentence.
        rule: Why.
        key: The same from day to day for the same duty.
        due: Its last day; None: now.
        weight: What hangs on it, where that is more than what its fact demands.
        since: From when it is there to be done, as far as a fact tells it.
        rests_on: The evidence that it follows from.
    """
    return Action(
        who=who,
        what=what,
        due=due,
        rule=rule,
        key=key,
        weight=weight,
        since=since,
        rests_on=rests_on,
    )
