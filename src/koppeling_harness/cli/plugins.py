"""`koppeling plugins list|check`: what integrations there are, and whether they can be loaded."""

import json
from pathlib import Path

import click

from koppeling_harness.cli.say import say, say_json
from koppeling_harness.config.folders import folder_of_integration, places_of_integrations


@click.group()
def command() -> None:
    """List and check integrations."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with the whole manifests.")
@click.option(
    "--plugin",
    "--plugins",
    "plugins",
    type=click.Path(path_type=Path),
    default=None,
    help="A plugin's folder, or a folder of plugins. Default: plugins, or this one.",
)
def list_plugins(*, as_json: bool, plugins: Path | None) -> None:
    """List the integrations in a folder and in installed packages."""
    from koppeling_harness.workflow.authoring.plugins import as_plain, find

    plugins = folder_of_integration(plugins or places_of_integrations()[0])
    found = find([plugins] if plugins.exists() else [])
    if as_json:
        say_json(json.dumps(as_plain(found), indent=2, ensure_ascii=False))
        return
    for each in found.integrations:
        manifest = each.manifest
        say(f"{manifest.id} {manifest.version}  {manifest.title.en} ({manifest.partner.name})")
        for operation in manifest.operations:
            say(f"    {operation.name}: {operation.title.en}")
    for refused in found.set_aside:
        say(f"{refused.name}  set aside: {refused.problem}", err=True)
        if refused.hint:
            say(f"    hint: {refused.hint}", err=True)
    if not found.integrations and not found.set_aside:
        say(f"no integrations in {plugins}", err=True)


@command.command("check")
@click.argument("path", type=click.Path(path_type=Path), required=False)
def check_plugins(path: Path | None) -> None:
    """Read the manifests in PATH, start each integration, and try what it must be able to."""
    from koppeling_harness.workflow.authoring.plugins import check, require_all

    checked = check(folder_of_integration(path or places_of_integrations()[0]))
    for each in checked:
        say(f"{each.name}: {each.problem or 'in order'}", err=bool(each.problem))
        for one in each.checks:
            say(f"    {'ok' if one.is_ok else 'FAILED'}: {one.what}", err=not one.is_ok)
            if not one.is_ok:
                say(f"        found:    {one.found}", err=True)
                say(f"        expected: {one.expected}", err=True)
                say(f"        remedy:   {one.remedy}", err=True)
        if each.hint:
            say(f"    hint: {each.hint}", err=True)
    require_all(checked)
