"""Options that mean the same wherever a command takes them."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from koppeling_harness.config.folders import REPORTS, folder_of_integration
from koppeling_harness.model.order import DEFAULT_CONCURRENCY

if TYPE_CHECKING:
    from koppeling_harness.model.run import Shard, ShardBy


def _folders(_context: object, _option: object, paths: tuple[Path, ...]) -> tuple[Path, ...]:
    return tuple(map(folder_of_integration, paths))


plugins = click.option(
    "--plugin",
    "plugins",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PATH",
    callback=_folders,
    help="Folder of an integration, or of several. Default: plugins.",
)

packs = click.option(
    "--scenarios",
    "packs",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Folder or file with scenarios. Default: scenarios here, else the shipped packs.",
)

runs = click.option(
    "--runs",
    type=click.Path(path_type=Path),
    default=REPORTS,
    show_default=True,
    help="A folder with run records below it.",
)

as_of = click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="The day it is about, such as 2026-11-24. Default: today in Amsterdam.",
)

policy = click.option(
    "--policy", default="", metavar="NAME", help="sla (default), auditor, or your own."
)

releases = click.option(
    "--releases",
    default="",
    metavar="ROLES",
    help='Such as "previous=Profit 7,current=Profit 8,accept=Profit 9". Default: the settings.',
)

release = click.option(
    "--release",
    default="",
    metavar="LABEL",
    help="Profit release of ERP1. Default: the current one of the settings.",
)

concurrency = click.option(
    "--concurrency",
    type=click.IntRange(1, 256),
    default=DEFAULT_CONCURRENCY,
    show_default=True,
    help="Scenarios in flight at most.",
)

processes = click.option(
    "--processes",
    type=click.IntRange(1, 64),
    metavar="N",
    help="Engine processes at most. Default: one per two cores, where there is enough to do.",
)

signers = click.option(
    "--signers",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Registered keys, as OpenSSH's allowed_signers. Default: [review] signers.",
)

tsa = click.option(
    "--tsa",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Certificates of who may stamp the time, in PEM. Default: [review] tsa.",
)

revoked = click.option(
    "--revoked",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Revoked keys: a KRL, or public keys. Default: [review] revoked.",
)

key = click.option(
    "--key",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The private key to sign with. Default: what KOPPELING_EVIDENCE_KEY holds.",
)

keyring = click.option(
    "--keyring", default="", metavar="NAME", help="The private key to sign with, in the keyring."
)

shard = click.option(
    "--shard",
    default="",
    metavar="I/N",
    help="Only this part, or `auto` for what the CI system says; join with `merge`.",
)

shard_by = click.option(
    "--by",
    "shard_by",
    type=click.Choice(["integration", "scenario"]),
    default=None,
    help="What --shard shares out. Default: integrations, or scenarios where there is but one.",
)


on = click.option(
    "--on",
    default="",
    metavar="ENGINE",
    help="Carry it out on dask://HOST:PORT, or on local:N workers of this machine.",
)

cluster_tls = click.option(
    "--cluster-tls",
    default="",
    metavar="CA,CERT,KEY",
    help="Files in PEM with which the engine and this machine know each other.",
)


def parsed_shard(text: str, by: "ShardBy | None") -> "Shard | None":
    """Return the shard that `--shard` and `--by` name; None without.

    Raises:
        UsageError: It is no shard.
    """
    if not text:
        if by:
            message = "--by says what --shard shares out: give --shard as well"
            raise click.UsageError(message)
        return None
    from koppeling_harness.workflow.run.shards import parse_shard

    return parse_shard(text, by=by, environ=os.environ)
