"""`koppeling registration new|check|split`: make, check and split registration files."""

from datetime import datetime
from pathlib import Path

import click

from koppeling_harness.cli.say import say


@click.group()
def command() -> None:
    """Make and check registration files."""


@command.command("new")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--started",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="First day of the onboarding. Default: today in Amsterdam.",
)
def new(folder: Path, started: datetime | None) -> None:
    """Write registration.yaml beside the manifest of the plugin in FOLDER."""
    from koppeling_harness.clock import SystemClock
    from koppeling_harness.workflow.review import registration

    day = started.date() if started else None
    say(f"wrote {registration.make(folder, started=day, clock=SystemClock())}")


@command.command("check")
@click.argument(
    "paths",
    nargs=-1,
    metavar="[PATH]...",
    type=click.Path(path_type=Path),
)
def check(paths: tuple[Path, ...]) -> None:
    """Check registrations, and folders of them: every problem at once. Default: plugins."""
    from koppeling_harness.clock import SystemClock
    from koppeling_harness.config.folders import places_of_integrations
    from koppeling_harness.workflow.review import registration

    for path in registration.check(paths or places_of_integrations(), clock=SystemClock()):
        say(f"{path}: in order")


@command.command("split")
@click.argument("path", type=click.Path(path_type=Path))
def split(path: Path) -> None:
    """Move decisions and waivers of the registration at PATH into X.decisions.yaml beside it."""
    from koppeling_harness.workflow.review import registration

    say(f"wrote {registration.split(path)}")
