"""`koppeling auditor PATH REPORT`: take in what AFAS's AppConnector Auditor said."""

from datetime import datetime
from pathlib import Path

import click

from koppeling_harness.cli.say import say_lines


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.argument("report", type=click.Path(path_type=Path))
@click.option(
    "--justified",
    multiple=True,
    metavar="ID",
    help="An orange finding whose justification AFAS agreed to; may be repeated.",
)
@click.option(
    "--date",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Of the report. Default: today in Amsterdam.",
)
def command(path: Path, report: Path, justified: tuple[str, ...], day: datetime | None) -> None:
    """Record in the decisions of the registration at PATH which checks a REPORT names.

    REPORT is what the AppConnector Auditor wrote: Markdown, HTML or plain text. Only the ids of the
    checks are kept, as counts, for the first two of AFAS's eight criteria.
    """
    from koppeling_harness.clock import SystemClock
    from koppeling_harness.workflow.review import auditor

    taken = auditor.take_in(
        path,
        report,
        justified=justified,
        day=day.date() if day else None,
        clock=SystemClock(),
    )
    say_lines("\n".join(auditor.taken_lines(taken)))
