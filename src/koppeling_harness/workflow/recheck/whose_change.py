"""Fill the table of two integrations on two releases for what is newly failing.

Live where it can be run; from the recording of the last certified run where it cannot.
"""

from dataclasses import replace

from koppeling_harness.model.recheck import Basis, Cell, Table
from koppeling_harness.model.run import ErpInfo
from koppeling_harness.model.shape import Text
from koppeling_harness.workflow.recheck.current_integrations import Wanted
from koppeling_harness.workflow.recheck.live_runs import LiveRuns, cell_of
from koppeling_harness.workflow.recheck.recorded_cells import RecordedCells


class Tables:
    """Makes tables, and lets run for them what is not known yet.

    Args:
        live: What can be run.
        recorded: What recordings say of the rest.
    """

    def __init__(self, live: LiveRuns, recorded: RecordedCells) -> None:
        self._live = live
        self._recorded = recorded

    def table(self, scenario: str, wanted: Wanted) -> Table:
        """Return the table of one scenario.

        Args:
            scenario: `scenario` or `scenario[operation]`.
            wanted: What it belongs to; its scenarios are run at once.
        """
        present, earlier = wanted.present, wanted.earlier
        old, new = earlier.run.erp, present.run.erp
        same_integration = earlier.integration.digest == present.record.digest
        same_release = (old.label, old.version) == (new.label, new.version)
        present_new = cell_of(present.results.get(scenario), Basis.LIVE, present.run.run_id)
        recorded = cell_of(earlier.results[scenario], Basis.RECORD, earlier.run.run_id)
        certified_old = (
            recorded if same_release else self._live.certified(scenario, wanted, old) or recorded
        )
        present_old = present_new if same_release else self._present_old(scenario, wanted)
        if same_integration:
            certified_new = present_new
        elif same_release:
            certified_new = certified_old
        else:
            certified_new = self._certified_new(scenario, wanted)
        if same_integration and not same_release and present_old.basis is Basis.LIVE:
            certified_old = present_old
        return Table(
            old_release=_shown(old),
            new_release=_shown(new),
            certified_version=earlier.integration.version,
            present_version=present.record.version,
            certified_old=certified_old,
            certified_new=certified_new,
            present_old=present_old,
            present_new=present_new,
            same_integration=same_integration,
            same_release=same_release,
        )

    def _present_old(self, scenario: str, wanted: Wanted) -> Cell:
        old = wanted.earlier.run.erp
        reason = self._live.why_not(old)
        if reason is None:
            return self._live.present(scenario, wanted, old)
        return self._recorded.present_on_old(scenario, wanted, reason)

    def _certified_new(self, scenario: str, wanted: Wanted) -> Cell:
        found = self._live.certified(scenario, wanted, wanted.present.run.erp)
        if found is not None:
            return found
        cell = self._recorded.certified_on_new(scenario, wanted)
        if cell.outcome is not None:
            return cell
        integration = wanted.earlier.integration
        version, digest = integration.version, integration.digest[:12]
        why = cell.note or Text(nl="-", en="-")
        return replace(
            cell,
            note=Text(
                nl=f"geef de map van versie {version} ({digest}…) met --certified; {why.nl}",
                en=f"give the folder of version {version} ({digest}…) with --certified; {why.en}",
            ),
        )


def _shown(erp: ErpInfo) -> str:
    return f"{erp.label} ({erp.version})" if erp.version else erp.label
