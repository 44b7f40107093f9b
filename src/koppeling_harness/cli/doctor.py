"""`koppeling doctor`: everything that a run needs, looked at."""

from pathlib import Path

import click

from koppeling_harness.cli import options
from koppeling_harness.cli.say import say, say_json


@click.command()
@click.argument("environment", required=False, default="")
@options.plugins
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(environment: str, plugins: tuple[Path, ...], *, as_json: bool) -> int:
    """Look at this machine, and at ENVIRONMENT of the settings, before a run does.

    Exit code 0: all in order; 10: something is set wrongly; 11: the environment cannot be used now.
    """
    import json

    from koppeling_harness.clock import SystemClock
    from koppeling_harness.workflow.environment.doctor import as_plain, diagnose, text_of

    found = diagnose(environment, plugins=plugins, folder=Path(), clock=SystemClock())
    if as_json:
        say_json(json.dumps(as_plain(found), ensure_ascii=False, indent=1))
    else:
        for line in found.lines:
            say(text_of(line))
    return found.exit_code
