"""`koppeling merge`: join the shards of a run into one verdict."""

from pathlib import Path

import click

from koppeling_harness.cli.say import say_json, say_lines
from koppeling_harness.config.folders import REPORTS


@click.command()
@click.argument(
    "folders",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True),
    metavar="DIR...",
)
@click.option(
    "--reports",
    type=click.Path(path_type=Path),
    default=REPORTS,
    show_default=True,
    help="Where the whole run is written.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the run record, and nothing else.")
def command(folders: tuple[Path, ...], reports: Path, *, as_json: bool) -> int:
    """Join the shards of a run (`koppeling run --shard I/N`), or of a recheck, into one verdict.

    Each DIR holds the reports of one shard, or of several. What a missing shard had to execute
    counts as not executed: exit code 12.
    """
    from koppeling_harness.clock import SystemClock
    from koppeling_harness.workflow.recheck.join import merge_all

    done = merge_all(folders, reports, clock=SystemClock())
    if as_json:
        say_json(done.json)
    else:
        say_lines(done.text)
    return done.exit_code
