"""`koppeling schema NAME`: print the JSON Schema of a file format."""

import json

import click

from koppeling_harness.cli.say import say_json

NAMES = (
    "plugin",
    "stdio-protocol",
    "scenario",
    "definition",
    "environment",
    "registration",
    "decisions",
    "partner",
    "errata",
    "run",
    "runs",
    "status",
    "recheck",
    "snapshot",
    "changes",
    "impact",
    "evidence",
    "deadlines",
    "parity",
    "parity-pair",
)


@click.command()
@click.argument("name", type=click.Choice(NAMES))
def command(name: str) -> None:
    """Print the JSON Schema (draft 2020-12) of a file format."""
    from koppeling_harness.workflow.authoring.schemas import schema

    say_json(json.dumps(schema(name), indent=2, ensure_ascii=False))
