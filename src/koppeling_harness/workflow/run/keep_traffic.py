"""Write what went over the wire in each scenario, while the run goes on."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from koppeling_harness.engine.observer import Observer
from koppeling_harness.errors import ConfigurationError, SecretFoundError
from koppeling_harness.model.exchange import Recording
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.store.files import write_files
from koppeling_harness.store.recordings import recording_file
from koppeling_harness.traffic.har import to_har
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.workflow.run.secret_search import refuse_secrets


class TrafficKeeper(Observer):
    """Writes a HAR file per scenario: scanned for secrets first, and not written when one is found.

    A scenario ends while others run, so that what goes wrong here is kept, for `ended` to raise.

    Args:
        folder: The run's.
        redactor: Knows the secrets of the run.
    """

    def __init__(self, folder: Path, redactor: Redactor) -> None:
        self._folder = folder
        self._redactor = redactor
        self._leaks: list[str] = []
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
        files = {name: json.dumps(har, ensure_ascii=False).encode("utf-8", "replace")}
        try:
            refuse_secrets(files, self._redactor)
            write_files(self._folder, files)
        except SecretFoundError as error:
            self._leaks.append(error.message)
        except ConfigurationError as error:
            self._unwritten = self._unwritten or error

    def ended(self) -> None:
        """Say what went wrong.

        Raises:
            SecretFoundError: Something secret stood in a recording; that one was not written.
            ConfigurationError: A file could not be written.
        """
        if self._leaks:
            raise SecretFoundError(
                "\n".join(self._leaks),
                hint="It was not written. Report it: the redaction missed a place.",
            )
        if self._unwritten is not None:
            raise self._unwritten
