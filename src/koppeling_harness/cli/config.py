"""`koppeling config show`: the settings as they hold."""

from pathlib import Path

import click

from koppeling_harness.cli.say import say, say_json


@click.group()
def command() -> None:
    """Show the settings of the project."""


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(*, as_json: bool) -> None:
    """Show every setting as it holds, and where it comes from. Secrets are masked."""
    import dataclasses
    import json

    from koppeling_harness.workflow.environment.settings import effective_settings

    found = effective_settings(Path())
    if as_json:
        plain = {"settings": [dataclasses.asdict(each) for each in found]}
        say_json(json.dumps(plain, ensure_ascii=False, indent=1))
        return
    width = max(len(each.key) for each in found)
    for each in found:
        value = "-" if each.value is None or each.value == [] else each.value
        say(f"{each.key:{width}}  {value}  ({each.origin})")
