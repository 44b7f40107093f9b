"""Write what went over the wire in each scenario, while the run goes on."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from koppeling_harness.aside import CHUNK, in_thread
from koppeling_harness.engine.observer import Observer
from koppeling_harness.engine.shield import AT_ONCE
from koppeling_harness.model.exchange import Recording
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.store.files import write_files
from koppeling_harness.store.recordings import recording_file, remove_recordings
from koppeling_harness.traffic.har import to_har
from koppeling_harness.traffic.redactor import Redactor, beside
from koppeling_harness.workflow.run.report_files import Unwritten, unwritten
from koppeling_harness.workflow.secret_search import Leaks


class TrafficKeeper(Observer):
    """Writes a HAR file per scenario: searched for secrets first, and not written with one in it.

    A scenario ends while others run, so that what goes wrong here is noted, and the run goes on.

    Args:
        folder: The run's.
        redactor: Knows the secrets of the run.
        leaks: Is told where something secret stood.
        lost: Is told which file could not be written, the first time.
    """

    def __init__(
        self, folder: Path, redactor: Redactor, leaks: Leaks, lost: list[Unwritten]
    ) -> None:
        self._folder = folder
        self._redactor = redactor
        self._leaks = leaks
        self._lost = lost
        self._is_told = False
        self._times: Counter[Path] = Counter()

    async def recorded(self, planned: PlannedScenario, recording: Recording) -> None:
        """Write what went over the wire in one scenario; nothing when nothing did.

        Each time that a scenario is repeated has a file of its own, `….attempt-2.har`, and so has
        each further round of it, `….round-2.har`.
        """
        if not recording.exchanges:
            return
        key = (planned.manifest.id, planned.id)
        path = recording_file(self._folder, *key)
        if planned.round is not None:
            path = path.with_name(f"{path.stem}.round-{planned.round.number}.har")
        self._times[path] += 1
        if self._times[path] > 1:
            path = path.with_name(f"{path.stem}.attempt-{self._times[path]}.har")
        try:
            await self._write(key, path, recording)
        except Exception as error:  # noqa: BLE001 - no recording is worth a verdict
            if not self._is_told:
                self._lost.append(unwritten(path, error))
            self._is_told = True

    async def _write(self, key: tuple[str, str], path: Path, recording: Recording) -> None:
        name = path.relative_to(self._folder).as_posix()
        if sum(each.request_size + each.response_size for each in recording.exchanges) <= AT_ONCE:
            content, kinds = _searched(self._redactor, recording)
        else:
            content, kinds = await beside(self._redactor, _searched, recording)
        if kinds:
            self._leaks.note(*key, name, kinds)
            return
        if len(content) <= CHUNK:  # a thread would cost more than the writing
            write_files(self._folder, {name: content})
        else:
            await in_thread(write_files, self._folder, {name: content})

    def ended(self) -> None:
        """Take away the recordings of an integration in which something secret stood."""
        for integration in self._leaks.integrations:
            remove_recordings(self._folder, integration)


def _searched(redactor: Redactor, recording: Recording) -> tuple[bytes, tuple[str, ...]]:
    """Return the content of a recording's file, and the kinds of secrets that stand in it."""
    har = to_har(
        recording,
        base_url=recording.base_url,
        began_at=recording.began_at or datetime.fromtimestamp(0, UTC),
    )
    # without indentation: Python's own encoder is ten times as slow as the one in C
    content = json.dumps(har, ensure_ascii=False).encode("utf-8", "replace")
    return content, redactor.find_secrets_in(har)
