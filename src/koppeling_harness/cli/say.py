"""The way of every text to the terminal: shown, never obeyed.

Nothing that a partner wrote begins a line, moves the cursor, or is taken for a command by a CI
system: `report.clean` writes it out.
"""

import click

from koppeling_harness.report.clean import for_json, for_terminal

_INDENT = "    "


def say(text: object, *, err: bool = False) -> None:
    """Say one thing. Lines after its first are indented: they may be anybody's.

    Args:
        text: What is said.
        err: Whether it goes to stderr.
    """
    first, *others = for_terminal(str(text)).split("\n")
    lines = [each if each.startswith(_INDENT) else f"{_INDENT}{each}" for each in others]
    click.echo("\n".join([first, *lines]), err=err)


def say_lines(text: str, *, err: bool = False) -> None:
    """Say what is laid out in lines already, text of others within them (`report.one_line`).

    Args:
        text: The lines.
        err: Whether it goes to stderr.
    """
    click.echo(for_terminal(text), err=err)


def say_json(text: str) -> None:
    """Say JSON, with characters that a terminal would obey escaped."""
    click.echo(for_json(text))
