"""`koppeling new scenario NAME`: a scenario to begin with."""

from pathlib import Path

import click

from koppeling_harness.cli.say import say


@click.group()
def command() -> None:
    """Write a scenario to begin with."""


@command.command("scenario")
@click.argument("name")
@click.option(
    "--plugin",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The integration's folder. Default: this one, or the only one in plugins/.",
)
def scenario(name: str, folder: Path | None) -> None:
    """Write scenarios/NAME.scenario.yaml, commented, beside an integration's manifest."""
    from koppeling_harness.workflow.authoring.new import write_scenario

    path = write_scenario(name, folder)
    say(f"wrote {path}")
    say(f"check it: koppeling scenarios check {path}")
