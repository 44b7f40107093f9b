"""`koppeling new scenario NAME`: a scenario to begin with."""

from pathlib import Path

import click

from koppeling_harness.cli.say import say


@click.group()
def command() -> None:
    """Write a scenario to begin with."""


@command.command("scenario")
@click.argument("name", required=False)
@click.option(
    "--plugin",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The integration's folder. Default: this one, or the only one in plugins/.",
)
@click.option(
    "--from-example",
    "operation",
    metavar="OPERATION",
    help="Carry the operation's example out once, and write down what it sends, to be held against "
    "what was meant. Without NAME: OPERATION-arrives.",
)
def scenario(name: str | None, folder: Path | None, operation: str | None) -> None:
    """Write scenarios/NAME.scenario.yaml, commented, beside an integration's manifest."""
    from koppeling_harness.workflow.authoring.new import write_scenario

    if name is None and operation is None:
        message = "Name the scenario, or an operation: --from-example OPERATION."
        raise click.UsageError(message)
    path = write_scenario(name, folder, operation=operation)
    say(f"wrote {path}")
    if operation is not None:
        say("what stands in it is what was sent: change what was not meant so")
    say(f"check it: koppeling scenarios check {path}")
