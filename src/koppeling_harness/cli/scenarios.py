"""`koppeling scenarios list|check|lock`: what is tested, if it is written well, what counts."""

import json
from pathlib import Path

import click

from koppeling_harness.cli.say import say, say_json

_PATHS = click.argument("paths", nargs=-1, type=click.Path(path_type=Path))


@click.group()
def command() -> None:
    """List, check and lock scenarios."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@_PATHS
def list_scenarios(*, as_json: bool, paths: tuple[Path, ...]) -> None:
    """List the scenarios in PATHS; without, those that a run would use."""
    from koppeling_harness.workflow.authoring.scenarios import as_plain, find

    found = find(paths)
    if as_json:
        say_json(json.dumps(as_plain(found), indent=2, ensure_ascii=False))
        return
    width = max(len(each.scenario) for each in found)
    for each in found:
        generic = f" (for each: {each.for_each})" if each.for_each else ""
        say(f"{each.scenario:{width}}  {each.level:13}  {each.title.en}{generic}")


@command.command("check")
@_PATHS
def check_scenarios(*, paths: tuple[Path, ...]) -> None:
    """Say everything that is wrong with the scenarios in PATHS; without, those of a run.

    Where the settings name a real environment, also where a scenario would not survive it: others
    use it too, and there it is inconclusive. That is no problem of the scenario.
    """
    from koppeling_harness.workflow.authoring.scenarios import check, not_shared

    found = check(paths)
    for scenario, problem in not_shared(found):
        say(f"not for a shared environment: {scenario.scenario}: {problem.render()}")
    say(f"{len(found)} scenarios, all in order")


@command.command("lock")
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--release", "releases", multiple=True, help="Only for this release; repeatable.")
def lock_scenarios(*, folder: Path | None, releases: tuple[str, ...]) -> None:
    """Write the list of required scenarios of FOLDER, scenarios.lock."""
    from koppeling_harness.workflow.authoring.scenarios import lock

    path, counts = lock(folder, releases)
    for label, count in counts.items():
        say(f"{label}: {count} required scenarios")
    say(f"written: {path}")
