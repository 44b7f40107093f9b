"""What asks for a hand first: this week before later, weight before date.

What has no date of its own is due now.
"""

from datetime import date, timedelta
from enum import StrEnum

from koppeling_harness.model.status import Action, Status, Who
from koppeling_harness.rules.months import day_after

URGENCY = (
    Status.INPUT_ERROR,
    Status.NOT_CERTIFIED,
    Status.ACTION_REQUIRED,
    Status.REVIEW_NEEDED,
    Status.NOTICE_RUNNING,
    Status.APPLYING,
    Status.ATTENTION,
    Status.IN_ORDER,
    Status.TERMINATED,
)
"""In which order a reviewer wants to see them: what asks for a hand first, what is over last.

Not the order of the rules, in which an end outweighs everything.
"""
DAYS_OF_A_WEEK = 7


class Topic(StrEnum):
    """What a duty is about, to look for."""

    EVIDENCE = "evidence"
    SCAN = "scan"
    RUNS = "runs"
    WAIVERS = "waivers"
    LISTING = "listing"
    CONTRACT = "contract"
    APPLICATION = "application"
    CRITERIA = "criteria"
    REVIEW = "review"
    SIGNALS = "signals"
    PLANS = "plans"
    INVOICES = "invoices"
    DEADLINES = "deadlines"
    FILE = "file"


_TOPICS = {
    "evidence": Topic.EVIDENCE,
    "rescan": Topic.SCAN,
    "planned": Topic.SCAN,
    "plan-scan": Topic.SCAN,
    "earlier-scan": Topic.SCAN,
    "run": Topic.RUNS,
    "waiver": Topic.WAIVERS,
    "remove-listing": Topic.LISTING,
    "restore-listing": Topic.LISTING,
    "listed-too-early": Topic.LISTING,
    "give-notice": Topic.CONTRACT,
    "withdraw-notice": Topic.CONTRACT,
    "right-to-end": Topic.CONTRACT,
    "onboarding": Topic.APPLICATION,
    "finish-onboarding": Topic.APPLICATION,
    "last-conversation": Topic.APPLICATION,
    "applicant-assessment": Topic.APPLICATION,
    "open-tasks": Topic.CRITERIA,
    "few-customers": Topic.CRITERIA,
    "few-contacts": Topic.CRITERIA,
    "annual-review": Topic.REVIEW,
    "agreed": Topic.REVIEW,
    "signal": Topic.SIGNALS,
    "plan": Topic.PLANS,
    "invoice": Topic.INVOICES,
    "ends": Topic.DEADLINES,
    "required-from": Topic.DEADLINES,
    "input": Topic.FILE,
}


def topic_of(action: Action) -> Topic:
    """Return what a duty is about."""
    return _TOPICS[action.key.partition(":")[0]]


def due_day(action: Action, *, as_of: date) -> date:
    """Return the last day on which it is in time; the day itself when it has none."""
    return action.due or as_of


def end_of_week(as_of: date) -> date:
    """Return the last of the seven days that begin on a day."""
    return as_of + min(timedelta(days=DAYS_OF_A_WEEK - 1), date.max - as_of)


def is_this_week(action: Action, *, as_of: date) -> bool:
    """Return whether it is due now, late, or due within the seven days that begin on the day."""
    return due_day(action, as_of=as_of) <= end_of_week(as_of)


def is_late(action: Action, *, as_of: date) -> bool:
    """Return whether its last day has passed; the yearly review is never late: it may be held."""
    return action.due is not None and action.due < as_of and action.rule != "A1"


def since_when(action: Action) -> date | None:
    """Return since when it is there to be done: as its rule says, else since it is late."""
    if action.since is not None or action.due is None:
        return action.since
    return day_after(action.due)


def rank(status: Status) -> int:
    """Return the place of a status among the others: 0 asks for a hand first."""
    return URGENCY.index(status)


def heavier(one: Status, other: Status) -> Status:
    """Return the one of the two that asks for a hand first."""
    return min(one, other, key=rank)


def urgency(action: Action, *, as_of: date) -> tuple[bool, int, bool, date, bool, str, str]:
    """Return by what duties are sorted, the most urgent first.

    What is not of this week comes after all that is; then weight counts, then the date. Evidence
    is judged before anything of the same weight, for that may depend on it; of one day what AFAS
    has to do comes first.
    """
    return (
        not is_this_week(action, as_of=as_of),
        rank(action.weight),
        action.rule != "R12",
        due_day(action, as_of=as_of),
        action.who is not Who.AFAS,
        action.rule,
        action.key,
    )
