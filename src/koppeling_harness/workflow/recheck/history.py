"""History: the last verdict, and the record in which a scenario last passed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from koppeling_harness.clock import AMSTERDAM
from koppeling_harness.errors import DocumentError
from koppeling_harness.model.functional import FunctionalResult, ListWord
from koppeling_harness.model.run import IntegrationRecord, RunRecord, ScenarioResult
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.rules.lists import ListBook, list_word
from koppeling_harness.rules.standing import Weighed, standings, weigh
from koppeling_harness.rules.verdict import result_id
from koppeling_harness.store.runs import find_runs, load_run
from koppeling_harness.value import dataclass
from koppeling_harness.version import __version__


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """One integration in an earlier run.

    Attributes:
        path: The record's file.
        run: The record.
        integration: The integration in it.
    """

    path: Path
    run: RunRecord
    integration: IntegrationRecord

    @property
    def results(self) -> Mapping[str, ScenarioResult]:
        """The results by `scenario` or `scenario[operation]`."""
        return {result_id(each): each for each in self.integration.results}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whose history is asked for.

    Attributes:
        integration: What a run of now says of it.
        list_digest: The list that it was held against now.
        release: Label of the release that it was run on now.
    """

    integration: IntegrationRecord
    list_digest: str
    release: str = ""


class History:
    """What stands of each integration below a folder; what does not count as a record is left out.

    Args:
        reports: Where runs are kept.
        now: The present moment.
        book: The lists that the reader knows.
    """

    def __init__(self, reports: Path, *, now: datetime, book: ListBook) -> None:
        self._book = book
        self._today = now.astimezone(AMSTERDAM).date()
        self._paths: dict[tuple[str, str], Path] = {}
        self._runs: dict[str, list[FunctionalResult]] = {}
        for each in find_runs(reports, now=now, book=book).runs:
            result = each.result
            self._paths[result.run_id, result.integration] = each.path
            self._runs.setdefault(result.integration, []).append(result)
        self._read: dict[Path, RunRecord | None] = {}

    def last(self, subject: Subject, releases: Sequence[str]) -> Earlier | None:
        """Return what stands of an integration, on the first of some releases where anything does.

        Args:
            subject: The integration.
            releases: Their labels, the likeliest first.
        """
        found = standings(
            self._of(subject),
            who=subject.integration.identity,
            held_until=_never,
            as_of=self._today,
        )
        for release in releases:
            governing = found[release].governing if release in found else None
            earlier = self._earlier(governing.run) if governing else None
            if earlier is not None:
                return earlier
        return None

    def last_judged(
        self, subject: Subject, scenario: str, releases: Sequence[str]
    ) -> ScenarioResult | None:
        """Return the newest result of a scenario that passed or failed, in a record that counts.

        On the first release that has one. What was inconclusive or not run is no verdict.
        """
        for release in releases:
            for each in self._counting(subject, release):
                earlier = self._earlier(each.run)
                result = earlier.results.get(scenario) if earlier else None
                if result is not None and result.outcome in {Outcome.PASSED, Outcome.FAILED}:
                    return result
        return None

    def last_passed(
        self, subject: Subject, scenario: str, releases: Sequence[str], *, certified: str = ""
    ) -> Earlier | None:
        """Return the newest record in which a scenario passed, on the first release that has one.

        One whose whole verdict is `passed` goes before one that passed in part. Where it fails
        since an earlier run, what passed before that is meant: whatever ran since, on whichever
        release, does not move the base.

        Args:
            subject: The integration.
            scenario: `scenario` or `scenario[operation]`.
            releases: Their labels, the likeliest first.
            certified: Digest of the integration as it was certified, whose records go before; empty
                when nobody says.
        """
        since = self._failing_since(subject, scenario, releases[0])
        found = [
            each for release in releases for each in self._passed_on(subject, scenario, release)
        ]
        asked: list[Callable[[Earlier], bool]] = [
            lambda each: each.integration.digest == certified,
            lambda each: since is not None and each.run.started_at < since,
            lambda _: True,
        ]
        return next((each for is_meant in asked for each in found if is_meant(each)), None)

    def _passed_on(self, subject: Subject, scenario: str, release: str) -> list[Earlier]:
        """Return the records in which a scenario passed, those first that passed as a whole."""
        passed = [
            (each.outcome, earlier)
            for each in self._counting(subject, release)
            if (earlier := self._earlier(each.run)) and _passed(earlier, scenario)
        ]
        passed.sort(key=lambda each: each[0] is not Outcome.PASSED)
        return [earlier for _, earlier in passed]

    def _failing_since(self, subject: Subject, scenario: str, release: str) -> datetime | None:
        """Return when a scenario failed first on a release after it last passed there.

        None when the last that was judged of it passed, or nothing was.
        """
        since = None
        for each in self._counting(subject, release):
            earlier = self._earlier(each.run)
            result = earlier.results.get(scenario) if earlier else None
            if result is None or result.outcome not in {Outcome.PASSED, Outcome.FAILED}:
                continue
            if result.outcome is Outcome.PASSED:
                break
            since = each.run.started_at
        return since

    def _counting(self, subject: Subject, release: str) -> Iterator[Weighed]:
        """Yield the records that can stand, the newest first."""
        who = subject.integration.identity
        mine = [each for each in self._of(subject) if each.release == release]
        for each in sorted(mine, key=lambda run: (run.started_at, run.run_id), reverse=True):
            weighed = weigh(each, who=who, held_until=_never, as_of=self._today)
            if weighed.stands and not weighed.is_other:
                yield weighed

    def _of(self, subject: Subject) -> list[FunctionalResult]:
        """Return the records of an integration; with an own list those on own lists count too."""
        runs = self._runs.get(subject.integration.id, [])
        if _is_known(self._book, subject):
            return runs
        own = ListWord(name=Text(nl="eigen lijst", en="own list"), counts=True)
        return [
            each
            if each.list_word is not None and each.list_word.counts
            else replace(each, list_word=own)
            for each in runs
        ]

    def _earlier(self, found: FunctionalResult) -> Earlier | None:
        path = self._paths[found.run_id, found.integration]
        if path not in self._read:
            try:
                self._read[path] = load_run(path)
            except DocumentError:
                self._read[path] = None  # a status needs less of it than this
        run = self._read[path]
        for each in run.integrations if run else ():
            if run and each.id == found.integration and not each.problem:
                return Earlier(path=path, run=run, integration=each)
        return None


def _is_known(book: ListBook, subject: Subject) -> bool:
    return list_word(book, subject.list_digest, release=subject.release, harness=__version__).counts


def _never(_run: FunctionalResult, _scenario: str) -> None:
    """Say that no failure is waived: what failed then is no base to start from."""


def _passed(earlier: Earlier, scenario: str) -> bool:
    result = earlier.results.get(scenario)
    return result is not None and result.outcome is Outcome.PASSED
