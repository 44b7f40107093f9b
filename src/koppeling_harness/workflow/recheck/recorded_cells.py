"""Cells of a version on a release on which it cannot be run, from recordings."""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from koppeling_harness.clock import Clock
from koppeling_harness.errors import HarnessError
from koppeling_harness.hosting.replay import Recorded, replay_scenario
from koppeling_harness.model.exchange import Recording
from koppeling_harness.model.order import Order
from koppeling_harness.model.recheck import Basis, Cell
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import ErpKind, Outcome
from koppeling_harness.store.recordings import recording_file
from koppeling_harness.workflow.recheck.certified_cell import (
    certified_now,
    read_recording,
    recording_of,
)
from koppeling_harness.workflow.recheck.current_integrations import Wanted
from koppeling_harness.workflow.run.certify import certify
from koppeling_harness.workflow.run.prepared_order import PreparedOrder


class RecordedCells:
    """Answers from recordings, and makes the recordings of now that this takes, each once.

    Args:
        order: How to run: packs and concurrency.
        clock: Tells the time.
    """

    def __init__(self, order: Order, *, clock: Clock) -> None:
        self._order = order
        self._clock = clock
        self._sent: dict[tuple[Path, str, str], Mapping[str, Recording]] = {}

    def present_on_old(self, scenario: str, wanted: Wanted, reason: Text) -> Cell:
        """Return what the present version does with the answers that the certified one was given.

        Args:
            scenario: `scenario` or `scenario[operation]`.
            wanted: What it belongs to.
            reason: Why it cannot be run.
        """
        earlier = wanted.earlier
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
        present = wanted.present
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

    def certified_on_new(self, scenario: str, wanted: Wanted) -> Cell:
        """Return what the answers to the present version say of the certified one.

        Args:
            scenario: `scenario` or `scenario[operation]`.
            wanted: What it belongs to; its scenarios are run at once.
        """
        earlier = wanted.earlier
        recorded = recording_of(scenario, earlier)
        if isinstance(recorded, Text):
            return Cell(note=recorded)
        if wanted.present.run.erp.kind is ErpKind.ENVIRONMENT:
            reason = Text(
                nl="een echte omgeving krijgt niet tweemaal dezelfde gegevens",
                en="a real environment is not given the same data twice",
            )
            return Cell(note=reason)
        if earlier.run.seed is None:
            reason = Text(nl="het zaad van die run is niet bekend", en="its seed is not known")
            return Cell(note=reason)
        try:
            now = self._sent_now(wanted).get(scenario)
        except HarnessError as error:
            return Cell(note=Text(nl=error.message, en=error.message))
        if now is None:
            reason = Text(
                nl="de huidige versie verstuurt niets", en="the present version sends nothing"
            )
            return Cell(note=reason)
        return certified_now(recorded, now, run_id=earlier.run.run_id)

    def _sent_now(self, wanted: Wanted) -> Mapping[str, Recording]:
        """Run the present version with the values of an earlier run; return what it sent."""
        present, earlier = wanted.present, wanted.earlier
        folder, label = present.integration.folder, present.run.erp.label
        key = (folder, label, earlier.run.run_id)
        if key not in self._sent:
            order = replace(
                self._order,
                plugins=(str(folder),),
                release=label,
                only=(present.record.id,),
                entry_points=False,
                shard=None,
                scenarios={present.record.id: wanted.scenarios},
                seed=earlier.run.seed,
                retries=0,
            )
            with tempfile.TemporaryDirectory(prefix="koppeling-") as place:
                traffic = Path(place)
                prepared = PreparedOrder(order=order)
                record = certify(prepared, clock=self._clock, traffic=traffic).record
                sent = {
                    name: read_recording(
                        recording_file(traffic / record.run_id, present.record.id, name)
                    )
                    for name in wanted.scenarios
                }
            self._sent[key] = {
                name: each for name, each in sent.items() if isinstance(each, Recording)
            }
        return self._sent[key]
