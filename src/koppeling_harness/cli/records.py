"""`koppeling records check PATH…`: whether run records contradict themselves."""

import json
from pathlib import Path

import click

from koppeling_harness.cli.say import say_json, say_lines
from koppeling_harness.errors import ExitCode


@click.group()
def command() -> None:
    """Check run records."""


@command.command("check")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else.")
def check_records(*, paths: tuple[Path, ...], as_json: bool) -> int:
    """Hold run records against themselves and against the list that they name.

    PATH is a record, the folder of a run, or a folder with runs below it. Exit code 0: none
    contradicts itself; 15: one does, or cannot be read; 5: there is none.
    """
    from koppeling_harness.clock import SystemClock
    from koppeling_harness.workflow.review import records

    checked = records.check(paths, clock=SystemClock())
    if as_json:
        plain = records.as_plain(checked)
        say_json(json.dumps(plain, indent=1, ensure_ascii=False))
    else:
        say_lines(records.as_text(checked))
    return ExitCode.VERIFICATION if any(each.problems for each in checked) else ExitCode.PASSED
