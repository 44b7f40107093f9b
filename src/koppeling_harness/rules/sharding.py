"""Shard that a scenario belongs to: the same one whatever else is in the run."""

import hashlib

from koppeling_harness.model.run import Shard


def is_in_shard(integration: str, scenario: str, shard: Shard) -> bool:
    """Return whether a scenario of an integration is for a shard.

    It follows from the two ids alone, so adding or removing others moves nothing.

    Args:
        integration: Its id.
        scenario: `scenario` or `scenario[operation]`.
        shard: The shard.
    """
    digest = hashlib.sha256(f"{integration}\0{scenario}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % shard.total == shard.index - 1
