"""Shard that an integration or a scenario belongs to, the same on every machine."""

import hashlib
from collections.abc import Collection
from dataclasses import replace

from koppeling_harness.model.run import RunRecord, Shard, ShardBy


def cut(shard: Shard, integrations: Collection[str]) -> Shard:
    """Return a shard that says what it is cut by.

    Whole integrations are shared out where there are several, so that a machine needs the programs
    of its own alone and starts no other; of one integration the scenarios are.

    Args:
        shard: As it was asked for.
        integrations: The names of all that the run is about.
    """
    by: ShardBy = "integration" if len(integrations) > 1 else "scenario"
    return replace(shard, by=shard.by or by)


def has_part_of(shard: Shard | None, integration: str, integrations: Collection[str]) -> bool:
    """Return whether anything of an integration is for a shard.

    Whole integrations are dealt out in the order of their names, so that shards differ by one at
    most. Machines that do not have the same ones deal differently: `koppeling merge` tells.

    Args:
        shard: The shard; None for all of a run.
        integration: Its name.
        integrations: The names of all that the run is about.
    """
    if shard is None or shard.by != "integration":
        return True
    place = sorted({*integrations, integration}).index(integration)
    return place % shard.total == shard.index - 1


def own_part(record: RunRecord) -> RunRecord:
    """Return what a record tells of its own part: one by integration knows of the others as well.

    They stand in it so that `koppeling merge` can tell what did not come.
    """
    if record.shard is None or record.shard.by != "integration":
        return record
    names = [each.id for each in record.integrations]
    mine = (each for each in record.integrations if has_part_of(record.shard, each.id, names))
    return replace(record, integrations=tuple(mine))


def is_in_shard(
    integration: str, scenario: str, shard: Shard, integrations: Collection[str]
) -> bool:
    """Return whether a scenario of an integration is for a shard.

    By scenario it follows from the two ids alone, so adding or removing others moves nothing.

    Args:
        integration: Its id.
        scenario: `scenario` or `scenario[operation]`.
        shard: The shard.
        integrations: The names of all that the run is about.
    """
    if shard.by == "integration":
        return has_part_of(shard, integration, integrations)
    digest = hashlib.sha256(f"{integration}\0{scenario}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % shard.total == shard.index - 1
