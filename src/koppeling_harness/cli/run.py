"""`koppeling run`: certify integrations against ERP1."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from koppeling_harness.cli import options
from koppeling_harness.cli.say import say, say_json, say_lines
from koppeling_harness.config.folders import REPORTS

if TYPE_CHECKING:
    from koppeling_harness.model.run import ShardBy


@click.command()
@click.argument("integrations", nargs=-1, metavar="[INTEGRATION]...")
@options.plugins
@options.packs
@click.option(
    "--release",
    "releases",
    multiple=True,
    metavar="LABEL",
    help="Profit release of ERP1; repeatable. Default: every release of the settings.",
)
@options.concurrency
@options.processes
@click.option("-k", "keyword", default="", metavar="EXPRESSION", help="Only scenarios that match.")
@click.option(
    "--reports",
    type=click.Path(path_type=Path),
    default=REPORTS,
    show_default=True,
    help="Where reports are written.",
)
@options.shard
@options.shard_by
@options.on
@options.cluster_tls
@click.option(
    "--rerun-failed",
    default="",
    metavar="RUN",
    help="Repeat what did not pass in a run: its id, or its folder.",
)
@click.option(
    "--env",
    "environment",
    default="",
    metavar="NAME",
    help="A real environment of the settings, instead of the emulated ERP1.",
)
@click.option(
    "--decisions",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="AFAS's decisions about an integration: its waivers count. May be repeated.",
)
@click.option("--resume", default="", metavar="RUN", help="Go on with a run that was broken off.")
@click.option(
    "--retries",
    type=click.IntRange(0, 5),
    default=1,
    show_default=True,
    help="Repeats of what the environment kept from a verdict; passed on retry is not passed.",
)
@click.option(
    "--isolated", is_flag=True, help="Give every integration in Python an environment of its own."
)
@click.option(
    "--sandbox",
    is_flag=True,
    help="Keep each integration within walls: own files, own door, nothing else. Linux.",
)
@click.option(
    "--in-process", is_flag=True, help="For a debugger: hooks in this process, without limits."
)
@click.option(
    "--allow-missing",
    "allow_missing",
    multiple=True,
    metavar="PROGRAM",
    help="Known not to be here: what needs it is set aside, and no more; repeatable.",
)
@click.option(
    "--allow-environ",
    "environ_allowed",
    multiple=True,
    metavar="NAME",
    help="A variable of this machine that a manifest may ask for; repeatable.",
)
@click.option("--seed", type=int, default=None, help="What generated values follow from.")
@click.option(
    "--traffic/--no-traffic",
    default=True,
    show_default=True,
    help="Keep what went over the wire, redacted, as HAR beside the report.",
)
@click.option(
    "--junit",
    type=click.Choice(["strict", "pytest"]),
    default="strict",
    show_default=True,
    help="What junit.xml looks like: what Jenkins validates, or what pytest writes.",
)
@click.option("--sign", is_flag=True, help="Sign the evidence when the run is over.")
@options.key
@options.keyring
@click.option("--watch", is_flag=True, help="Run again what each saved file touches, until Ctrl-C.")
@click.option("--verbose", is_flag=True, help="Say on stderr where the time went as well.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print the record of each run, and nothing else."
)
def command(
    integrations: tuple[str, ...],
    plugins: tuple[Path, ...],
    packs: tuple[Path, ...],
    releases: tuple[str, ...],
    concurrency: int,
    processes: int | None,
    keyword: str,
    reports: Path,
    shard: str,
    shard_by: "ShardBy | None",
    on: str,
    cluster_tls: str,
    rerun_failed: str,
    environment: str,
    decisions: tuple[Path, ...],
    resume: str,
    retries: int,
    allow_missing: tuple[str, ...],
    environ_allowed: tuple[str, ...],
    junit: str,
    key: Path | None,
    keyring: str,
    *,
    sign: bool,
    seed: int | None,
    traffic: bool,
    isolated: bool,
    in_process: bool,
    sandbox: bool,
    watch: bool,
    verbose: bool,
    as_json: bool,
) -> int:
    """Certify the integrations against ERP1 and write the report.

    Name integrations to certify only those. Exit code 0: every required scenario was executed and
    passed; 1: an integration failed; other codes: `koppeling explain`.
    """
    from koppeling_harness.cli.progress import RunProgress
    from koppeling_harness.clock import SystemClock
    from koppeling_harness.errors import ExitCode
    from koppeling_harness.model.order import Order
    from koppeling_harness.workflow.cluster.connect import engine
    from koppeling_harness.workflow.run.run import run_and_write

    if not plugins:
        packs, reports = _from_project(packs, reports)
    order = Order(
        plugins=tuple(map(str, plugins)),
        packs=tuple(map(str, packs)),
        release=releases[-1] if releases else "",
        concurrency=concurrency,
        processes=processes or 0,
        only=integrations,
        keyword=keyword,
        entry_points=not plugins,
        shard=options.parsed_shard(shard, shard_by),
        retries=retries,
        rerun_of=rerun_failed,
        environment=environment,
        seed=seed,
        keep_traffic=traffic,
        isolated=isolated,
        in_process=in_process,
        sandbox=sandbox,
        decisions=tuple(map(str, decisions)),
        allow_missing=allow_missing,
        environ_allowed=environ_allowed,
    )
    if on and (shard or in_process):
        message = (
            "--on shares a run out itself, among processes: leave --shard and --in-process out"
        )
        raise click.UsageError(message)
    if sandbox and in_process:
        message = "--in-process has no walls: leave it or --sandbox away"
        raise click.UsageError(message)
    if watch:
        one = keyword or shard or rerun_failed or in_process or sandbox or as_json or verbose or on
        if one or len(releases) > 1:
            message = (
                "--watch takes integrations, --plugin, --scenarios, one --release and --isolated"
            )
            raise click.UsageError(message)
        from koppeling_harness.workflow.run.run_on_save import watch_and_run

        watch_and_run(order, clock=SystemClock(), tell=say_lines)
        return ExitCode.INTERRUPTED
    if resume:
        from koppeling_harness.workflow.run.continuation import refuse_beside_resume

        refuse_beside_resume(
            {
                "INTEGRATION": integrations,
                "--plugin": plugins,
                "--scenarios": packs,
                "-k": keyword,
                "--shard": shard,
                "--rerun-failed": rerun_failed,
                "--env": environment,
                "--decisions": decisions,
            }
        )
    signing = None
    if sign or key or keyring:
        from koppeling_harness.workflow.evidence.keys import find_key

        signing = find_key(key, keyring)  # what is wrong with it is told before anything is run
    with engine(on, cluster_tls) as elsewhere, RunProgress() as progress:
        done = run_and_write(
            order,
            reports,
            clock=SystemClock(),
            observer=progress,
            releases=releases,
            resume=resume,
            junit=junit,
            key=signing,
            elsewhere=elsewhere,
        )
    if as_json:
        say_json(done.json)
    else:
        say_lines(done.text)
    if verbose:
        say(done.details, err=True)
    return done.exit_code


def _from_project(packs: tuple[Path, ...], reports: Path) -> tuple[tuple[Path, ...], Path]:
    """Work in the project that this folder is a part of; paths stay what they are."""
    from koppeling_harness.config.folders import project_above

    project = project_above()
    if project is None:
        return packs, reports
    packs = tuple(each.absolute() for each in packs)
    reports = reports if reports == REPORTS else reports.absolute()
    say(f"project: {project}", err=True)
    os.chdir(project)
    return packs, reports
