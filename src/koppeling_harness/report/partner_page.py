"""One partner over all its integrations, and the sheet for the yearly review with it."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import chain
from types import MappingProxyType

from koppeling_harness.model.dossier import Dossier
from koppeling_harness.model.history import Done
from koppeling_harness.model.partnership import Invoice, Partnership, Talk
from koppeling_harness.model.policy import Policy, ReleaseRoles
from koppeling_harness.model.registration import Assessment, Colour, DecisionKind, Registration
from koppeling_harness.model.shape import Text
from koppeling_harness.report.due import Due, all_due
from koppeling_harness.report.overview_page import release_labels
from koppeling_harness.report.pages import render_page
from koppeling_harness.report.texts import Language
from koppeling_harness.rules.criteria import criteria
from koppeling_harness.rules.months import REVIEW_MONTHS, add_months
from koppeling_harness.rules.partnership import open_invoices
from koppeling_harness.rules.signals import Course, courses
from koppeling_harness.value import dataclass

DUTIES_ON_THE_SHEET = 8
"""So many duties stand on the sheet for a review, the most urgent ones: it is one page."""
ROWS_ON_THE_SHEET = 8
"""So many integrations stand on it."""
AGREED_ON_THE_SHEET = 6
"""So many agreements of the last talk stand on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """One assessment of a partner, and the integrations that it is about.

    Attributes:
        assessment: As registrations have it.
        about: Titles of the integrations.
    """

    assessment: Assessment
    about: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerDossier:
    """One partner, with all that is known of it.

    Attributes:
        subscription: Number of its subscription.
        name: Its name.
        dossiers: Of its integrations.
        kept: What AFAS keeps of it; None when it keeps nothing.
        done: By registration, duties that are done, as reports told them.
    """

    subscription: str
    name: str
    dossiers: tuple[Dossier, ...]
    kept: Partnership | None
    done: Mapping[str, Sequence[Done]]

    @property
    def as_of(self) -> date:
        """The day on which it is looked at."""
        return self.dossiers[0].status.as_of

    @property
    def registrations(self) -> tuple[Registration, ...]:
        """Of its integrations."""
        return tuple(each.registration for each in self.dossiers if each.registration is not None)

    @property
    def due(self) -> tuple[Due, ...]:
        """What has to be done, the most urgent first; what is of the partner itself once."""
        return all_due(self.dossiers, as_of=self.as_of)

    @property
    def last_review(self) -> date | None:
        """The day of the last yearly review; None when none is known."""
        days = [each.date for each in self.talks]
        for registration in self.registrations:
            if registration.agreement is not None and registration.agreement.annual_review:
                days.append(registration.agreement.annual_review)
            days += [
                each.date
                for each in registration.decisions
                if each.decision is DecisionKind.ANNUAL_REVIEW
            ]
        return max((each for each in days if each <= self.as_of), default=None)

    @property
    def next_review(self) -> date | None:
        """Until when the next one can be held; None when that is unknown."""
        begun = [each.agreement.started for each in self.registrations if each.agreement]
        last = self.last_review or min(begun, default=None)
        return add_months(last, REVIEW_MONTHS) if last is not None else None

    @property
    def talks(self) -> tuple[Talk, ...]:
        """The talks with it, the last first."""
        known = self.kept.talks if self.kept is not None else ()
        return tuple(
            sorted(
                (each for each in known if each.date <= self.as_of),
                key=lambda each: each.date,
                reverse=True,
            )
        )

    @property
    def open_invoices(self) -> tuple[Invoice, ...]:
        """Its invoices that are open, the oldest first."""
        return open_invoices(self.kept, as_of=self.as_of) if self.kept is not None else ()

    @property
    def assessments(self) -> tuple[Rated, ...]:
        """Its assessments, the newest first; one that several integrations have stands once."""
        found: dict[Assessment, list[Text]] = {}
        for each in self.registrations:
            for one in each.assessments:
                found.setdefault(one, []).append(each.title)
        rated = [Rated(assessment=one, about=tuple(many)) for one, many in found.items()]
        return tuple(
            sorted(rated, key=lambda one: one.assessment.report_date or date.min, reverse=True)
        )

    @property
    def signals(self) -> tuple[Course, ...]:
        """Its signals with the course that each took, the newest first."""
        found = chain.from_iterable(
            courses(each.registration, each.word.course if each.word else (), as_of=self.as_of)
            for each in self.dossiers
            if each.registration is not None
        )
        return tuple(sorted(found, key=lambda each: each.signal.date, reverse=True))

    @property
    def done_since(self) -> tuple[Done, ...]:
        """Which duties were done since the last review, the last first."""
        since = self.last_review or self.as_of - timedelta(days=365)
        found = [each for many in self.done.values() for each in many if each.gone >= since]
        return tuple(sorted(found, key=lambda each: (each.gone, each.key), reverse=True))


def partners_of(
    dossiers: Sequence[Dossier], done: Mapping[str, Sequence[Done]] = MappingProxyType({})
) -> tuple[PartnerDossier, ...]:
    """Return every partner of some dossiers, by name.

    Args:
        dossiers: Those whose file has problems have no partner.
        done: By registration, duties that are done.
    """
    found: dict[str, list[Dossier]] = {}
    for each in dossiers:
        if each.registration is not None:
            found.setdefault(each.registration.partner.subscription, []).append(each)
    made = [_partner(subscription, tuple(many), done) for subscription, many in found.items()]
    return tuple(sorted(made, key=lambda each: (each.name.casefold(), each.subscription)))


def _partner(
    subscription: str, dossiers: tuple[Dossier, ...], done: Mapping[str, Sequence[Done]]
) -> PartnerDossier:
    kept = next((each.partner for each in dossiers if each.partner is not None), None)
    first = next(each.registration for each in dossiers if each.registration is not None)
    names = [each.status.registration for each in dossiers]
    return PartnerDossier(
        subscription=subscription,
        name=kept.name if kept is not None else first.partner.name,
        dossiers=dossiers,
        kept=kept,
        done={name: done[name] for name in names if name in done},
    )


def render_partner(
    partner: PartnerDossier,
    *,
    policy: Policy,
    releases: ReleaseRoles,
    links: Mapping[str, str],
    review: str,
    language: Language = Language.NL,
) -> str:
    """Return the page of one partner over all its integrations.

    Args:
        partner: The partner.
        policy: What each colour is worth.
        releases: Which releases count.
        links: A registration's file and the address of its dossier, from this page.
        review: The address of the sheet for the yearly review.
        language: The one in which the page opens.
    """
    due = partner.due
    return render_page(
        "partner",
        title=Text(nl=partner.name, en=partner.name),
        language=language,
        partner=partner,
        policy=policy,
        releases=release_labels(releases),
        links=links,
        review=review,
        this_week=[each for each in due if each.is_this_week],
        later=[each for each in due if not each.is_this_week],
        colours=[*Colour, None],
    )


def render_review(
    partner: PartnerDossier,
    *,
    policy: Policy,
    releases: ReleaseRoles,
    language: Language = Language.NL,
) -> str:
    """Return the sheet for the yearly review with one partner: one page of A4.

    Args:
        partner: The partner.
        policy: What each colour is worth.
        releases: Which releases count.
        language: The one in which the page opens.
    """
    title = Text(nl=f"Jaargesprek {partner.name}", en=f"Yearly review {partner.name}")
    agreed = [each for talk in partner.talks[:1] for each in talk.agreed]
    return render_page(
        "review",
        title=title,
        language=language,
        partner=partner,
        policy=policy,
        releases=release_labels(releases),
        dossiers=partner.dossiers[:ROWS_ON_THE_SHEET],
        left_out=max(0, len(partner.dossiers) - ROWS_ON_THE_SHEET),
        criteria={each.place: _counted(each) for each in partner.dossiers},
        due=partner.due[:DUTIES_ON_THE_SHEET],
        more_due=max(0, len(partner.due) - DUTIES_ON_THE_SHEET),
        agreed=agreed[:AGREED_ON_THE_SHEET],
        signals=[each for each in partner.signals if not each.is_closed],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many of AFAS's criteria hold, do not, and are unknown."""

    hold: int
    fail: int
    unknown: int


def _counted(dossier: Dossier) -> Counted:
    known = [each.holds for each in criteria(dossier)]
    return Counted(hold=known.count(True), fail=known.count(False), unknown=known.count(None))
