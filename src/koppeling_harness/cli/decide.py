"""`koppeling decide PATH DECISION`: record what a named person decided, and why."""

from datetime import datetime
from pathlib import Path

import click

from koppeling_harness.cli.say import say

DECISIONS = (
    "accept_evidence",
    "reject_evidence",
    "give_notice",
    "withdraw_notice",
    "terminate_immediately",
    "end_by_partner",
    "remove_listing",
    "restore_listing",
    "annual_review",
)
GROUNDS = ("non_payment", "code_of_conduct", "no_certification", "other")


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.argument("decision", type=click.Choice(DECISIONS))
@click.option("--by", required=True, metavar="NAME", help="The person who decided.")
@click.option("--reason", required=True, help="Why; at most 500 characters.")
@click.option(
    "--date",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Of the decision; of a notice, of its letter. Default: today in Amsterdam.",
)
@click.option("--assessment", metavar="ID", help="For evidence.")
@click.option(
    "--colour", type=click.Choice(["rood", "oranje", "groen"]), help="Of accepted evidence."
)
@click.option("--ground", type=click.Choice(GROUNDS), help="For terminate_immediately.")
@click.option(
    "--effective",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="For terminate_immediately: from when; for end_by_partner: the last day.",
)
def command(
    path: Path,
    decision: str,
    by: str,
    reason: str,
    day: datetime | None,
    assessment: str | None,
    colour: str | None,
    ground: str | None,
    effective: datetime | None,
) -> None:
    """Record a DECISION in the registration at PATH, a file or a plugin's folder."""
    from koppeling_harness.clock import SystemClock
    from koppeling_harness.model.registration import Colour, DecisionKind, Ground
    from koppeling_harness.workflow.review import registration

    new = registration.NewDecision(
        kind=DecisionKind(decision),
        by=by,
        reason=reason,
        day=day.date() if day else None,
        assessment=assessment,
        colour=Colour(colour) if colour else None,
        ground=Ground(ground) if ground else None,
        effective=effective.date() if effective else None,
    )
    recorded = registration.record_decision(path, new, clock=SystemClock())
    say(f"recorded {recorded.decision} of {recorded.date} by {recorded.by} in {path}")
