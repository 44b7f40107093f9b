"""What one run says of one integration, in short: what a registration's status is made of."""

from datetime import date, datetime

from koppeling_harness.value import dataclass

Day = date
"""A calendar day; under another name, because records have a member called `date`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionalResult:
    """One integration in one run, before any waiver.

    Attributes:
        integration: Its id.
        release: The release's label.
        run_id: The run.
        started_at: When the run began; the newest counts.
        date: The day on which it began, in Amsterdam.
        passed: How many required scenarios passed.
        failed: Ids of the required scenarios that failed, `scenario` or `scenario[operation]`.
        inconclusive: How many required scenarios could not be judged.
        not_run: How many required scenarios were not executed.
    """

    integration: str
    release: str
    run_id: str
    started_at: datetime
    date: Day
    passed: int
    failed: tuple[str, ...] = ()
    inconclusive: int = 0
    not_run: int = 0
