"""`koppeling recheck`: after an AFAS update, run what it makes necessary, and say whose change.

On each release that counts, from the locked list of scenarios of that release, held against the
last verdict. What is newly failing gets its table of two integrations on two releases.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from koppeling_harness.clock import Clock
from koppeling_harness.config.settings import Settings, load_settings
from koppeling_harness.document import dump_json
from koppeling_harness.errors import ErpUnavailableError, ExitCode
from koppeling_harness.model.policy import ReleaseRoles
from koppeling_harness.model.recheck import (
    Movement,
    Necessity,
    RecheckedIntegration,
    RecheckedRelease,
    RecheckedScenario,
    RecheckRecord,
)
from koppeling_harness.model.run import HarnessInfo, IntegrationRecord, ScenarioResult
from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import Role
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.plugin.discover import Integration
from koppeling_harness.report.recheck_page import render_recheck_page
from koppeling_harness.report.recheck_text import render_recheck_text
from koppeling_harness.rules.attribution import (
    BY_ENVIRONMENT,
    is_environment,
    movement,
    whose_change,
)
from koppeling_harness.rules.verdict import result_id
from koppeling_harness.store.files import require_writable, write_files
from koppeling_harness.traffic import Redactor
from koppeling_harness.version import __version__
from koppeling_harness.workflow.against import against_environment
from koppeling_harness.workflow.certify import Progress
from koppeling_harness.workflow.history import Earlier, History
from koppeling_harness.workflow.request import CertifyRequest
from koppeling_harness.workflow.run import RunDone, Written, certify_and_write, with_defaults
from koppeling_harness.workflow.whose_change import Present, Tables, Wanted, why_not_available
from koppeling_harness.workflow.write_run import refuse_secrets

_NAMED_NOWHERE = Text(
    nl="niet beschikbaar: de instellingen noemen geen release",
    en="not available: the settings name no release",
)
_HEAVIEST_FIRST = (
    ExitCode.INTERRUPTED,
    ExitCode.NOT_PASSED,
    ExitCode.HARNESS_ERROR,
    ExitCode.REQUIRED_NOT_EXECUTED,
    ExitCode.ENVIRONMENT,
    ExitCode.CONFIGURATION,
    ExitCode.WAIVER,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckRequest:
    """What is to be rechecked.

    Attributes:
        run: How to run; its release is left aside.
        reports: Where runs are kept, and where the recheck is written.
        releases: Labels of the releases that are meant; those of the settings when empty.
        certified: Folders with integrations as they were certified.
        environments: Names of real environments; each is used for the release that it runs.
        impact: What the update makes necessary, by integration; everything when None.
        roles: Which releases count; those of the settings when None.
    """

    run: CertifyRequest
    reports: Path
    releases: tuple[str, ...] = ()
    certified: tuple[Path, ...] = ()
    environments: tuple[str, ...] = ()
    impact: Mapping[str, str] | None = None
    roles: ReleaseRoles | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One release to recheck."""

    label: str
    role: Role | None

    @property
    def advisory(self) -> bool:
        return self.role is Role.ACCEPT


def recheck_and_write(request: RecheckRequest, *, clock: Clock, progress: Progress) -> RunDone:
    """Run, compare, attribute, and write record and page below the reports.

    Raises:
        HarnessError: No verdict was reached; see `certify` and `write_run`.
    """
    require_writable(request.reports)
    request = replace(request, run=_only_necessary(with_defaults(request.run), request.impact))
    started_at = clock.now()
    rechecking = _Rechecking(request, clock=clock, progress=progress)
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
    )
    folder = request.reports / record.recheck_id
    files = {
        "recheck.json": dump_json(record, indent=1).encode(),
        "index.html": render_recheck_page(record).encode(),
    }
    refuse_secrets(files, Redactor(secrets.token_bytes(32)))
    write_files(folder, files)
    text = render_recheck_text(record, lang="en")
    return RunDone(
        json=dump_json(record, indent=1),
        text=f"{text}report: {folder / 'index.html'}",
        exit_code=_exit_code(record, rechecking.exit_codes),
    )


def asked_releases(roles: ReleaseRoles, labels: Sequence[str]) -> list[tuple[str, Role | None]]:
    """Return label and role of the releases to recheck: the previous, the current, then Accept.

    Args:
        roles: Which releases count; a role without a release gives an empty label.
        labels: Those that are meant; all when empty.
    """
    named = {
        Role.PREVIOUS: roles.previous,
        Role.CURRENT: roles.current,
        Role.ACCEPT: roles.accept,
    }
    if not labels:
        return [(label or "", role) for role, label in named.items()]
    by_label = {label: role for role, label in named.items() if label}
    return [(label, by_label.get(label)) for label in labels]


def _only_necessary(run: CertifyRequest, impact: Mapping[str, str] | None) -> CertifyRequest:
    if impact is None:
        return run
    wanted = [name for name, necessity in impact.items() if necessity != "none"]
    return replace(run, only=tuple(each for each in wanted if not run.only or each in run.only))


class _Rechecking:
    """One recheck: its runs, and the tables that they make necessary."""

    def __init__(self, request: RecheckRequest, *, clock: Clock, progress: Progress) -> None:
        self._request = request
        self._clock = clock
        self._progress = progress
        self._history = History(request.reports)  # before anything of now is written
        settings = load_settings(Path())
        self._absent: dict[str, Text] = {}
        self._real = self._environments(settings)
        self._tables = Tables(request.run, self._real, request.certified, clock=clock)
        roles = request.roles or settings.releases
        self._every = [_Asked(label=label, role=role) for label, role in asked_releases(roles, ())]
        self._asked = [
            _Asked(label=label, role=role)
            for label, role in asked_releases(roles, request.releases)
        ]
        known = {each.label for each in self._asked}
        self._asked += [
            _Asked(label=label, role=None)
            for label in (*self._real, *self._absent)
            if label not in known and not request.releases
        ]
        self.exit_codes: dict[str, ExitCode] = {}

    def _environments(self, settings: Settings) -> dict[str, CertifyRequest]:
        """Return how to run on the release of each real environment; one out of reach is absent."""
        found: dict[str, CertifyRequest] = {}
        for name in self._request.environments:
            try:
                request = against_environment(
                    self._request.run, name, folder=Path(), clock=self._clock
                )
            except ErpUnavailableError as error:
                label = settings.environments[name].release or name
                self._absent[label] = Text(
                    nl=f"niet beschikbaar: {error.message}", en=f"not available: {error.message}"
                )
            else:
                found[request.release] = request
        return found

    def releases(self) -> Iterator[RecheckedRelease]:
        """Run every release first; then compare and attribute."""
        written = {
            each.label: self._run(each.label) for each in self._asked if self._why_not(each) is None
        }
        for each in self._asked:
            reason = self._why_not(each)
            if reason is None:
                yield self._release(each, written[each.label])
            else:
                yield RecheckedRelease(
                    release=each.label,
                    role=each.role,
                    advisory=each.advisory,
                    available=False,
                    note=reason,
                )

    def _why_not(self, asked: _Asked) -> Text | None:
        if not asked.label:
            return _NAMED_NOWHERE
        if asked.label in self._absent:
            return self._absent[asked.label]
        if asked.label in self._real:
            return None
        return why_not_available(asked.label, self._request.run.packs)

    def _run(self, label: str) -> Written:
        written = certify_and_write(
            self._real.get(label) or replace(self._request.run, release=label),
            self._request.reports,
            clock=self._clock,
            progress=self._progress,
        )
        self.exit_codes[label] = written.certified.exit_code
        for present in _presents(written).values():
            self._tables.add(present, present.integration.folder)
        return written

    def _release(self, asked: _Asked, written: Written) -> RecheckedRelease:
        record = written.certified.record
        presents = _presents(written)
        moved = {each.id: self._moved(each, asked.label) for each in record.integrations}
        failing = {
            name: self._failing(presents[name], scenarios, asked.label)
            for name, scenarios in moved.items()
            if name in presents
        }
        self._tables.prepare([wanted for many in failing.values() for wanted in many])
        return RecheckedRelease(
            release=asked.label,
            role=asked.role,
            advisory=asked.advisory,
            available=True,
            version=record.erp.version,
            run_id=record.run_id,
            integrations=tuple(
                self._integration(each, moved[each.id], failing.get(each.id, ()), asked.label)
                for each in record.integrations
            ),
        )

    def _integration(
        self,
        record: IntegrationRecord,
        moved: Sequence[RecheckedScenario],
        failing: Sequence[Wanted],
        label: str,
    ) -> RecheckedIntegration:
        last = self._history.last(record.id, self._candidates(label))
        return RecheckedIntegration(
            id=record.id,
            version=record.version,
            digest=record.digest,
            title=record.title,
            verdict=record.verdict,
            last_run=last.run.run_id if last else "",
            last_release=last.run.erp.label if last else "",
            scenarios=tuple(self._attributed(each, failing) for each in moved),
            problem=record.problem,
        )

    def _candidates(self, label: str) -> list[str]:
        """Return where the last verdict may be: on the release itself, then on older ones."""
        known = [each.label for each in self._every if each.label]
        older = known[: known.index(label)] if label in known else known
        return [label, *reversed(older)]

    def _moved(self, record: IntegrationRecord, label: str) -> list[RecheckedScenario]:
        candidates = self._candidates(label)
        last = self._history.last(record.id, candidates)
        now = {result_id(each): each for each in record.results}
        names = dict.fromkeys([*now, *record.required_ids, *(last.results if last else ())])
        return [
            _moved(name, now.get(name), self._history.last_judged(record.id, name, candidates))
            for name in names
        ]

    def _failing(
        self, present: Present, moved: Sequence[RecheckedScenario], label: str
    ) -> list[Wanted]:
        """Return what is newly failing and has passed before, by the run in which it passed."""
        candidates = self._candidates(label)
        by_run: dict[Path, tuple[Earlier, list[str]]] = {}
        for each in moved:
            if each.movement is not Movement.NEWLY_FAILING or is_environment(
                each.outcome, each.cause
            ):
                continue
            earlier = self._history.last_passed(present.record.id, each.scenario, candidates)
            if earlier is not None:
                by_run.setdefault(earlier.path, (earlier, []))[1].append(each.scenario)
        return [
            Wanted(present=present, earlier=earlier, scenarios=tuple(names))
            for earlier, names in by_run.values()
        ]

    def _attributed(
        self, scenario: RecheckedScenario, failing: Sequence[Wanted]
    ) -> RecheckedScenario:
        if scenario.movement is not Movement.NEWLY_FAILING:
            return scenario
        if is_environment(scenario.outcome, scenario.cause):
            return replace(scenario, attribution=BY_ENVIRONMENT)
        name = scenario.scenario
        wanted = next((each for each in failing if name in each.scenarios), None)
        table = None if wanted is None else self._tables.table(name, wanted)
        return replace(scenario, attribution=whose_change(table), table=table)


def _presents(written: Written) -> dict[str, Present]:
    certified = written.certified
    found: dict[str, Integration] = {each.manifest.id: each for each in certified.integrations}
    return {
        each.id: Present(
            integration=found[each.id],
            record=each,
            run=certified.record,
            planned={
                planned.id: planned
                for planned, _ in certified.session.results
                if planned.manifest.id == each.id
            },
        )
        for each in certified.record.integrations
        if each.id in found
    }


def _moved(
    name: str, now: ScenarioResult | None, before: ScenarioResult | None
) -> RecheckedScenario:
    known = now or before
    outcome = now.outcome if now else Outcome.NOT_RUN
    finding = now.findings[0] if now and now.findings else None
    message = None
    if finding is not None:
        message = finding.text or Text(nl=finding.message, en=finding.message)
    return RecheckedScenario(
        scenario=name,
        title=known.title if known else None,
        level=known.level if known else None,
        movement=movement(before.outcome if before else None, outcome),
        before=before.outcome if before else None,
        outcome=outcome,
        cause=now.cause if now else None,
        message=message,
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
    heaviest = next((each for each in _HEAVIEST_FIRST if each in counted), None)
    if heaviest is not None:
        return heaviest
    differs = any(
        scenario.movement in {Movement.NEWLY_PASSING, Movement.NEWLY_FAILING}
        for release in record.releases
        for each in release.integrations
        for scenario in each.scenarios
    )
    return ExitCode.DIFFERS if differs else ExitCode.PASSED
