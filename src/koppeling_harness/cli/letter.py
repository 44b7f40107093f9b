"""`koppeling letter PATH KIND`: draft a letter to a partner, or record that it was sent."""

from datetime import datetime
from pathlib import Path

import click

from koppeling_harness.cli import options
from koppeling_harness.cli.say import say, say_lines

KINDS = (
    "reminder-90",
    "reminder-30",
    "reminder-0",
    "follow-up",
    "request-evidence",
    "return-submission",
    "notice",
    "listing-removed",
    "listing-restored",
    "notice-withdrawn",
    "immediate-end",
)


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.argument("kind", type=click.Choice(KINDS))
@click.option("--by", default="", metavar="NAME", help="Who signs it, or who sent it.")
@click.option("--reason", default="", help="Why. Default: that of the decision it is about.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("reports/letters"),
    show_default=True,
    help="Where the drafts are written.",
)
@options.runs
@click.option(
    "--sent",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Draft nothing; record that it was sent on this day. A notice runs from it.",
)
def command(
    path: Path, kind: str, by: str, reason: str, out: Path, runs: Path, sent: datetime | None
) -> None:
    """Draft a letter of a KIND about the registration at PATH, in Dutch and English.

    Each is written as Markdown and as a mail that a mail program opens as unsent. Nothing is sent
    by this program.
    """
    from koppeling_harness.clock import SystemClock
    from koppeling_harness.workflow.review import letter

    if sent is not None:
        file = letter.record_sent(path, kind, by=by, day=sent.date(), clock=SystemClock())
        say(f"recorded {kind} of {sent.date()} by {by} in {file}")
        return
    drafted = letter.draft(
        path, kind, by=by, reason=reason, out=out, runs=runs, clock=SystemClock()
    )
    say_lines("\n".join(letter.drafted_lines(drafted)))
