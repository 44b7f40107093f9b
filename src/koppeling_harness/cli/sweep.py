"""`koppeling sweep`: finish what runs that were cut off left in an environment."""

from pathlib import Path

import click

from koppeling_harness.cli.say import say


@click.command()
@click.argument("environment")
@click.option("--yes", is_flag=True, help="Take it away; without, it is only shown.")
def command(environment: str, *, yes: bool) -> int:
    """Show what runs that were cut off left in ENVIRONMENT; with --yes, take it away.

    Only what the journal of a run names is touched, or bears a mark that the journal names.
    """
    from koppeling_harness.clock import SystemClock
    from koppeling_harness.workflow.environment.sweep import sweep

    swept = sweep(environment, folder=Path(), yes=yes, clock=SystemClock())
    for line in swept.lines:
        say(line)
    return swept.exit_code
