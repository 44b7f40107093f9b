"""`koppeling registration`: make and check registration files, and keep AFAS's word in them."""

from datetime import datetime
from pathlib import Path
from typing import Literal

import click

from koppeling_harness.cli.say import say


@click.group()
def command() -> None:
    """Make and check registration files."""


@command.command("new")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--started",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="First day of the onboarding. Default: today in Amsterdam.",
)
def new(folder: Path, started: datetime | None) -> None:
    """Write registration.yaml beside the manifest of the plugin in FOLDER."""
    from koppeling_harness.clock import SystemClock
    from koppeling_harness.workflow.review import registration

    day = started.date() if started else None
    say(f"wrote {registration.make(folder, started=day, clock=SystemClock())}")


@command.command("check")
@click.argument(
    "paths",
    nargs=-1,
    metavar="[PATH]...",
    type=click.Path(path_type=Path),
)
def check(paths: tuple[Path, ...]) -> None:
    """Check registrations, and folders of them: every problem at once. Default: plugins."""
    from koppeling_harness.clock import SystemClock
    from koppeling_harness.config.folders import places_of_integrations
    from koppeling_harness.workflow.review import registration

    for path in registration.check(paths or places_of_integrations(), clock=SystemClock()):
        say(f"{path}: in order")


@command.command("split")
@click.argument("path", type=click.Path(path_type=Path))
def split(path: Path) -> None:
    """Move decisions and waivers of the registration at PATH into X.decisions.yaml beside it."""
    from koppeling_harness.workflow.review import registration

    say(f"wrote {registration.split(path)}")


@command.command("assign")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--to", default="", metavar="NAME", help="Who handles the dossier at AFAS.")
@click.option(
    "--seen-until",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Up to which day it was looked at.",
)
def assign(path: Path, to: str, seen_until: datetime | None) -> None:
    """Record who handles the registration at PATH, and until which day it was looked at."""
    from koppeling_harness.clock import SystemClock
    from koppeling_harness.workflow.review import word

    day = seen_until.date() if seen_until else None
    say(f"recorded in {word.assign(path, to=to, seen_until=day, clock=SystemClock())}")


@command.command("signal")
@click.argument("path", type=click.Path(path_type=Path))
@click.argument("step", type=click.Choice(["received", "heard", "decided", "closed"]))
@click.option(
    "--of",
    "signal",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The day of the signal.",
)
@click.option(
    "--side", type=click.Choice(["reporter", "partner"]), help="Who was heard, with `heard`."
)
@click.option("--by", required=True, metavar="NAME", help="Who did it for AFAS.")
@click.option("--text", default=None, help="What came of it; at most 500 characters.")
@click.option(
    "--date",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="When. Default: today in Amsterdam.",
)
def signal(
    path: Path,
    step: Literal["received", "heard", "decided", "closed"],
    signal: datetime,
    side: Literal["reporter", "partner"] | None,
    by: str,
    text: str | None,
    day: datetime | None,
) -> None:
    """Record how a complaint or another signal about the registration at PATH went on."""
    from koppeling_harness.clock import SystemClock, today
    from koppeling_harness.model.decisions import SignalStep
    from koppeling_harness.workflow.review import word

    clock = SystemClock()
    taken = SignalStep(
        signal=signal.date(),
        date=day.date() if day else today(clock),
        step=step,
        side=side,
        by=by,
        text=text,
    )
    say(f"recorded in {word.add_step(path, taken, clock=clock)}")


@command.command("plan")
@click.argument("path", type=click.Path(path_type=Path))
@click.argument("what", metavar="FOR")
@click.option("--owner", required=True, metavar="NAME", help="Who carries it out.")
@click.option(
    "--due",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Its last day.",
)
@click.option("--step", "steps", required=True, multiple=True, help="May be repeated.")
def plan(path: Path, what: str, owner: str, due: datetime, steps: tuple[str, ...]) -> None:
    """Record a plan for an assessment, a waiver or a scenario of the registration at PATH."""
    from koppeling_harness.model.decisions import Plan
    from koppeling_harness.workflow.review import word

    made = Plan(for_=what, owner=owner, due=due.date(), steps=steps)
    say(f"recorded in {word.add_plan(path, made)}")
