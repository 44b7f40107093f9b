"""`koppeling decide PATH DECISION`: record what a named person decided, and why."""

from datetime import datetime
from pathlib import Path

import click

from koppeling_harness.cli import options
from koppeling_harness.cli.say import say, say_json

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
    "finish_onboarding",
)
GROUNDS = ("non_payment", "code_of_conduct", "no_certification", "other")


@click.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.argument("decision", required=False, type=click.Choice(DECISIONS))
@click.option("--by", default="", metavar="NAME", help="The person who decided.")
@click.option("--reason", default="", help="Why; at most 500 characters.")
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
@click.option("--sign", is_flag=True, help="Sign the decision, over the integration it is about.")
@options.key
@options.keyring
@options.runs
@click.option("--dry-run", is_flag=True, help="Write nothing; show what the status would become.")
@click.option(
    "--extract",
    type=click.Path(path_type=Path),
    metavar="REGISTRATION",
    help="Print what a partner needs of AFAS's decisions, for `koppeling run --decisions`; with "
    "--sign signed.",
)
def command(
    path: Path | None,
    decision: str | None,
    by: str,
    reason: str,
    day: datetime | None,
    assessment: str | None,
    colour: str | None,
    ground: str | None,
    effective: datetime | None,
    runs: Path,
    extract: Path | None,
    key: Path | None,
    keyring: str,
    *,
    sign: bool,
    dry_run: bool,
) -> None:
    """Record a DECISION in the registration at PATH, and say what the status becomes.

    PATH is a file or a plugin's folder. --by and --reason are always needed.
    """
    from koppeling_harness.clock import SystemClock
    from koppeling_harness.model.registration import Colour, DecisionKind, Ground
    from koppeling_harness.workflow.review import registration

    if extract is not None:
        text = registration.extract(extract, clock=SystemClock())
        if sign or key or keyring:
            from koppeling_harness.workflow.evidence.decided import signed_decisions
            from koppeling_harness.workflow.evidence.keys import find_key

            text = signed_decisions(text, find_key(key, keyring)).decode()
        say_json(text.rstrip())
        return
    if path is None or decision is None or not by or not reason:
        message = "expected PATH, DECISION, --by and --reason, or --extract REGISTRATION"
        raise click.UsageError(message)
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
    signing = None
    if sign or key or keyring:
        from koppeling_harness.workflow.evidence.keys import find_key
        from koppeling_harness.workflow.review.sign_decision import require_subjects

        signing = find_key(key, keyring)
        tried = registration.record_decision(
            path, new, clock=SystemClock(), runs=runs, dry_run=True
        )
        require_subjects(tried.after)  # told before anything is recorded
    decided = registration.record_decision(
        path, new, clock=SystemClock(), runs=runs, dry_run=dry_run
    )
    for line in registration.decided_lines(decided, dry_run=dry_run):
        say(line)
    if signing is not None and not dry_run:
        from koppeling_harness.workflow.review.sign_decision import sign_decision

        say(f"signed: {sign_decision(decided, signing, clock=SystemClock())}")
