"""The way of every text to the terminal: shown, never obeyed, and no secret in it.

Nothing that a partner wrote begins a line, moves the cursor, or is taken for a command by a CI
system: `report.clean` writes it out. A token that somebody wrote into a title is replaced, as in
every file.
"""

import functools
import json
from typing import TYPE_CHECKING

import click

from koppeling_harness.report.clean import for_html, for_json, for_terminal

if TYPE_CHECKING:
    from koppeling_harness.traffic.redactor import Redactor

_INDENT = "    "
_TOKEN_AT_LEAST = 39
"""Characters of the shortest token, `<data>` with 32 digits and `<`: less is not looked at."""


def say(text: object, *, err: bool = False) -> None:
    """Say one thing. Lines after its first are indented: they may be anybody's.

    Args:
        text: What is said.
        err: Whether it goes to stderr.
    """
    first, *others = for_terminal(_without_secrets(str(text))).split("\n")
    lines = [each if each.startswith(_INDENT) else f"{_INDENT}{each}" for each in others]
    click.echo("\n".join([first, *lines]), err=err)


def say_lines(text: str, *, err: bool = False) -> None:
    """Say what is laid out in lines already, text of others within them (`report.one_line`).

    Args:
        text: The lines.
        err: Whether it goes to stderr.
    """
    click.echo(for_terminal(_without_secrets(text)), err=err)


def say_json(text: str) -> None:
    """Say JSON, with characters that a terminal would obey escaped."""
    if _without_secrets(text) != text:
        text = json.dumps(_cleaned(json.loads(text)), ensure_ascii=False, indent=1)
    click.echo(for_json(text))


def say_html(page: str) -> None:
    """Say a page, which has escaped what others wrote, and replaced secrets in it, already."""
    click.echo(for_html(page))


def say_credentials(text: str) -> None:
    """Say JSON that is meant to hold a token: that of an ERP1 which is served here."""
    click.echo(for_json(text))


def _without_secrets(text: str) -> str:
    if len(text) < _TOKEN_AT_LEAST:  # most lines; what knows tokens takes a moment to import
        return text
    return _redactor().secrets(text)


def _cleaned(value: object) -> object:
    from koppeling_harness.workflow.secret_search import without_secrets

    return without_secrets(value, _redactor())[0]


@functools.cache
def _redactor() -> "Redactor":
    import secrets

    from koppeling_harness.traffic.redactor import Redactor

    return Redactor(secrets.token_bytes(32))  # it knows tokens by their form only
