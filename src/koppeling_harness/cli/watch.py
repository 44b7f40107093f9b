"""`koppeling watch`: look at the environments until stopped, act once per new version."""

from pathlib import Path

import click

from koppeling_harness.cli.say import say_lines
from koppeling_harness.config.folders import REPORTS


@click.command()
@click.option("--every", default="1h", show_default=True, metavar="TIME", help="Such as 30m.")
@click.option("--then", default="", metavar="COMMAND", help="Run once for each new version.")
@click.option("--env", "names", multiple=True, metavar="NAME", help="Default: all configured.")
@click.option(
    "--reports",
    type=click.Path(path_type=Path),
    default=REPORTS,
    show_default=True,
    help="Snapshots, and what was begun for which version, are kept below it.",
)
def command(every: str, then: str, names: tuple[str, ...], reports: Path) -> None:
    """Look at the configured environments until Ctrl-C; run a command once per new version.

    It goes on when an environment cannot be reached, and where it was after a restart. A command
    that was begun for a version is never begun again for it, whatever became of it.
    """
    from koppeling_harness.clock import SystemClock
    from koppeling_harness.workflow.updates.environment_look import Places, keep_watch

    keep_watch(
        names,
        Places(reports=reports),
        every=every,
        then=then,
        say=say_lines,
        clock=SystemClock(),
    )
