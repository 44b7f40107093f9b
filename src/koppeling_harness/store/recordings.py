"""Paths of the recordings of runs: `<run>/traffic/<integration>/<scenario>.har`."""

import shutil
from pathlib import Path

from koppeling_harness.model.result_id import TRAFFIC, ResultId


def recording_file(run: Path, integration: str, scenario: str) -> Path:
    """Return the file of one recording.

    Args:
        run: The run's folder.
        integration: Its id.
        scenario: `scenario`, or `scenario[operation]` which is kept as `scenario.operation.har`.
    """
    return run / ResultId.read(scenario).recording(integration)


def kept_recordings(run: Path) -> frozenset[str]:
    """Return the recordings of a run, as paths below its folder with `/` between folders.

    What a link leads to outside of it is none.
    """
    found = (run / TRAFFIC).glob("*/*.har")
    home = run.resolve()
    return frozenset(
        path.relative_to(run).as_posix() for path in found if path.resolve().is_relative_to(home)
    )


def remove_recordings(run: Path, integration: str) -> None:
    """Remove every recording of an integration; there may be none.

    Args:
        run: The run's folder.
        integration: Its id.
    """
    shutil.rmtree(recording_file(run, integration, "-").parent, ignore_errors=True)


def newest_recordings(reports: Path, integration: str) -> tuple[Path, ...]:
    """Return the recordings of an integration in the newest run that has any.

    Args:
        reports: A folder with runs below it. A run's name begins with its moment, so that the
            last by name is the newest.
        integration: Its id.
    """
    below = Path(ResultId("any").recording(integration)).parent
    folders = sorted(reports.glob(f"*/{below.as_posix()}"), reverse=True)
    found = (tuple(sorted(each.glob("*.har"))) for each in folders)
    return next((each for each in found if each), ())
