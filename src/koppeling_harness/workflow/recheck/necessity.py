"""Work that an update makes necessary, by integration: none, or that it is run again."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from koppeling_harness.config.folders import places_of_integrations
from koppeling_harness.document import read_content
from koppeling_harness.errors import DocumentError, Problem, UsageError
from koppeling_harness.model.impact import ImpactClass
from koppeling_harness.workflow.updates import updates


def necessities(
    *, impact: Path | None, changes: Path | None, plugins: Sequence[Path], runs: Path
) -> Mapping[str, str] | None:
    """Return by integration what an update makes necessary; None when everything is.

    Args:
        impact: What `koppeling updates impact --json` printed.
        changes: A change table of AFAS, from which the same is computed.
        plugins: Folders of integrations; `plugins` when empty.
        runs: A folder with runs, whose recordings tell what was used.

    Raises:
        UsageError: Both are given.
        DocumentError: A file cannot be read.
        NothingToRunError: There is no integration.
    """
    if impact is not None and changes is not None:
        message = "--impact and --changes do not go together"
        raise UsageError(message, hint="The impact follows from the changes.")
    if changes is not None:
        found = updates.import_changes(changes)
        touched = updates.impact(found, plugins or places_of_integrations(), runs=runs)
        return {each.integration: each.class_.value for each in touched.impacts}
    return read_impact(impact) if impact else None


def read_impact(path: Path) -> Mapping[str, str]:
    """Return by integration what the update makes necessary: none, advised or required.

    Raises:
        DocumentError: It is not such a file.
    """
    try:
        found = json.loads(read_content(path))
        classes = {str(each["integration"]): str(each["class"]) for each in found}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DocumentError([_problem(path, f"{type(error).__name__}: {error}")]) from None
    wrong = {each for each in classes.values() if each not in tuple(ImpactClass)}
    if wrong:
        raise DocumentError([_problem(path, f"class {', '.join(sorted(wrong))}")])
    return classes


def _problem(path: Path, found: str) -> Problem:
    message = (
        "expected a list of objects with `integration` and `class` "
        f"({', '.join(ImpactClass)}), found {found}"
    )
    return Problem(
        where=str(path), message=message, hint="Write it with `koppeling updates impact --json`."
    )
