"""Answers that an earlier recheck gave: whose change it is does not change by asking again."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from koppeling_harness.document import load_json, read_content
from koppeling_harness.errors import DocumentError
from koppeling_harness.model.recheck import (
    MOST_RECHECKS,
    RecheckedIntegration,
    RecheckedRelease,
    RecheckedScenario,
    RecheckRecord,
    Whose,
)

RECHECK = "recheck.json"
"""Name under which a recheck writes its record."""

_FOLDERS = f"recheck-*/{RECHECK}"
_DECIDED = frozenset({Whose.INTEGRATION, Whose.PROFIT, Whose.BOTH})
"""Answers that hold; the environment may be there the next time, and proof may turn up."""
_Key = tuple[str, ...]


class KeptAnswers:
    """What earlier rechecks below a folder answered, the newest first, each read when asked for.

    An answer holds for the same files of the integration, on the same version of Profit, held
    against the same list, where the same scenario fails for the same reason.

    Args:
        reports: Where rechecks are kept.
    """

    def __init__(self, reports: Path) -> None:
        files = sorted(reports.glob(_FOLDERS), key=lambda each: each.parent.name, reverse=True)
        self._unread = iter(files[:MOST_RECHECKS])
        self._known: dict[_Key, RecheckedScenario] = {}

    def of(
        self,
        release: RecheckedRelease,
        integration: RecheckedIntegration,
        scenario: RecheckedScenario,
    ) -> RecheckedScenario | None:
        """Return a scenario with the answer that was given before; None when none was.

        Args:
            release: Of now.
            integration: Of now.
            scenario: What became of it, not yet attributed.
        """
        key = _key(release, integration, scenario)
        while key not in self._known and (path := next(self._unread, None)) is not None:
            for name, each in _answers(path):
                self._known.setdefault(name, each)
        kept = self._known.get(key)
        if kept is None:
            return None
        return replace(scenario, attribution=kept.attribution, table=kept.table)


def _answers(path: Path) -> Iterator[tuple[_Key, RecheckedScenario]]:
    try:
        record = load_json(RecheckRecord, read_content(path), name=str(path))
    except DocumentError:
        return  # a recheck that cannot be read gives no answer
    for release in record.releases if record.recheck_id == path.parent.name else ():
        for integration in release.integrations if release.list_digest else ():
            for each in integration.scenarios:
                answer = each.attribution
                if answer is not None and answer.whose in _DECIDED:
                    given_in = answer.given_in or record.recheck_id
                    told = replace(each, attribution=replace(answer, given_in=given_in))
                    yield _key(release, integration, each), told


def _key(
    release: RecheckedRelease, integration: RecheckedIntegration, scenario: RecheckedScenario
) -> _Key:
    return (
        release.release,
        release.version,
        release.list_digest,
        integration.id,
        integration.digest,
        scenario.scenario,
        scenario.outcome,
        scenario.code,
    )
