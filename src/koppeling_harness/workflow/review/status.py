"""The status of registrations: their files joined with what stands of their integrations."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path

from koppeling_harness.clock import AMSTERDAM, Clock, today
from koppeling_harness.config.decisions import signed_decisions_path
from koppeling_harness.config.errata import load_errata
from koppeling_harness.config.folders import (
    REPORTS,
    is_a_partners,
    places_of_integrations,
)
from koppeling_harness.config.partnership import NONE, Partnerships, load_partnerships
from koppeling_harness.config.registration import (
    Placed,
    find_registrations,
    load_placed,
    registration_name,
)
from koppeling_harness.config.settings import Settings, load_settings
from koppeling_harness.document import dump_json
from koppeling_harness.errors import (
    ConfigurationError,
    DocumentError,
    EvidenceError,
    ExitCode,
    Problem,
    UsageError,
)
from koppeling_harness.model.deadline import Deadline
from koppeling_harness.model.decisions import Decisions
from koppeling_harness.model.dossier import Choice, Dossier
from koppeling_harness.model.errata import Erratum
from koppeling_harness.model.functional import FunctionalResult
from koppeling_harness.model.partnership import Partnership
from koppeling_harness.model.policy import Policy, ReleaseRoles
from koppeling_harness.model.registration import Registration, Waiver
from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import Basis, RegistrationStatus, Role, Status
from koppeling_harness.report.status_text import render_status_text
from koppeling_harness.rules.choices import becomes_in_words, choices_of, joined_sentences
from koppeling_harness.rules.fact import Fact
from koppeling_harness.rules.partnership import partner_facts, with_partner
from koppeling_harness.rules.past import decided_facts, refused_facts, set_aside_facts
from koppeling_harness.rules.references import (
    KnownNames,
    reference_facts,
    reference_problems,
)
from koppeling_harness.rules.registration_input import InputProblem, standing_problems
from koppeling_harness.rules.status import is_in_order, refused, registration_status
from koppeling_harness.scenario.known_lists import list_book
from koppeling_harness.store.runs import FoundRun, FoundRuns, find_runs
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.value import dataclass
from koppeling_harness.workflow.deadline_book import deadline_book
from koppeling_harness.workflow.evidence.standing import with_evidence
from koppeling_harness.workflow.review.doubles import doubles
from koppeling_harness.workflow.review.names import beside_problems, known_names, word_problems
from koppeling_harness.workflow.secret_search import Cleaner


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRequest:
    """What is asked.

    Attributes:
        paths: Registrations and folders of them; `plugins` when empty.
        as_of: The day; today in Amsterdam when None.
        policy: Name of the policy; the project's own choice when empty.
        runs: A folder with run records below it.
        releases: `previous=…,current=…,accept=…`; what the settings say when empty.
        folder: The project, whose settings hold.
    """

    paths: tuple[Path, ...] = ()
    as_of: date | None = None
    policy: str = ""
    runs: Path = REPORTS
    releases: str = ""
    folder: Path = Path()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """How registrations are judged: the same for every day that one command speaks of.

    Attributes:
        as_of: The day.
        policy: What each colour is worth.
        releases: Which releases count.
        settings: Of the project.
        today: The day it is: what is dated later cannot be true.
        runs: Of each integration, newest first.
        names: What names in a registration can stand for.
        errata: Scenarios of this program that are wrong; only of AFAS's own folder.
        deadlines: What ends on which day; the data file when None.
        partners: What AFAS keeps of partners, in its reviewers' folder.
    """

    as_of: date
    policy: Policy
    releases: ReleaseRoles
    settings: Settings
    today: date
    runs: Mapping[str, Sequence[FunctionalResult]]
    names: KnownNames
    errata: tuple[Erratum, ...] = ()
    deadlines: tuple[Deadline, ...] | None = None
    partners: Partnerships = NONE

    def status(
        self,
        registration: Registration,
        path: Path,
        *,
        as_of: date,
        word: Decisions | None = None,
    ) -> RegistrationStatus:
        """Return the status of the registration in a file on a day, with what was known on it.

        Args:
            registration: As its files say.
            path: The partner's file.
            as_of: The day.
            word: AFAS's file beside it.
        """
        also = list(reference_facts(registration, self.names))
        partner = self.partner(registration, path)
        if partner is not None:
            registration = with_partner(registration, partner)
            also += partner_facts(partner, as_of=as_of)
        if is_a_partners(path, review=self.settings.review):
            set_aside = len(registration.decisions) + len(registration.waivers)
            also += set_aside_facts(set_aside)
            waivers, facts = self._given_by_afas(path, registration)
            also += facts
            registration = replace(registration, decisions=(), waivers=waivers)
        return registration_status(
            registration,
            as_of=as_of,
            policy=self.policy,
            runs=self.runs.get(registration.integration, ()),
            releases=self.releases,
            warning_days=self.settings.warning_days,
            programme=self.settings.programme,
            today=max(self.today, self.as_of),
            basis=self.basis(path),
            also=also,
            errata=self.errata,
            deadlines=self.deadlines,
            word=word,
        )

    def partner(self, registration: Registration, path: Path) -> Partnership | None:
        """Return what AFAS keeps of the partner of a registration that it recorded."""
        if self.basis(path) is not Basis.RECORDED:
            return None
        return self.partners.by_subscription.get(registration.partner.subscription)

    def _given_by_afas(
        self, path: Path, registration: Registration
    ) -> tuple[tuple[Waiver, ...], list[Fact]]:
        """Return the waivers that AFAS signed and that lie beside a partner's registration."""
        file = signed_decisions_path(path)
        if not file.is_file():
            return (), []
        # seldom needed, and slow to load
        from koppeling_harness.workflow.evidence import decided  # noqa: PLC0415

        noon = datetime.combine(self.today, time(12), AMSTERDAM)
        try:
            decisions, signer = decided.decisions_that_afas_signed(file, self.settings, now=noon)
        except (ConfigurationError, DocumentError, EvidenceError) as error:
            return (), list(refused_facts(error.message))
        if (decisions.integration or decisions.of) != registration.integration:
            why = f"{path.parent}: they are about {decisions.integration or decisions.of}"
            return (), list(refused_facts(why))
        count = len(decisions.waivers)
        facts = decided_facts(count, given=decisions.given, signer=signer)
        return decisions.waivers, list(facts)

    def basis(self, path: Path) -> Basis:
        """Return whose word a file is: AFAS's in its reviewers' folder, else the partner's."""
        folder = self.settings.review
        if folder is None or is_a_partners(path, review=folder):
            return Basis.STATED
        inside = path.resolve().is_relative_to(folder.resolve())
        return Basis.RECORDED if inside else Basis.STATED

    def problems(self, placed: Placed) -> list[InputProblem]:
        """Return what cannot be true in a registration and in AFAS's file beside it."""
        today = max(self.today, self.as_of)
        registration = placed.registration
        return [
            *word_problems(placed, self.names),
            *standing_problems(registration, programme=self.settings.programme, today=today),
            *reference_problems(registration, self.names),
        ]

    def dossier(self, path: Path) -> Dossier:
        """Return what is known of the registration in a file, judged on the day."""
        try:
            placed = load_placed(path)
            registration = placed.registration
            wrong = [*self.problems(placed), *beside_problems(registration, path)]
            if wrong:
                return self.refused(
                    path,
                    registration.registration,
                    DocumentError(placed.problems(wrong)),
                )
        except DocumentError as error:
            return self.refused(path, registration_name(path), error)
        runs = self.runs.get(registration.integration, ())
        status = self.status(registration, path, as_of=self.as_of, word=placed.word)
        partner = self.partner(registration, path)
        return Dossier(
            place=str(path),
            registration=with_partner(registration, partner),
            partner=partner,
            status=status,
            runs=tuple(run for run in runs if run.date <= self.as_of),
            word=placed.word,
            choices=self._choices(placed, path, status),
        )

    def _choices(
        self, placed: Placed, path: Path, status: RegistrationStatus
    ) -> dict[str, tuple[Choice, ...]]:
        """Return how each duty can be answered, and what the status would become by it."""
        counts = not is_a_partners(path, review=self.settings.review)
        found = {}
        for each in status.actions:
            choices = choices_of(each, place=str(path), as_of=self.as_of)
            if choices:
                found[each.key] = tuple(
                    self._tried(one, placed, path, status) if counts else one for one in choices
                )
        return found

    def _tried(
        self, choice: Choice, placed: Placed, path: Path, before: RegistrationStatus
    ) -> Choice:
        if choice.decision is None:
            return choice
        decisions = (*placed.registration.decisions, choice.decision)
        taken = replace(placed.registration, decisions=decisions)
        after = self.status(taken, path, as_of=self.as_of, word=placed.word)
        if after.status is Status.INPUT_ERROR:
            return choice
        becomes = becomes_in_words(before, after)
        if choice.leads_to is not None:
            becomes = joined_sentences(becomes, choice.leads_to)
        return replace(choice, leads_to=becomes)

    def refused(self, path: Path, name: str, error: DocumentError) -> Dossier:
        """Return the dossier of a file that cannot be judged.

        Args:
            path: The file.
            name: What the registration is called.
            error: Its problems.
        """
        texts = [
            Text(nl=each.render_dutch(), en=f"{each.where}: {each.message}")
            for each in error.problems
        ]
        status = refused(
            name,
            as_of=self.as_of,
            policy=self.policy,
            problems=texts,
            basis=self.basis(path),
        )
        return Dossier(
            place=str(path),
            registration=None,
            status=status,
            problem=Text(
                nl="\n".join(each.render_dutch() for each in error.problems), en=error.render()
            ),
            choices={"input": choices_of(status.actions[0], place=str(path), as_of=self.as_of)},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The answer.

    Attributes:
        dossiers: One per registration file, by file.
        as_of: The day.
        policy: The policy.
        releases: Which releases counted.
        found: Every run of every integration.
        damaged: Run records that could not be read, or contradict themselves.
        leaks: Where something secret stood, a line each; it stands in no dossier any more.
        judging: How they were judged, to judge another day alike.
        cleaner: Took it out.
    """

    dossiers: tuple[Dossier, ...]
    as_of: date
    policy: Policy
    releases: ReleaseRoles
    found: tuple[FoundRun, ...]
    damaged: tuple[Problem, ...]
    judging: Judging
    cleaner: Cleaner
    leaks: tuple[str, ...] = ()

    @property
    def ignored(self) -> tuple[Problem, ...]:
        """What has no effect: settings that a partner wrote, files about partners with problems."""
        return (*self.judging.settings.ignored, *self.of_partners)

    @property
    def of_partners(self) -> tuple[Problem, ...]:
        """What is wrong in the files about partners; such a file counts as none."""
        return self.judging.partners.problems


def judge_registrations(request: StatusRequest, *, clock: Clock) -> Judged:
    """Return the status of every registration that a request means.

    Raises:
        NothingToRunError: There is no registration.
        DocumentError: The settings have problems. Problems of a registration are its status.
        ConfigurationError: There is no policy of that name.
        UsageError: The releases cannot be understood.
    """
    judging, found = judging_of(request, clock=clock)
    review = judging.settings.review
    paths = find_registrations(request.paths or ((review,) if review else places_of_integrations()))
    dossiers = _without_doubles([judging.dossier(path) for path in paths], judging)
    cleaner = Cleaner(Redactor(os.urandom(32)))  # it knows tokens by their form only
    clean, leaks = _without_secrets(dossiers, cleaner)
    return Judged(
        dossiers=clean,
        as_of=judging.as_of,
        policy=judging.policy,
        releases=judging.releases,
        found=found.runs,
        damaged=found.damaged,
        judging=judging,
        cleaner=cleaner,
        leaks=leaks,
    )


def _without_secrets(
    dossiers: Sequence[Dossier], cleaner: Cleaner
) -> tuple[tuple[Dossier, ...], tuple[str, ...]]:
    """Return dossiers in which no token stands, and where one stood."""
    found = [(each.place, *cleaner.cleaned(each)) for each in dossiers]
    leaks = [
        f"{place}: found a {one.kind} in {one.place}; it was replaced"
        for place, _, places in found
        for one in places
    ]
    return tuple(clean for _, clean, _ in found), tuple(leaks)


def judging_of(request: StatusRequest, *, clock: Clock) -> tuple[Judging, FoundRuns]:
    """Return how the registrations of a request are judged, and every run that was found.

    Raises:
        DocumentError: The settings have problems.
        ConfigurationError: There is no policy of that name.
        UsageError: The releases cannot be understood.
    """
    settings = load_settings(request.folder)
    found = find_runs(request.runs, now=clock.now(), book=list_book(settings.lists))
    found = with_evidence(found, settings, now=clock.now())
    releases = settings.releases
    if request.releases:
        releases = replace(parse_releases(request.releases), rollout=releases.rollout)
    runs = _by_integration(found)
    judging = Judging(
        as_of=request.as_of or today(clock),
        policy=settings.policy_named(request.policy),
        releases=releases,
        settings=settings,
        today=today(clock),
        runs=runs,
        names=known_names(settings, releases, runs),
        errata=load_errata(settings.review),
        deadlines=deadline_book(settings, day=today(clock)),
        partners=load_partnerships(settings.review, today=today(clock)),
    )
    return judging, found


def as_json(dossiers: Sequence[Dossier]) -> str:
    """Return the statuses as a JSON list, one object (`koppeling/status@1`) per line."""
    return "[" + ",\n".join(dump_json(each.status) for each in dossiers) + "]"


def as_text(judged: Judged, *, lang: str) -> str:
    """Return the statuses for a person, in `nl` or `en`."""
    return render_status_text(
        judged.dossiers,
        as_of=judged.as_of,
        policy=judged.policy,
        releases=judged.releases,
        lang=lang,
    )


def exit_code(dossiers: Sequence[Dossier]) -> ExitCode:
    """Return what the process says of all registrations together.

    CONFIGURATION (10) when one could not be judged, else NOT_PASSED (1) when one asks for action,
    a review or a decision, is not certified, under notice or ended; PASSED (0) when all are in
    order, ask for attention only, or apply and are in time.
    """
    if any(each.status.status is Status.INPUT_ERROR for each in dossiers):
        return ExitCode.CONFIGURATION
    if all(is_in_order(each.status) for each in dossiers):
        return ExitCode.PASSED
    return ExitCode.NOT_PASSED


def parse_releases(text: str) -> ReleaseRoles:
    """Return the releases that `previous=Profit 7,current=Profit 8,accept=Profit 9` names.

    Raises:
        UsageError: It is not of that form.
    """
    found: dict[str, str] = {}
    for part in text.split(","):
        role, equals, label = (piece.strip() for piece in part.partition("="))
        if not equals or role not in tuple(Role) or role in found:
            message = f"--releases: found {part.strip()!r}, expected previous=, current= or accept="
            raise UsageError(
                message, hint='Such as --releases "previous=Profit 7,current=Profit 8".'
            )
        found[role] = label
    return ReleaseRoles(
        previous=found.get(Role.PREVIOUS) or None,
        current=found.get(Role.CURRENT) or None,
        accept=found.get(Role.ACCEPT) or None,
    )


def _by_integration(found: FoundRuns) -> dict[str, list[FunctionalResult]]:
    newest_first = sorted(
        (each.result for each in found.runs),
        key=lambda run: (run.started_at, run.run_id),
        reverse=True,
    )
    runs: dict[str, list[FunctionalResult]] = {}
    for each in newest_first:
        runs.setdefault(each.integration, []).append(each)
    return runs


def _without_doubles(dossiers: Sequence[Dossier], judging: Judging) -> list[Dossier]:
    """Refuse a registration of which something stands in a file before it."""
    known = [(each.place, each.registration) for each in dossiers if each.registration is not None]
    found = doubles(known, as_of=judging.as_of)
    return [
        judging.refused(
            Path(each.place), each.status.registration, DocumentError(found[each.place])
        )
        if each.place in found
        else each
        for each in dossiers
    ]
