"""`koppeling explain [CODE]`: what a finding, error or exit code means."""

import click

from koppeling_harness.cli.say import say, say_json, say_lines


@click.command()
@click.argument("code", required=False)
@click.option("--lang", type=click.Choice(["nl", "en"]), default="en", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(code: str | None, lang: str, *, as_json: bool) -> None:
    """Explain a CODE: of a finding, of an error, or an exit code. Without CODE: list them."""
    from koppeling_harness.document import dump_json
    from koppeling_harness.workflow.authoring.explain import explain, explanations

    if code is not None:
        found = explain(code)
        if as_json:
            say_json(dump_json(found, indent=1))
        else:
            say_lines(found.render(lang))
        return
    every = explanations().values()
    if as_json:
        say_json("[" + ",\n".join(dump_json(each) for each in every) + "]")
        return
    for each in every:
        say(f"{each.code:24} {getattr(each.title, lang)}")
