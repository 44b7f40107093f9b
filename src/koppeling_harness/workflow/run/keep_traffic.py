"""Write what went over the wire in each scenario, while the run goes on."""

import json
import shutil
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from koppeling_harness.engine.observer import Observer
from koppeling_harness.errors import ConfigurationError
from koppeling_harness.model.exchange import Recording
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.store.files import write_files
from koppeling_harness.store.recordings import recording_file
from koppeling_harness.traffic.har import to_har
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.workflow.secret_search import Leaks


class TrafficKeeper(Observer):
    """Writes a HAR file per scenario: searched for secrets first, and not written with one in it.

    A scenario ends while others run, so that what goes wrong here is kept, for `ended` to raise.

    Args:
        folder: The run's.
        redactor: Knows the secrets of the run.
        leaks: Is told where something secret stood.
    """

    def __init__(self, folder: Path, redactor: Redactor, leaks: Leaks) -> None:
        self._folder = folder
        self._redactor = redactor
        self._leaks = leaks
        self._unwritten: ConfigurationError | None = None
        self._times: Counter[tuple[str, str]] = Counter()

    def recorded(self, planned: PlannedScenario, recording: Recording) -> None:
        """Write what went over the wire in one scenario; nothing when nothing did.

        Each time that a scenario is repeated has a file of its own: `….attempt-2.har`.
        """
        if not recording.exchanges:
            return
        key = (planned.manifest.id, planned.id)
        self._times[key] += 1
        path = recording_file(self._folder, *key)
        if self._times[key] > 1:
            path = path.with_name(f"{path.stem}.attempt-{self._times[key]}.har")
        name = path.relative_to(self._folder).as_posix()
        har = to_har(
            recording,
            base_url=recording.base_url,
            began_at=recording.began_at or datetime.fromtimestamp(0, UTC),
        )
        # without indentation: Python's own encoder is ten times as slow as the one in C
        content = json.dumps(har, ensure_ascii=False).encode("utf-8", "replace")
        kinds = self._redactor.find_secrets(content)
        if kinds:
            self._leaks.note(*key, name, kinds)
            return
        try:
            write_files(self._folder, {name: content})
        except ConfigurationError as error:
            self._unwritten = self._unwritten or error

    def ended(self) -> None:
        """Take away the recordings of an integration in which something secret stood.

        Raises:
            ConfigurationError: A file could not be written.
        """
        for integration in self._leaks.integrations:
            shutil.rmtree(recording_file(self._folder, integration, "-").parent, ignore_errors=True)
        if self._unwritten is not None:
            raise self._unwritten
