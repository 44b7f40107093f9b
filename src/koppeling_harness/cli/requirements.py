"""`koppeling requirements list|changes`: what is asked of an integration, and since when."""

import click

from koppeling_harness.cli.say import say, say_json

_LANG = click.option("--lang", type=click.Choice(["nl", "en"]), default="en", show_default=True)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def command() -> None:
    """Show what is asked of an integration, which scenarios show it, and since when."""


@command.command("list")
@_LANG
@_JSON
def list_requirements(lang: str, *, as_json: bool) -> None:
    """List the requirements, with the scenarios that can witness each."""
    from koppeling_harness.document import dump_json
    from koppeling_harness.workflow.authoring.requirements import all_requirements

    found = all_requirements()
    if as_json:
        say_json(dump_json(found, indent=1))
        return
    for each in found.requirements:
        say(f"{each.id:27} {each.calls.value:7} {getattr(each.title, lang)}")
        say(f"{'':35} {', '.join(each.scenarios)}")
    say(f"{len(found.requirements)} requirements", err=True)


@command.command("changes")
@_LANG
@_JSON
def list_changes(lang: str, *, as_json: bool) -> None:
    """List what came after the first version, and from which day it counts."""
    from koppeling_harness.document import dump_json
    from koppeling_harness.workflow.authoring.requirements import all_changes, reach_in_words

    found = all_changes()
    if as_json:
        say_json(dump_json(found, indent=1))
        return
    for each in found.changes:
        words = getattr(reach_in_words(each.asked), lang)
        say(f"{each.asked.since}  {each.requirement.id:27} {words}")
    say(f"{len(found.changes)} changes", err=True)
