"""What is to be certified."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from koppeling_harness.model.run import Shard
from koppeling_harness.model.run_journal import RunOrder
from koppeling_harness.rules.sharding import is_in_shard
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.store.run_journal import BrokenRun
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.run.rerun import Rerun

if TYPE_CHECKING:
    from koppeling_harness.hosting.real_erp import RealTarget


@dataclass(frozen=True, slots=True, kw_only=True)
class CertifyRequest:
    """What is to be certified.

    Attributes:
        plugins: Folders of integrations; each an integration's own or one that holds several.
        packs: Folders and files with scenarios.
        release: Label of the Profit release that ERP1 imitates.
        concurrency: Scenarios in flight at most.
        only: Ids of the integrations that are meant; all when empty.
        keyword: As pytest's `-k`.
        entry_points: Whether installed plugins count too.
        shard: The part of the run to carry out; all of it when None.
        retries: How often a scenario is repeated when the environment kept it from being judged.
        rerun: The run of which to repeat what did not pass.
        ids: By integration the ids of the scenarios that are meant; all when None.
        seed: What generated values follow from; chosen when None.
        keep_traffic: Whether what went over the wire is written too.
        isolated: Whether each integration in Python gets an environment of its own, also one
            whose manifest names no requirements.
        in_process: Whether hooks in Python run in this process, for a debugger.
        real: The real environment to run against; the emulated ERP1 when None.
        environment: Its name in the settings.
        resume: The run that was broken off, to go on with; None for a new one.
    """

    plugins: tuple[Path, ...]
    packs: tuple[Path, ...]
    release: str
    concurrency: int
    only: tuple[str, ...] = ()
    keyword: str = ""
    entry_points: bool = True
    shard: Shard | None = None
    retries: int = 0
    rerun: Rerun | None = None
    ids: Mapping[str, frozenset[str]] | None = None
    seed: int | None = None
    keep_traffic: bool = True
    isolated: bool = False
    in_process: bool = False
    real: "RealTarget | None" = None
    environment: str = ""
    resume: BrokenRun | None = None

    def order(self) -> RunOrder:
        """Return what is asked, to be asked again."""
        return RunOrder(
            plugins=tuple(map(str, self.plugins)),
            packs=tuple(map(str, self.packs)),
            release=self.release,
            concurrency=self.concurrency,
            only=self.only,
            keyword=self.keyword,
            entry_points=self.entry_points,
            shard=self.shard,
            retries=self.retries,
            rerun_of=self.rerun.earlier.run_id if self.rerun else "",
            environment=self.environment,
            keep_traffic=self.keep_traffic,
            isolated=self.isolated,
        )

    def selects(self, planned: PlannedScenario) -> bool:
        """Return whether a scenario is to be carried out."""
        integration, scenario = planned.manifest.id, planned.id
        return (
            (self.shard is None or is_in_shard(integration, scenario, self.shard))
            and (self.rerun is None or self.rerun.is_repeated(integration, scenario))
            and (self.ids is None or scenario in self.ids.get(integration, ()))
        )
