"""Fill the table of two integrations on two releases for what is newly failing.

Live where it can be run; from the recording of the last certified run where it cannot.
"""

import contextlib
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from koppeling_harness.clock import Clock
from koppeling_harness.emulator.releases import RELEASES
from koppeling_harness.errors import HarnessError
from koppeling_harness.model.exchange import Recording
from koppeling_harness.model.recheck import Basis, Cell, Table
from koppeling_harness.model.run import (
    ErpInfo,
    ErpKind,
    IntegrationRecord,
    RunRecord,
    ScenarioResult,
)
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.plugin.discover import Integration, discover
from koppeling_harness.pytest_plugin.replay import Recorded, replay_scenario
from koppeling_harness.rules.verdict import result_id
from koppeling_harness.scenario.lock import read_lock
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.store.recordings import recording_file
from koppeling_harness.workflow.certify import Progress, certify
from koppeling_harness.workflow.from_recording import (
    certified_now,
    read_recording,
    recording_of,
)
from koppeling_harness.workflow.history import Earlier
from koppeling_harness.workflow.request import CertifyRequest

_Results = dict[str, ScenarioResult | None]
"""By `scenario` or `scenario[operation]`; None when there was nothing to carry out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """The present integration in the run in which it is newly failing.

    Attributes:
        integration: Where it lies.
        record: What the run said of it.
        run: The run.
        planned: What was planned, by `scenario` or `scenario[operation]`.
    """

    integration: Integration
    record: IntegrationRecord
    run: RunRecord
    planned: Mapping[str, PlannedScenario]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What tables will be asked for.

    Attributes:
        present: Where scenarios are newly failing.
        earlier: The run in which they last passed.
        scenarios: Their ids.
    """

    present: Present
    earlier: Earlier
    scenarios: tuple[str, ...]


def why_not_available(label: str, packs: Sequence[Path]) -> Text | None:
    """Return why nothing can be run on a release here; None when it can."""
    if label not in RELEASES:
        there = ", ".join(RELEASES)
        return Text(
            nl=f"niet beschikbaar: ERP1 kent {label} nog niet, wel {there}",
            en=f"not available: ERP1 does not know {label} yet, only {there}",
        )
    for folder in packs:
        lock = read_lock(folder) if folder.is_dir() else None
        if lock is not None and label not in lock.releases:
            return Text(
                nl=f"niet beschikbaar: in {folder} staat geen scenariolijst voor {label}",
                en=f"not available: {folder} has no locked list of scenarios for {label}",
            )
    return None


class Tables:
    """Makes tables, and runs for them what is not known yet, each thing once.

    Args:
        request: How to run: packs, concurrency and retries.
        real: How to run on releases that real environments have, by label; on others ERP1 is
            emulated.
        certified: Folders with integrations as they were certified.
        clock: Tells the time.
    """

    def __init__(
        self,
        request: CertifyRequest,
        real: Mapping[str, CertifyRequest],
        certified: Sequence[Path],
        *,
        clock: Clock,
    ) -> None:
        self._request = request
        self._real = real
        self._clock = clock
        self._certified = discover(certified, entry_points=False) if certified else None
        self._runs: dict[tuple[Path, str], tuple[str, _Results]] = {}
        self._sent: dict[tuple[Path, str, str], Mapping[str, Recording]] = {}

    def add(self, present: Present, folder: Path) -> None:
        """Note what was carried out already.

        Args:
            present: An integration in a run.
            folder: Where the integration lies.
        """
        results: _Results = {**_results(present.record)}
        self._runs[folder, present.run.erp.label] = (present.run.run_id, results)

    def prepare(self, wanted: Sequence[Wanted]) -> None:
        """Run the certified versions that tables will ask for, all of a release at once.

        What cannot be run like this is run when its table is made, which tells why.
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

    def table(self, scenario: str, wanted: Wanted) -> Table:
        """Return the table of one scenario.

        Args:
            scenario: `scenario` or `scenario[operation]`.
            wanted: What it belongs to; its scenarios are run at once.
        """
        present, earlier, needed = wanted.present, wanted.earlier, wanted.scenarios
        old, new = earlier.run.erp, present.run.erp
        same_integration = earlier.integration.digest == present.record.digest
        same_release = (old.label, old.version) == (new.label, new.version)
        present_new = _from_result(
            _results(present.record).get(scenario), Basis.LIVE, present.run.run_id
        )
        recorded = _from_result(earlier.results[scenario], Basis.RECORD, earlier.run.run_id)
        certified_old = (
            recorded
            if same_release
            else self._certified_cell(scenario, earlier, old, needed) or recorded
        )
        if same_release:
            present_old = present_new
        else:
            present_old = self._present_old(scenario, present, earlier, needed)
        if same_integration:
            certified_new = present_new
        elif same_release:
            certified_new = certified_old
        else:
            certified_new = self._certified_new(scenario, present, earlier, needed)
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

    def _present_old(
        self, scenario: str, present: Present, earlier: Earlier, needed: Sequence[str]
    ) -> Cell:
        release = earlier.run.erp.label
        reason = self._why_not_live(earlier.run.erp)
        if reason is None:
            return self._live(present.integration.folder, release, scenario, needed)
        return self._replayed(scenario, present, earlier, reason)

    def _certified_new(
        self, scenario: str, present: Present, earlier: Earlier, needed: Sequence[str]
    ) -> Cell:
        found = self._certified_cell(scenario, earlier, present.run.erp, needed)
        if found is not None:
            return found
        cell = self._from_answers(scenario, present, earlier, needed)
        if cell.outcome is not None:
            return cell
        version, digest = earlier.integration.version, earlier.integration.digest[:12]
        why = cell.note or Text(nl="-", en="-")
        return replace(
            cell,
            note=Text(
                nl=f"geef de map van versie {version} ({digest}…) met --certified; {why.nl}",
                en=f"give the folder of version {version} ({digest}…) with --certified; {why.en}",
            ),
        )

    def _from_answers(
        self, scenario: str, present: Present, earlier: Earlier, needed: Sequence[str]
    ) -> Cell:
        """Return what the answers to the present version say of the certified one."""
        recorded = recording_of(scenario, earlier)
        if isinstance(recorded, Text):
            return Cell(note=recorded)
        if present.run.erp.label in self._real:
            reason = Text(
                nl="een echte omgeving krijgt niet tweemaal dezelfde gegevens",
                en="a real environment is not given the same data twice",
            )
            return Cell(note=reason)
        if earlier.run.seed is None:
            reason = Text(nl="het zaad van die run is niet bekend", en="its seed is not known")
            return Cell(note=reason)
        try:
            now = self._recorded_now(present, earlier, needed).get(scenario)
        except HarnessError as error:
            return Cell(note=Text(nl=error.message, en=error.message))
        if now is None:
            reason = Text(
                nl="de huidige versie verstuurt niets", en="the present version sends nothing"
            )
            return Cell(note=reason)
        return certified_now(recorded, now, run_id=earlier.run.run_id)

    def _recorded_now(
        self, present: Present, earlier: Earlier, needed: Sequence[str]
    ) -> Mapping[str, Recording]:
        """Run the present version with the values of an earlier run; return what it sent."""
        folder, label = present.integration.folder, present.run.erp.label
        key = (folder, label, earlier.run.run_id)
        if key not in self._sent:
            request = replace(
                self._request,
                plugins=(folder,),
                release=label,
                only=(present.record.id,),
                entry_points=False,
                ids={present.record.id: frozenset(needed)},
                seed=earlier.run.seed,
                retries=0,
            )
            with tempfile.TemporaryDirectory(prefix="koppeling-") as place:
                traffic = Path(place)
                record = certify(
                    request, clock=self._clock, progress=Progress(), traffic=traffic
                ).record
                sent = {
                    name: read_recording(
                        recording_file(traffic / record.run_id, present.record.id, name)
                    )
                    for name in needed
                }
            self._sent[key] = {
                name: each for name, each in sent.items() if isinstance(each, Recording)
            }
        return self._sent[key]

    def _certified_cell(
        self, scenario: str, earlier: Earlier, erp: ErpInfo, needed: Sequence[str]
    ) -> Cell | None:
        """Return what the certified integration does now; None when its files are not here."""
        folder = self._certified_folder(earlier, erp)
        return None if folder is None else self._live(folder, erp.label, scenario, needed)

    def _certified_folder(self, earlier: Earlier, erp: ErpInfo) -> Path | None:
        """Return where the certified integration lies; None when it cannot be run here."""
        if self._why_not_live(erp) is not None:
            return None
        wanted = (earlier.integration.id, earlier.integration.digest)
        for each in self._certified.integrations if self._certified else ():
            if (each.manifest.id, each.digest) == wanted:
                return each.folder
        return None

    def _why_not_live(self, erp: ErpInfo) -> Text | None:
        real = self._real.get(erp.label)
        if real is not None and real.real is not None:
            version = real.real.facts.release.version
        else:
            unavailable = why_not_available(erp.label, self._request.packs)
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

    def _live(self, folder: Path, release: str, scenario: str, needed: Sequence[str]) -> Cell:
        if scenario not in self._known(folder, release)[1]:
            try:
                self._run({folder: set(needed)}, release)
            except HarnessError as error:
                return Cell(note=Text(nl=error.message, en=error.message))
        run_id, results = self._known(folder, release)
        return _from_result(results.get(scenario), Basis.LIVE, run_id)

    def _known(self, folder: Path, release: str) -> tuple[str, _Results]:
        return self._runs.get((folder, release), ("", {}))

    def _run(self, folders: Mapping[Path, set[str]], release: str) -> None:
        """Run some scenarios of some integrations, and keep what became of them."""
        found = discover(list(folders), entry_points=False).integrations
        request = replace(
            self._real.get(release, self._request),
            plugins=tuple(folders),
            release=release,
            only=tuple(each.manifest.id for each in found),
            entry_points=False,
            ids={each.manifest.id: frozenset(folders[each.folder]) for each in found},
        )
        record = certify(request, clock=self._clock, progress=Progress()).record
        records = {each.id: each for each in record.integrations}
        for each in found:
            _, known = self._known(each.folder, release)
            now = _results(records[each.manifest.id])
            results = {**dict.fromkeys(folders[each.folder]), **now, **known}
            self._runs[each.folder, release] = (record.run_id, results)

    def _replayed(self, scenario: str, present: Present, earlier: Earlier, reason: Text) -> Cell:
        recording = recording_of(scenario, earlier)
        if isinstance(recording, Text):
            return Cell(
                note=Text(nl=f"{reason.nl}; {recording.nl}", en=f"{reason.en}; {recording.en}")
            )
        recorded = Recorded(
            recording=recording,
            erp=earlier.run.erp,
            run_id=earlier.run.run_id,
            seed=earlier.run.seed,
        )
        done = replay_scenario(
            present.planned[scenario], present.integration, recorded, clock=self._clock
        )
        return Cell(
            outcome=None if done.outcome is Outcome.INCONCLUSIVE else done.outcome,
            basis=Basis.RECORDING,
            run_id=earlier.run.run_id,
            note=done.note,
            differences=done.differences,
        )


def _results(record: IntegrationRecord) -> dict[str, ScenarioResult]:
    return {result_id(each): each for each in record.results}


def _from_result(result: ScenarioResult | None, basis: Basis, run_id: str) -> Cell:
    if result is None:
        return Cell(note=Text(nl="het scenario geldt daar niet", en="it does not apply there"))
    return Cell(outcome=result.outcome, cause=result.cause, basis=basis, run_id=run_id)


def _shown(erp: ErpInfo) -> str:
    return f"{erp.label} ({erp.version})" if erp.version else erp.label
