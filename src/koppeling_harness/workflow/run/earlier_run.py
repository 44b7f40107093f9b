"""The record of an earlier run that a new one builds on."""

from pathlib import Path

from koppeling_harness.clock import Clock
from koppeling_harness.config.settings import load_settings
from koppeling_harness.model.run import RunRecord
from koppeling_harness.scenario.known_lists import list_book
from koppeling_harness.store.run_file import run_file
from koppeling_harness.store.runs import load_sound_run


def sound_run(run: str, reports: Path, *, clock: Clock) -> RunRecord:
    """Return the record of an earlier run.

    Args:
        run: Its id, its folder, or the file itself.
        reports: Where runs are kept.
        clock: Tells what lies in the future.

    Raises:
        UsageError: There is none.
        DocumentError: It cannot be read.
        RecordError: It contradicts itself.
    """
    book = list_book(load_settings(Path()).lists)
    return load_sound_run(run_file(run, reports), now=clock.now(), book=book)
