"""`koppeling intake PATH…`: verify, sort and file the packs that partners sent."""

import json
from pathlib import Path

import click

from koppeling_harness.cli import options
from koppeling_harness.cli.say import say_json, say_lines
from koppeling_harness.errors import ExitCode


@click.command()
@click.argument(
    "paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path)
)
@click.option(
    "--into",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Where accepted packs are filed. Default: reports/received.",
)
@options.signers
@options.revoked
@options.tsa
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would become of each.")
@click.option(
    "--lang",
    type=click.Choice(["nl", "en"]),
    default="en",
    show_default=True,
    help="Language of the text; what is to be sent back is in both.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else.")
def command(
    *,
    paths: tuple[Path, ...],
    into: Path | None,
    signers: Path | None,
    revoked: Path | None,
    tsa: Path | None,
    dry_run: bool,
    lang: str,
    as_json: bool,
) -> int:
    """Verify packs, sort them, and file those that are accepted by integration and release.

    PATH is a pack, or a folder with packs. Exit code 0: all are accepted, or were here already; 15:
    one is to be returned, with a text to send, or is a question for you.
    """
    from koppeling_harness.clock import SystemClock
    from koppeling_harness.model.intake import Sorted
    from koppeling_harness.report.evidence_text import intake_lines, intake_plain
    from koppeling_harness.workflow.evidence import intake

    taken = []
    try:
        for each in intake.take_in(
            intake.packs_meant(paths),
            clock=SystemClock(),
            into=into or intake.INTO,
            signers=signers,
            revoked=revoked,
            tsa=tsa,
            dry_run=dry_run,
        ):
            taken.append(each)
            if not as_json:
                say_lines("\n".join(intake_lines(each, lang=lang)))
    finally:  # what was filed before something broke is told all the same
        if as_json and taken:
            say_json(json.dumps(intake_plain(taken), indent=1, ensure_ascii=False))
    fine = {Sorted.ACCEPTED, Sorted.HERE_ALREADY}
    return ExitCode.PASSED if {each.sorted for each in taken} <= fine else ExitCode.VERIFICATION
