"""Path of the record of a run, given its id or its folder."""

from pathlib import Path

from koppeling_harness.errors import UsageError
from koppeling_harness.store.runs import RUN


def run_file(run: str, reports: Path) -> Path:
    """Return the file of a run's record.

    Args:
        run: Its id, its folder, or the file itself.
        reports: Where runs are kept.

    Raises:
        UsageError: There is none.
    """
    places = (Path(run), Path(run) / RUN, reports / run / RUN)
    found = next((each for each in places if each.is_file()), None)
    if found is None:
        message = f"{run}: expected the id of a run below {reports}, or the folder of one"
        raise UsageError(message, hint="A run's id is the name of its folder.")
    return found
