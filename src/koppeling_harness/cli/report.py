"""`koppeling report [PATH]…`: the pages for reviewers."""

from datetime import datetime
from pathlib import Path

import click

from koppeling_harness.cli import options
from koppeling_harness.cli.say import say, say_json


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("reports/site"),
    show_default=True,
    help="Where the pages are written.",
)
@options.as_of
@options.policy
@options.runs
@options.releases
@click.option(
    "--lang",
    type=click.Choice(["nl", "en"]),
    default="nl",
    show_default=True,
    help="The language in which the pages open; both are in them.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the statuses, and nothing else.")
def command(
    paths: tuple[Path, ...],
    out: Path,
    as_of: datetime | None,
    policy: str,
    runs: Path,
    releases: str,
    lang: str,
    *,
    as_json: bool,
) -> int:
    """Write the pages for reviewers: an overview, and a dossier per registration.

    PATH is a registration or a folder with registrations below it, under any name; default:
    [review] folder of the settings, else plugins. Beside the pages: status.json, status.csv,
    deadlines.ics, summary.md and badges. Exit code 0: written, whatever the statuses are; 10:
    written, but a registration's file is wrong. `koppeling status` gives the statuses as its exit
    code.
    """
    from koppeling_harness.clock import SystemClock
    from koppeling_harness.report.texts import Language
    from koppeling_harness.workflow.review.publish import exit_code, publish
    from koppeling_harness.workflow.review.status import StatusRequest
    from koppeling_harness.workflow.review.status import as_json as statuses

    request = StatusRequest(
        paths=paths,
        as_of=as_of.date() if as_of else None,
        policy=policy,
        runs=runs,
        releases=releases,
    )
    published = publish(request, out, clock=SystemClock(), language=Language(lang))
    for problem in published.problems:
        say(f"koppeling: {problem}", err=True)
    if as_json:
        say_json(statuses(published.judged.dossiers))
    else:
        count = len(published.judged.dossiers)
        say(f"{count} registrations: {published.folder / 'index.html'}")
    return exit_code(published)
