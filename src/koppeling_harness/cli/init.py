"""`koppeling init ID --runtime …` and `koppeling init ci KIND`: something to begin with."""

from pathlib import Path

import click

from koppeling_harness.cli.say import say

RUNTIMES = ("python", "node", "php", "dotnet", "http")
PIPELINES = ("github", "gitlab", "azure", "kubernetes")


@click.command()
@click.argument("name", metavar="ID|ci")
@click.argument("kind", required=False, metavar="[github|gitlab|azure|kubernetes]")
@click.option(
    "--runtime",
    type=click.Choice(RUNTIMES),
    help="What the integration is written in; `http`: a service.",
)
@click.option(
    "--classic", is_flag=True, help="Sign in by a classic token instead of OAuth, while that lives."
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to write. Default: a folder named ID; for ci, the current folder.",
)
@click.option(
    "--from",
    "source",
    default="",
    metavar="WHERE",
    help="With ci: the wheel, git+https://…@REF, or index that the program comes from.",
)
def command(
    name: str,
    kind: str | None,
    runtime: str | None,
    folder: Path | None,
    source: str,
    *,
    classic: bool,
) -> None:
    """Write a complete integration to begin with, or a CI pipeline.

    `koppeling init ID --runtime python` writes an integration that passes at once. `koppeling init
    ci github` writes a pipeline that certifies what is in plugins/, with a file that pins all that
    it installs. Nothing is ever overwritten. An integration signs in by OAuth; AFAS ends classic
    tokens, for which --classic is.
    """
    if name == "ci":
        if runtime is not None or classic:
            message = f"{'--runtime' if runtime else '--classic'} does not go with `ci`"
            raise click.UsageError(message)
        _pipelines(kind, folder or Path(), source)
    elif source:
        message = "--from goes with `ci` only"
        raise click.UsageError(message)
    else:
        _starter(name, kind, runtime, folder or Path(name), classic=classic)


def _pipelines(kind: str | None, folder: Path, source: str) -> None:
    from koppeling_harness.version import __version__
    from koppeling_harness.workflow.authoring.init import write_new
    from koppeling_harness.workflow.authoring.pipelines import (
        CONSTRAINTS,
        constraints,
        integrations_of,
        pipeline_files,
    )

    if kind not in PIPELINES:
        message = f"expected `koppeling init ci {'|'.join(PIPELINES)}`, found {kind or 'none'}"
        raise click.UsageError(message)
    files = pipeline_files(kind, folder, source=source)
    if not (folder / CONSTRAINTS).exists():  # those of another pipeline hold for this one too
        files[CONSTRAINTS] = constraints()
    for path in write_new(folder, files):
        say(f"wrote {path}")
    found = integrations_of(folder)
    for each in found.set_aside:
        say(f"what it needs is not known, nor installed: {each.where}: {each.problem}", err=True)
    if not found.integrations and not found.set_aside:
        say("there is no integration in plugins/ yet: the pipeline ends with 5 until there is one")
    if not source:
        say(
            f"it installs koppeling-harness {__version__} from your package index; where that does "
            "not have it, name a wheel, git+https://…@REFERENCE or an index with --from"
        )


def _starter(
    name: str, kind: str | None, runtime: str | None, folder: Path, *, classic: bool
) -> None:
    from koppeling_harness.clock import SystemClock
    from koppeling_harness.workflow.authoring.init import write_starter

    if kind is not None:
        message = f"found a second word, `{kind}`; it goes with `koppeling init ci` only"
        raise click.UsageError(message)
    if runtime is None:
        message = f"expected --runtime {'|'.join(RUNTIMES)}"
        raise click.UsageError(message)
    clock = SystemClock()
    for path in write_starter(name, runtime=runtime, folder=folder, clock=clock, classic=classic):
        say(f"wrote {path}")
    if runtime == "dotnet":
        say(f"build it first: dotnet build --configuration Release {folder}")
    say(f"try it: koppeling run --plugin {folder}")
