"""`koppeling can-release INTEGRATION VERSION --to RELEASE`: from stored verdicts."""

from pathlib import Path

import click

from koppeling_harness.cli import options
from koppeling_harness.cli.say import say, say_json, say_lines


@click.command()
@click.argument("integration")
@click.argument("version")
@click.option("--to", "release", required=True, metavar="RELEASE", help='Such as "Profit 8".')
@options.runs
@click.option("--lang", type=click.Choice(["nl", "en"]), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else.")
def command(
    integration: str, version: str, release: str, runs: Path, lang: str, *, as_json: bool
) -> int:
    """Tell whether a version of an integration can be released onto a Profit release.

    Nothing is run: the last conclusive verdict of a whole run of that version on that release
    decides. Exit code 0: yes; 1: no; 11: unknown.
    """
    from koppeling_harness.clock import SystemClock
    from koppeling_harness.workflow.review import can_release as workflow

    question = workflow.Question(
        integration=integration, version=version, release=release, runs=runs
    )
    answer, damaged = workflow.can_release(question, clock=SystemClock())
    for problem in damaged:
        say(f"left out: {problem.render()}", err=True)
    shown = workflow.show(answer, as_json=as_json, lang=lang)
    (say_json if as_json else say_lines)(shown)
    return workflow.exit_code(answer)
