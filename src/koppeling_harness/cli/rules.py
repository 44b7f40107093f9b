"""`koppeling rules list`: the traffic rules."""

import click

from koppeling_harness.cli.say import say, say_json


@click.group()
def command() -> None:
    """Show the rules by which the traffic of an integration is judged."""


@command.command("list")
@click.option("--release", metavar="LABEL", help="Only rules that hold for it, e.g. 'Profit 8'.")
@click.option("--lang", type=click.Choice(["nl", "en"]), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_rules(release: str | None, lang: str, *, as_json: bool) -> None:
    """List the traffic rules. `koppeling explain CODE` tells more of one."""
    from koppeling_harness.document import dump_json
    from koppeling_harness.workflow.authoring.rules import rule_catalogue

    catalogue = rule_catalogue(release)
    if as_json:
        say_json(dump_json(catalogue, indent=1))
        return
    for rule in catalogue.rules:
        title = getattr(rule.title, lang)
        if rule.counts_from is not None:
            title += f" ({'vanaf' if lang == 'nl' else 'from'} {rule.counts_from:%d-%m-%Y})"
        level = "orange" if rule.orange else rule.level.value
        say(f"{rule.code:22} {level:12} {title}")
    say(f"catalogue {catalogue.version}: {len(catalogue.rules)} rules", err=True)
