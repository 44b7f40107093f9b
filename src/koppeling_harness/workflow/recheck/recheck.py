"""`koppeling recheck`: after an AFAS update, run what it makes necessary, and say whose change.

On each release that counts, from the locked list of scenarios of that release, held against the
last verdict. What is failing gets its table of two integrations on two releases, from the last
standing on which it passed, whatever ran since; an answer once given is kept and cited.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from koppeling_harness.clock import Clock
from koppeling_harness.config.settings import load_settings
from koppeling_harness.engine.observer import Observer
from koppeling_harness.errors import ExitCode, first_that_holds
from koppeling_harness.model.order import Order
from koppeling_harness.model.policy import ReleaseRoles
from koppeling_harness.model.recheck import (
    Movement,
    Necessity,
    RecheckedIntegration,
    RecheckedRelease,
    RecheckedScenario,
    RecheckRecord,
)
from koppeling_harness.model.run import HarnessInfo, IntegrationRecord
from koppeling_harness.model.status import Role
from koppeling_harness.rules.attribution import BY_ENVIRONMENT, is_environment, whose_change
from koppeling_harness.rules.recheck_groups import FAILING, MOVED
from koppeling_harness.rules.sharding import own_part
from koppeling_harness.scenario.known_lists import list_book
from koppeling_harness.store.files import require_writable
from koppeling_harness.value import dataclass
from koppeling_harness.version import __version__
from koppeling_harness.workflow.recheck.current_integrations import Wanted, presents
from koppeling_harness.workflow.recheck.history import Earlier, History, Subject
from koppeling_harness.workflow.recheck.kept_answers import KeptAnswers
from koppeling_harness.workflow.recheck.live_runs import LiveRuns
from koppeling_harness.workflow.recheck.movements import failing, moved
from koppeling_harness.workflow.recheck.recheck_releases import AskedRelease, RecheckReleases
from koppeling_harness.workflow.recheck.recorded_cells import RecordedCells
from koppeling_harness.workflow.recheck.whose_change import Tables
from koppeling_harness.workflow.recheck.write_recheck import write_recheck
from koppeling_harness.workflow.run.conclude import RunDone
from koppeling_harness.workflow.run.one_run import Certified, Elsewhere
from koppeling_harness.workflow.run.prepared_order import with_defaults
from koppeling_harness.workflow.run.run import certify_and_write


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckRequest:
    """What is to be rechecked.

    Attributes:
        order: How to run; its release is left aside.
        reports: Where runs are kept, and where the recheck is written.
        releases: Labels of the releases that are meant; those of the settings when empty.
        certified: Folders with integrations as they were certified.
        environments: Names of real environments; each is used for the release that it runs.
        impact: What the update makes necessary, by integration; everything when None.
        roles: Which releases count; those of the settings when None.
    """

    order: Order
    reports: Path
    releases: tuple[str, ...] = ()
    certified: tuple[Path, ...] = ()
    environments: tuple[str, ...] = ()
    impact: Mapping[str, str] | None = None
    roles: ReleaseRoles | None = None


def recheck_and_write(
    request: RecheckRequest,
    *,
    clock: Clock,
    observer: Observer,
    elsewhere: Elsewhere | None = None,
) -> RunDone:
    """Run, compare, attribute, and write record and page below the reports.

    Args:
        request: What is to be rechecked.
        clock: Tells the time.
        observer: Is told how far it is.
        elsewhere: Carries it out; this machine does when None.

    Raises:
        HarnessError: No verdict was reached; see `certify` and `conclude`.
    """
    require_writable(request.reports)
    request = replace(request, order=_only_necessary(with_defaults(request.order), request.impact))
    started_at = clock.now()
    rechecking = _Rechecking(request, clock=clock, observer=observer, elsewhere=elsewhere)
    if request.impact is None or set(request.impact.values()) - {"none"}:
        releases = tuple(rechecking.releases())
    else:
        releases = ()
    record = RecheckRecord(
        recheck_id=f"recheck-{started_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}",
        started_at=started_at,
        finished_at=clock.now(),
        harness=HarnessInfo(version=__version__),
        releases=releases,
        impact=tuple(
            Necessity(integration=name, necessity=each)
            for name, each in sorted((request.impact or {}).items())
        ),
        shard=request.order.shard,
    )
    return RunDone(
        record=record,
        text=write_recheck(record, request.reports),
        exit_code=_exit_code(record, rechecking.exit_codes),
    )


_ORDER = (None, Role.ACCEPT, Role.PREVIOUS, Role.CURRENT)
"""Releases of no role first: the runs of one command rise to the current release."""


class _Rechecking:
    """One recheck: its runs, and the tables that they make necessary."""

    def __init__(
        self,
        request: RecheckRequest,
        *,
        clock: Clock,
        observer: Observer,
        elsewhere: Elsewhere | None,
    ) -> None:
        self._request = request
        self._elsewhere = elsewhere
        self._clock = clock
        self._observer = observer
        book = list_book(load_settings(Path()).lists)
        # before anything of now is written
        self._history = History(request.reports, now=clock.now(), book=book)
        self._releases = RecheckReleases(
            request.order,
            Path(),
            labels=request.releases,
            environments=request.environments,
            roles=request.roles,
            clock=clock,
        )
        self._live = LiveRuns(
            request.order,
            self._releases.real,
            request.certified,
            clock=clock,
            elsewhere=elsewhere,
        )
        self._tables = Tables(self._live, RecordedCells(request.order, clock=clock))
        self._kept = KeptAnswers(request.reports)
        self.exit_codes: dict[str, ExitCode] = {}

    def releases(self) -> Iterator[RecheckedRelease]:
        """Run every release first; then compare and attribute."""
        asked = self._releases.asked
        certified = self._run([each for each in asked if self._releases.why_not(each) is None])
        for each in asked:
            reason = self._releases.why_not(each)
            if reason is None:
                yield self._release(each, certified[each.label])
            else:
                yield RecheckedRelease(
                    release=each.label,
                    role=each.role,
                    advisory=each.advisory,
                    available=False,
                    note=reason,
                )

    def _run(self, asked: Sequence[AskedRelease]) -> dict[str, Certified]:
        """Run each release: those of the emulated ERP1 in one session, the current one last."""
        prepared = [
            self._releases.prepared(each.label)
            for each in sorted(asked, key=lambda each: _ORDER.index(each.role))
        ]
        sessions = [
            [each for each in prepared if each.real is None],
            *([each] for each in prepared if each.real is not None),
        ]
        found: dict[str, Certified] = {}
        for session in filter(None, sessions):
            written = certify_and_write(
                session,
                self._request.reports,
                clock=self._clock,
                observer=self._observer,
                elsewhere=self._elsewhere,
            )
            for one, certified in zip(session, written.certified, strict=True):
                found[one.order.release] = certified
        for label, certified in found.items():
            self.exit_codes[label] = certified.exit_code
            for present in presents(certified).values():
                self._live.add(present)
        return found

    def _release(self, asked: AskedRelease, certified: Certified) -> RecheckedRelease:
        record = certified.record
        here = presents(certified)
        where = self._releases.with_older(asked.label)
        subjects = {
            each.id: Subject(
                integration=each,
                list_digest=record.scenario_lock.digest,
                release=record.erp.label,
            )
            for each in own_part(record).integrations
        }
        release = RecheckedRelease(
            release=asked.label,
            role=asked.role,
            advisory=asked.advisory,
            available=True,
            version=record.erp.version,
            run_id=record.run_id,
            list_digest=record.scenario_lock.digest,
        )
        contacts = certified.contacts
        found = [
            _integration(
                each,
                self._history.last(subjects[each.id], where),
                moved(subjects[each.id], self._history, where),
                contact=contacts.get(each.id, ""),
            )
            for each in own_part(record).integrations
        ]
        answered = [self._answered(release, each) for each in found]
        wanted = {
            each.id: failing(
                here[each.id],
                [one for one in each.scenarios if one.attribution is None],
                self._history,
                where,
                certified=self._live.certified_digest(each.id),
            )
            for each in answered
            if each.id in here
        }
        self._live.prepare([one for many in wanted.values() for one in many])
        return replace(
            release,
            integrations=tuple(
                replace(
                    each,
                    scenarios=tuple(
                        self._attributed(one, wanted.get(each.id, ())) for one in each.scenarios
                    ),
                )
                for each in answered
            ),
        )

    def _answered(
        self, release: RecheckedRelease, integration: RecheckedIntegration
    ) -> RecheckedIntegration:
        """Return an integration with the answers that were given before for what still fails."""
        return replace(
            integration,
            scenarios=tuple(
                (
                    self._kept.of(release, integration, each)
                    if each.movement is Movement.STILL_FAILING
                    else None
                )
                or each
                for each in integration.scenarios
            ),
        )

    def _attributed(
        self, scenario: RecheckedScenario, failing: Sequence[Wanted]
    ) -> RecheckedScenario:
        if scenario.movement not in FAILING or scenario.attribution is not None:
            return scenario
        if is_environment(scenario.outcome, scenario.cause):
            return replace(scenario, attribution=BY_ENVIRONMENT)
        name = scenario.scenario
        wanted = next((each for each in failing if name in each.scenarios), None)
        table = None if wanted is None else self._tables.table(name, wanted)
        return replace(scenario, attribution=whose_change(table), table=table)


def _only_necessary(order: Order, impact: Mapping[str, str] | None) -> Order:
    if impact is None:
        return order
    wanted = [name for name, necessity in impact.items() if necessity != "none"]
    only = tuple(each for each in wanted if not order.only or each in order.only)
    return replace(order, only=only)


def _integration(
    record: IntegrationRecord,
    last: Earlier | None,
    scenarios: Sequence[RecheckedScenario],
    *,
    contact: str,
) -> RecheckedIntegration:
    return RecheckedIntegration(
        id=record.id,
        version=record.version,
        digest=record.digest,
        title=record.title,
        verdict=record.verdict,
        last_run=last.run.run_id if last else "",
        last_release=last.run.erp.label if last else "",
        scenarios=tuple(scenarios),
        problem=record.problem,
        partner=record.partner,
        contact=contact,
    )


def _exit_code(record: RecheckRecord, codes: Mapping[str, ExitCode]) -> ExitCode:
    """Return the heaviest of the releases that count; else whether anything differs."""
    counted = {
        codes[each.release] for each in record.releases if each.available and not each.advisory
    }
    if any(not each.available and not each.advisory and each.release for each in record.releases):
        counted.add(ExitCode.ENVIRONMENT)
    if record.releases and not any(each.available for each in record.releases):
        counted.add(ExitCode.ENVIRONMENT)
    if any(
        scenario.movement in MOVED
        for release in record.releases
        for each in release.integrations
        for scenario in each.scenarios
    ):
        counted.add(ExitCode.DIFFERS)
    return first_that_holds(counted)
