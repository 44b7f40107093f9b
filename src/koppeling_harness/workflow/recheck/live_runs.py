"""Run versions of an integration on a release here, each thing once."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from koppeling_harness.clock import Clock
from koppeling_harness.emulator.releases import RELEASES
from koppeling_harness.errors import HarnessError
from koppeling_harness.model.order import Order
from koppeling_harness.model.recheck import Basis, Cell
from koppeling_harness.model.run import ErpInfo, ScenarioResult
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import ErpKind
from koppeling_harness.plugin.discover import discover
from koppeling_harness.rules.verdict import result_id
from koppeling_harness.workflow.recheck.current_integrations import Present, Wanted
from koppeling_harness.workflow.recheck.history import Earlier
from koppeling_harness.workflow.run.certify import certify
from koppeling_harness.workflow.run.one_run import Elsewhere
from koppeling_harness.workflow.run.prepared_order import PreparedOrder
from koppeling_harness.workflow.run.releases import why_not_available

_Results = dict[str, ScenarioResult | None]
"""By `scenario` or `scenario[operation]`; None when there was nothing to carry out."""


class LiveRuns:
    """Runs what is asked for and not known yet.

    Args:
        order: How to run: packs, concurrency and retries.
        real: How to run on releases that real environments have, by label; on others ERP1 is
            emulated.
        certified: Folders with integrations as they were certified.
        clock: Tells the time.
        elsewhere: Carries it out; this machine does when None.
    """

    def __init__(
        self,
        order: Order,
        real: Mapping[str, PreparedOrder],
        certified: Sequence[Path],
        *,
        clock: Clock,
        elsewhere: Elsewhere | None = None,
    ) -> None:
        self._order = order
        self._real = real
        self._clock = clock
        self._elsewhere = elsewhere
        self._certified = discover(certified, entry_points=False) if certified else None
        self._runs: dict[tuple[Path, str], tuple[str, _Results]] = {}

    def certified_digest(self, integration: str) -> str:
        """Return the digest of an integration as it was certified; empty when it is not here."""
        here = self._certified.integrations if self._certified else ()
        return next((each.digest for each in here if each.manifest.id == integration), "")

    def add(self, present: Present) -> None:
        """Note what was carried out already."""
        release = present.run.erp.label
        self._runs[present.integration.folder, release] = (
            present.run.run_id,
            {**present.results},
        )

    def prepare(self, wanted: Sequence[Wanted]) -> None:
        """Run the certified versions that will be asked for, all of a release at once.

        What cannot be run like this is run when it is asked for, which tells why.
        """
        by_release: dict[str, dict[Path, set[str]]] = {}
        for each in wanted:
            for erp in (each.earlier.run.erp, each.present.run.erp):
                folder = self._certified_folder(each.earlier, erp)
                if folder is not None and (folder, erp.label) not in self._runs:
                    by_release.setdefault(erp.label, {}).setdefault(folder, set()).update(
                        each.scenarios
                    )
        for release, folders in by_release.items():
            with contextlib.suppress(HarnessError):
                self._run(folders, release)

    def present(self, scenario: str, wanted: Wanted, erp: ErpInfo) -> Cell:
        """Return what the present version does there; ask `why_not` first."""
        return self._cell(scenario, wanted, wanted.present.integration.folder, erp)

    def certified(self, scenario: str, wanted: Wanted, erp: ErpInfo) -> Cell | None:
        """Return what the certified version does there; None when it cannot be run here."""
        folder = self._certified_folder(wanted.earlier, erp)
        return None if folder is None else self._cell(scenario, wanted, folder, erp)

    def why_not(self, erp: ErpInfo) -> Text | None:
        """Return why nothing can be run now on what a run was against; None when it can."""
        real = self._real.get(erp.label)
        if real is not None and real.real is not None:
            version = real.real.facts.release.version
        else:
            unavailable = why_not_available(erp.label, tuple(map(Path, self._order.packs)))
            if unavailable is not None:
                return unavailable
            version = RELEASES[erp.label].release.version
        # the emulator's own patch number says nothing; that of a real environment does
        if erp.kind is ErpKind.ENVIRONMENT and erp.version not in {"", version}:
            return Text(
                nl=f"{erp.label} is hier {version} en was toen {erp.version}",
                en=f"{erp.label} is {version} here and was {erp.version} then",
            )
        return None

    def _certified_folder(self, earlier: Earlier, erp: ErpInfo) -> Path | None:
        if self.why_not(erp) is not None:
            return None
        wanted = (earlier.integration.id, earlier.integration.digest)
        for each in self._certified.integrations if self._certified else ():
            if (each.manifest.id, each.digest) == wanted:
                return each.folder
        return None

    def _cell(self, scenario: str, wanted: Wanted, folder: Path, erp: ErpInfo) -> Cell:
        if scenario not in self._known(folder, erp.label)[1]:
            try:
                self._run({folder: set(wanted.scenarios)}, erp.label)
            except HarnessError as error:
                return Cell(note=Text(nl=error.message, en=error.message))
        run_id, results = self._known(folder, erp.label)
        return cell_of(results.get(scenario), Basis.LIVE, run_id)

    def _known(self, folder: Path, release: str) -> tuple[str, _Results]:
        return self._runs.get((folder, release), ("", {}))

    def _run(self, folders: Mapping[Path, set[str]], release: str) -> None:
        """Run some scenarios of some integrations, and keep what became of them."""
        found = discover(list(folders), entry_points=False).integrations
        order = replace(
            self._order,
            plugins=tuple(map(str, folders)),
            release=release,
            only=tuple(each.manifest.id for each in found),
            entry_points=False,
            shard=None,
            scenarios={each.manifest.id: tuple(folders[each.folder]) for each in found},
        )
        there = self._real.get(release)
        prepared = PreparedOrder(order=order, real=there.real if there else None)
        record = certify(prepared, clock=self._clock, elsewhere=self._elsewhere).record
        records = {each.id: each for each in record.integrations}
        for each in found:
            _, known = self._known(each.folder, release)
            now: Mapping[str, ScenarioResult] = {
                result_id(result): result for result in records[each.manifest.id].results
            }
            results = {**dict.fromkeys(folders[each.folder]), **now, **known}
            self._runs[each.folder, release] = (record.run_id, results)


def cell_of(result: ScenarioResult | None, basis: Basis, run_id: str) -> Cell:
    """Return what a result says; None is a scenario that does not apply."""
    if result is None:
        return Cell(note=Text(nl="het scenario geldt daar niet", en="it does not apply there"))
    return Cell(outcome=result.outcome, cause=result.cause, basis=basis, run_id=run_id)
