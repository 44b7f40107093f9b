"""The order of a run: what is asked, in words that a file can hold."""

from collections.abc import Mapping

from koppeling_harness.model.run import Shard
from koppeling_harness.model.shape import OPEN
from koppeling_harness.value import dataclass

DEFAULT_CONCURRENCY = 16
"""Scenarios in flight at most, when nothing else is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is asked of a run, and how it is to go; the same order again asks for the same.

    What is found or made to carry it out is no part of it: integrations, the record of an earlier
    run, the token of a real environment, the clock.
    """

    __pydantic_config__ = OPEN

    plugins: tuple[str, ...] = ()
    """Folders of integrations; each an integration's own or one that holds several."""
    packs: tuple[str, ...] = ()
    """Folders and files with scenarios."""
    release: str
    """Label of the Profit release that ERP1 imitates."""
    concurrency: int
    """Scenarios in flight at most."""
    processes: int = 0
    """Processes that the engine's work is shared out to at most; as many as it is worth when 0."""
    only: tuple[str, ...] = ()
    """Ids of the integrations that are meant; all when empty."""
    keyword: str = ""
    """As pytest's `-k`."""
    entry_points: bool = True
    """Whether installed plugins count too."""
    shard: Shard | None = None
    """The part of the run to carry out; all of it when None."""
    scenarios: Mapping[str, tuple[str, ...]] | None = None
    """By integration the ids of the scenarios that are meant; all when None."""
    retries: int = 0
    """How often a scenario is repeated when the environment kept it from being judged."""
    rerun_of: str = ""
    """The run of which to repeat what did not pass: its id, or its folder."""
    environment: str = ""
    """Name of a real environment in the settings; empty for the emulated ERP1."""
    seed: int | None = None
    """What generated values follow from; chosen when None."""
    keep_traffic: bool = True
    """Whether what goes over the wire is written too."""
    isolated: bool = False
    """Whether each integration in Python gets an environment of its own, also one whose manifest
    names no requirements."""
    decisions: tuple[str, ...] = ()
    """Files of AFAS's decisions, whose waivers count."""
    in_process: bool = False
    """Whether hooks in Python run in this process, for a debugger."""
    imports: tuple[str, ...] = ()
    """Files with connectors that ERP1 has beside its own, for every integration."""
    sandbox: bool = False
    """Whether each process of an integration is kept within walls; Linux."""
    environ_allowed: tuple[str, ...] = ()
    """Variables of this machine that manifests may ask for."""
    allow_missing: tuple[str, ...] = ()
    """Programs whose absence is known: what needs one may be set aside."""
