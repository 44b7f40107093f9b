"""`koppeling status [PATH]…`: the registration status per integration."""

from datetime import datetime
from pathlib import Path

import click

from koppeling_harness.cli import options
from koppeling_harness.cli.say import say, say_json, say_lines


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@options.as_of
@options.policy
@options.runs
@options.releases
@click.option(
    "--lang",
    type=click.Choice(["nl", "en"]),
    default="en",
    show_default=True,
    help="Language of the text.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else.")
def command(
    paths: tuple[Path, ...],
    as_of: datetime | None,
    policy: str,
    runs: Path,
    releases: str,
    lang: str,
    *,
    as_json: bool,
) -> int:
    """Show the registration status per integration.

    PATH is a registration or a folder with registrations below it, under any name; default:
    [review] folder of the settings, else plugins. Exit code 0: all in order, asking for attention
    only, or applying in time; 1: one asks for more; 10: one cannot be judged because its file is
    wrong.
    """
    from koppeling_harness.clock import SystemClock
    from koppeling_harness.workflow.review import status

    request = status.StatusRequest(
        paths=paths,
        as_of=as_of.date() if as_of else None,
        policy=policy,
        runs=runs,
        releases=releases,
    )
    judged = status.judge_registrations(request, clock=SystemClock())
    for problem in judged.ignored:
        say(f"koppeling: {problem.render()}", err=True)
    for problem in judged.damaged:
        say(f"left out: {problem.render()}", err=True)
    for leak in judged.leaks:
        say(f"koppeling: {leak}", err=True)
    text = status.as_json(judged.dossiers) if as_json else status.as_text(judged, lang=lang)
    (say_json if as_json else say_lines)(text)
    return status.exit_code(judged.dossiers)
