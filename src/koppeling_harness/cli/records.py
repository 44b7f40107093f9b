"""`koppeling records`: whether run records contradict themselves, and which are still needed."""

import json
from pathlib import Path

import click

from koppeling_harness.cli.say import say_json, say_lines
from koppeling_harness.errors import ExitCode


@click.group()
def command() -> None:
    """Check run records, and keep their number down."""


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


@command.command("prune")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default="reports")
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    default=30,
    show_default=True,
    help="Newest runs of each integration on each release.",
)
@click.option(
    "--keep-standing",
    is_flag=True,
    help="Keep every record, and the recordings of those alone from which something follows.",
)
@click.option("--dry-run", is_flag=True, help="Remove nothing, and tell what would be.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else.")
def prune_records(
    *, folder: Path, keep: int, keep_standing: bool, dry_run: bool, as_json: bool
) -> None:
    """Remove runs from which nothing follows any more.

    Kept are the newest ones, of each version the newest whole run and the newest that passed, and
    of each scenario the newest run in which it passed: so `status`, `can-release` and `recheck`
    answer as before. What is signed stays, and what is no run is left alone.

    With --keep-standing no record goes, and --keep says nothing: what was recorded of other runs
    is removed, told first.
    """
    from koppeling_harness.clock import SystemClock
    from koppeling_harness.workflow.review import prune

    clock = SystemClock()
    if keep_standing:
        found = prune.prune(folder, keep=0, clock=clock, is_trial=True, traffic_only=True)
        if not dry_run:
            if not as_json:
                say_lines("\n".join(prune.as_lines(found, is_trial=True)))
            found = prune.prune(folder, keep=0, clock=clock, traffic_only=True)
    else:
        found = prune.prune(folder, keep=keep, clock=clock, is_trial=dry_run)
    if as_json:
        say_json(json.dumps(prune.as_plain(found), indent=1, ensure_ascii=False))
    else:
        say_lines("\n".join(prune.as_lines(found, is_trial=dry_run)))
