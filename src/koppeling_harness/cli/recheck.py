"""`koppeling recheck`: after an AFAS update, run what is necessary and say whose change it is."""

from pathlib import Path

import click

from koppeling_harness.cli import options
from koppeling_harness.cli.say import say_json, say_lines
from koppeling_harness.config.folders import REPORTS


@click.command()
@click.argument("integrations", nargs=-1, metavar="[INTEGRATION]...")
@options.plugins
@options.packs
@click.option(
    "--release",
    "releases",
    multiple=True,
    metavar="LABEL",
    help="Only this release; may be repeated. Default: previous, current and accept release.",
)
@click.option(
    "--env",
    "environments",
    multiple=True,
    metavar="NAME",
    help="A real environment of the settings, for the release that it runs; may be repeated.",
)
@click.option(
    "--certified",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    metavar="PATH",
    help="Folder with an integration as it was certified, or with several.",
)
@click.option(
    "--impact",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="What `koppeling updates impact --json` printed: only what it makes necessary is run.",
)
@click.option(
    "--changes",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="A change table of AFAS: only what it touches is run.",
)
@options.shard
@options.on
@options.cluster_tls
@options.concurrency
@click.option("--retries", type=click.IntRange(0, 5), default=1, show_default=True)
@click.option(
    "--reports",
    type=click.Path(path_type=Path),
    default=REPORTS,
    show_default=True,
    help="Where earlier runs are, and what is found is written.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the recheck, and nothing else.")
def command(
    integrations: tuple[str, ...],
    plugins: tuple[Path, ...],
    packs: tuple[Path, ...],
    releases: tuple[str, ...],
    environments: tuple[str, ...],
    certified: tuple[Path, ...],
    impact: Path | None,
    changes: Path | None,
    shard: str,
    on: str,
    cluster_tls: str,
    concurrency: int,
    retries: int,
    reports: Path,
    *,
    as_json: bool,
) -> int:
    """Run on the previous, current and accept release, and compare with the last verdict.

    For what is newly failing it says whose change it is: that of the integration, of Profit, of
    both, the environment, or that it cannot be told and what is missing. Accept is advisory. Exit
    code 16: nothing failed where it counts, but something differs.
    """
    if on and shard:
        message = "--on shares a recheck out itself: leave --shard out"
        raise click.UsageError(message)
    from koppeling_harness.cli.progress import RunProgress
    from koppeling_harness.clock import SystemClock
    from koppeling_harness.model.order import Order
    from koppeling_harness.workflow.cluster.connect import engine
    from koppeling_harness.workflow.recheck.necessity import necessities
    from koppeling_harness.workflow.recheck.recheck import RecheckRequest, recheck_and_write

    request = RecheckRequest(
        order=Order(
            plugins=tuple(map(str, plugins)),
            packs=tuple(map(str, packs)),
            release="",
            concurrency=concurrency,
            only=integrations,
            entry_points=not plugins,
            retries=retries,
            shard=options.parsed_shard(shard, "integration" if shard else None),
        ),
        reports=reports,
        releases=releases,
        certified=certified,
        environments=environments,
        impact=necessities(impact=impact, changes=changes, plugins=plugins, runs=reports),
    )
    with engine(on, cluster_tls) as elsewhere, RunProgress() as progress:
        done = recheck_and_write(
            request, clock=SystemClock(), observer=progress, elsewhere=elsewhere
        )
    if as_json:
        say_json(done.json)
    else:
        say_lines(done.text)
    return done.exit_code
