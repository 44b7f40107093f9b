"""`koppeling erp1`: serve an emulated ERP1, and what belongs to it."""

from pathlib import Path
from typing import Any

import click

from koppeling_harness.cli import options
from koppeling_harness.cli.say import say, say_credentials, say_json

_FILE = click.Path(path_type=Path)


@click.group()
def command() -> None:
    """Serve an emulated ERP1, and what belongs to it."""


@command.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Default: a free one.")
@options.release
@click.option("--latency-ms", type=click.IntRange(0), default=0, help="Added to every answer.")
@click.option("--rows", type=click.IntRange(0), default=10_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Of the demo company.")
@click.option("--import", "imports", multiple=True, type=_FILE, metavar="FILE")
@click.option("--state", type=_FILE, metavar="FILE", help="Keeps the data over restarts.")
@click.option("--quirk", "quirks", multiple=True, metavar="NAME=VALUE")
@click.option("--now", metavar="DATE", help="The day that it is, such as 2027-05-01.")
@click.option("--commands", is_flag=True, help="Take commands from standard input; try help.")
@click.option("--quiet", is_flag=True, help="Do not tell why requests are refused.")
@click.option("--tls", is_flag=True, help="HTTPS, with a certificate made for this run.")
@click.option("--ca-out", type=_FILE, metavar="FILE", help="Write the authority of --tls.")
@click.option("--client-ca", type=_FILE, metavar="FILE", help="Ask clients for a certificate.")
def serve(
    *,
    imports: tuple[Path, ...],
    quirks: tuple[str, ...],
    now: str | None,
    commands: bool,
    quiet: bool,
    **options: Any,
) -> None:
    """Serve one environment until Ctrl-C.

    The first line is JSON with base_url, token, token_base64, release, version and environment;
    once it is there, requests are answered. Why one is refused is told on standard error.
    --import takes OpenAPI files of AFAS, snapshots, and YAML with own GetConnectors, custom fields,
    an app connector, receivers of webhooks.
    """
    import sys

    from koppeling_harness.workflow.authoring.erp1 import (
        ServeOptions,
        moment,
        quirk_settings,
        serve_environment,
    )

    serve_environment(
        ServeOptions(
            quirks=quirk_settings(quirks),
            now=None if now is None else moment(now),
            commands=sys.stdin if commands else None,
            refusals=not quiet,
            **options,
        ),
        imports,
        announce=say_credentials,
        warn=lambda line: say(line, err=True),
    )


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def quirks(*, as_json: bool) -> None:
    """List every switch with its values (the default first) and its source."""
    import json

    from koppeling_harness.workflow.authoring.erp1 import quirks as every

    if as_json:
        say_json(json.dumps(every(), indent=1))
        return
    for each in every():
        say(f"{each['name']} = {' | '.join(each['values'])}")
        say(f"    {each['description']}\n    source: {each['source']}")
        seen = each["seen"]
        when = f"{seen['day']}, {seen['release']}: {seen['value']}" if seen else "never"
        how = f"probe {each['probe']}" if each["probe"] else f"no probe: {each['needs']}"
        say(f"    seen at AFAS: {when} ({how})")


@command.command()
@click.option("--json", "as_json", is_flag=True)
def gaps(*, as_json: bool) -> None:
    """List what ERP1 does not imitate though a source speaks of it."""
    import json

    from koppeling_harness.workflow.authoring.erp1 import gaps as every

    if as_json:
        say_json(json.dumps(every(), indent=1, ensure_ascii=False))
        return
    for each in every():
        say(f"{each['of']}: {each['what']}\n    source: {each['source']}")


@command.command()
@click.argument("names", nargs=-1, metavar="[CONNECTOR]...")
@click.option("--import", "imports", multiple=True, type=_FILE, metavar="FILE")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with every field.")
def connectors(*, names: tuple[str, ...], imports: tuple[Path, ...], as_json: bool) -> None:
    """List the connectors that ERP1 has, and the fields of those that are named.

    GetConnectors may be named in `copy_of`. Those of [erp1] imports in the settings are among them.
    """
    import json

    from koppeling_harness.document import to_plain
    from koppeling_harness.workflow.authoring.erp1 import connectors as every

    found = every(names, imports)
    if as_json:
        say_json(json.dumps([to_plain(each) for each in found], indent=1, ensure_ascii=False))
        return
    for each in found:
        say(f"{each.kind:6}  {each.id}  {each.description}")
        if names:
            for name, kind in each.fields.items():
                say(f"            {name}  {kind}")
            for name, kind in each.more.items():
                say(f"            {name}  {kind}  (in an own copy only)")


@command.command()
@click.option("--import", "imports", multiple=True, type=_FILE, metavar="FILE")
@click.option("--release", default="Profit 8", show_default=True)
@click.option("--out", type=_FILE, help="Default: standard output.")
def openapi(imports: tuple[Path, ...], release: str, out: Path | None) -> None:
    """Write the OpenAPI document of what ERP1 serves, for tools that work from one."""
    from koppeling_harness.workflow.authoring.erp1 import openapi_text

    text = openapi_text(imports, release)
    if out is None:
        say_json(text)
        return
    out.write_text(text + "\n", encoding="utf-8")
    say(f"wrote {out}")


@command.command()
@click.option("--state", type=_FILE, metavar="FILE", required=True)
@click.option("--rows", type=click.IntRange(0), default=10_000, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Of the demo company.")
def reset(state: Path, rows: int, seed: int) -> None:
    """Put the demo company back in a file of --state; its id and tokens stay."""
    from koppeling_harness.workflow.authoring.erp1 import reset_state

    reset_state(state, rows=rows, seed=seed)
    say(f"{state}: the demo company is back")


@command.command("import")
@click.argument("files", nargs=-1, required=True, type=_FILE, metavar="FILE...")
@click.option("--out", type=_FILE, help="Write what was understood, for serve --import.")
def import_(files: tuple[Path, ...], out: Path | None) -> None:
    """Check which connectors the files hold; what is not understood is listed."""
    from koppeling_harness.workflow.authoring.erp1 import catalogue, read_imports, report_lines

    report = read_imports(files)
    if out is not None:
        out.write_text(catalogue(report), encoding="utf-8")
    for line in report_lines(report):
        say(line)


@command.command()
@click.option("--env", "name", metavar="NAME", help="An environment of the settings.")
@click.option("--url", help="Base URL of a test or accept environment, instead of --env.")
@click.option("--out", required=True, type=_FILE)
def snapshot(name: str | None, url: str | None, out: Path) -> None:
    """Save the metainfo of a live environment, for serve --import.

    With --env it signs in as the settings say, by OAuth or by a token. With --url the token's XML
    is taken from the environment variable AFAS_TOKEN.
    """
    from koppeling_harness.clock import SystemClock
    from koppeling_harness.workflow.authoring.erp1 import take_snapshot
    from koppeling_harness.workflow.updates.environment_look import snapshot_of_environment

    if (name is None) == (url is None):
        message = "expected either --env or --url"
        raise click.UsageError(message)
    if name is not None:
        text = snapshot_of_environment(name, Path(), clock=SystemClock())
    else:
        text = take_snapshot(url or "")
    out.write_text(text, encoding="utf-8")
    say(f"wrote {out}")
