"""`koppeling assessment add`: add an assessment, only its colour, to a registration."""

from datetime import datetime
from pathlib import Path

import click

from koppeling_harness.cli.say import say

KINDS = ("quickscan", "pentest", "other")
COLOURS = ("rood", "oranje", "groen")


@click.group()
def command() -> None:
    """Add an assessment to a registration: its colour, never the report."""


@command.command("add")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--id", "name", default="", metavar="ID", help="Default: the next free, such as Q2.")
@click.option("--kind", type=click.Choice(KINDS), required=True)
@click.option("--assessor", required=True, help="The organisation that made it.")
@click.option(
    "--report-date",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    metavar="DATE",
    help="The date on the report: every term runs from it.",
)
@click.option("--colour", type=click.Choice(COLOURS), help="Of a Quickscan.")
@click.option("--scope", multiple=True, metavar="INTEGRATION", help="May be repeated.")
@click.option(
    "--submitted",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="When it was offered to AFAS.",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Refused: AFAS learns the colour only.",
)
def add(
    path: Path,
    name: str,
    kind: str,
    assessor: str,
    report_date: datetime,
    colour: str | None,
    scope: tuple[str, ...],
    submitted: datetime | None,
    report: Path | None,
) -> None:
    """Add an assessment to the registration at PATH, a file or a plugin's folder."""
    from koppeling_harness.clock import SystemClock
    from koppeling_harness.model.registration import AssessmentKind, Colour
    from koppeling_harness.workflow.review import registration

    new = registration.NewAssessment(
        name=name,
        kind=AssessmentKind(kind),
        assessor=assessor,
        report_date=report_date.date(),
        colour=Colour(colour) if colour else None,
        scope=scope,
        submitted=submitted.date() if submitted else None,
        report=report,
    )
    added = registration.record_assessment(path, new, clock=SystemClock())
    say(f"added {added.kind} {added.id} to {path}")
