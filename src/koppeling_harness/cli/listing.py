"""`koppeling listing [PATH]…`: what partner site and Help Center should show."""

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
@click.option(
    "--now",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What both places show now: any text with IntegrationIds; shows the difference.",
)
@click.option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write it as a page too; without --now with the difference that registrations tell.",
)
@click.option(
    "--lang",
    type=click.Choice(["nl", "en"]),
    default="en",
    show_default=True,
    help="Of text and page.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else.")
def command(
    paths: tuple[Path, ...],
    as_of: datetime | None,
    policy: str,
    runs: Path,
    now: Path | None,
    html: Path | None,
    lang: str,
    *,
    as_json: bool,
) -> int:
    """Show what partner site and Help Center should list, by the registrations at PATH.

    What AFAS still has to decide is told apart. Exit code 0: nothing differs, or no --now was
    given; 16: something does; 10: a registration's file is wrong, and nothing is said of it.
    """
    from koppeling_harness.clock import SystemClock
    from koppeling_harness.report.texts import Language
    from koppeling_harness.workflow.review import listing
    from koppeling_harness.workflow.review.status import StatusRequest, judge_registrations

    request = StatusRequest(
        paths=paths, as_of=as_of.date() if as_of else None, policy=policy, runs=runs
    )
    judged = judge_registrations(request, clock=SystemClock())
    known = listing.entries(judged)
    found = listing.differences(known, now) if now is not None else ()
    for place in listing.left_out(judged):
        say(f"koppeling: {place}: has problems; nothing is said of it", err=True)
    if html is not None:
        listing.write_page(html, known, found, judged, language=Language(lang))
    if as_json:
        say_json(listing.as_json(known, found))
    else:
        say_lines(listing.as_text(known, found, Language(lang)))
    return listing.exit_code(judged, found)
