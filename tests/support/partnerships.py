"""Dossiers of a partner of which AFAS keeps something."""

from dataclasses import replace

from koppeling_harness.model.decisions import Decisions, Plan, SignalStep
from koppeling_harness.model.dossier import Dossier
from koppeling_harness.model.partnership import (
    Appointment,
    Conduct,
    Contact,
    Invoice,
    Partnership,
    Subscription,
    Talk,
)
from koppeling_harness.model.registration import Agreement, Signal
from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import Who
from koppeling_harness.report.partner_page import partners_of, render_partner, render_review
from koppeling_harness.rules.partnership import partner_facts, with_partner
from koppeling_harness.rules.policy import SLA, WARNING_DAYS
from koppeling_harness.rules.status import registration_status
from support.dossiers import AS_OF, RELEASES, a_functional
from support.registrations import TODAY, a_registration, an_assessment, day

KEPT = Partnership(
    subscription="12345",
    name="Vastgelegd",
    runs=Subscription(started=day("2020-01-01")),
    contacts=(Contact(name="A. Jansen", role="Partnercommunicatie"), Contact(name="P. Smit")),
    conduct=Conduct(version="2025", agreed=day("2025-02-01")),
    invoices=(
        Invoice(number="F2026-0113", open_since=day("2026-10-01"), reminders=(day("2026-10-15"),)),
    ),
    talks=(
        Talk(
            date=day("2026-03-02"),
            by="M. de Wit",
            agreed=(
                Appointment(what="Documentatie bijwerken", who=Who.PARTNER, due=day("2026-12-01")),
                Appointment(
                    what="Vermelding nakijken",
                    who=Who.AFAS,
                    due=day("2026-10-01"),
                    done=day("2026-09-30"),
                ),
            ),
        ),
    ),
)


def a_partners_dossier(name: str, **more) -> Dossier:
    """Return a dossier of one of the partner's integrations."""
    signal = Signal(date=day("2026-10-03"), kind="code_of_conduct", text="Klacht van een klant")
    word = Decisions(
        of=name,
        plans=(
            Plan(for_="W1", owner="Bouw", steps=("herstellen",), due=day("2026-12-10")),
            Plan(for_="Q1", owner="Bouw", steps=("herstellen",), due=day("2026-11-10")),
        ),
        course=(SignalStep(signal=signal.date, date=day("2026-10-05"), step="received", by="A"),),
    )
    registration = with_partner(
        a_registration(
            an_assessment(),
            **{
                "registration": name,
                "title": Text(nl=f"Koppeling {name}", en=f"Integration {name}"),
                "agreement": Agreement(started=day("2020-01-01")),
                "signals": (signal,),
                **more,
            },
        ),
        KEPT,
    )
    runs = (a_functional("Profit 8"), a_functional("Profit 7", failed=("retry",)))
    status = registration_status(
        registration,
        as_of=AS_OF,
        policy=SLA,
        runs=runs,
        releases=RELEASES,
        today=day(TODAY),
        warning_days=WARNING_DAYS,
        also=list(partner_facts(KEPT, as_of=AS_OF)),
        word=word,
    )
    return Dossier(
        place=f"{name}.yaml",
        registration=registration,
        status=status,
        runs=runs,
        word=word,
        partner=KEPT,
    )


def partner_page(count: int = 3) -> str:
    """Return the page of a partner with some integrations."""
    (partner,) = partners_of([a_partners_dossier(f"nummer-{each}") for each in range(count)])
    return render_partner(
        partner,
        policy=SLA,
        releases=RELEASES,
        links={each.place: "overview.html" for each in partner.dossiers},
        review="review.html",
    )


def review_page(count: int = 12) -> str:
    """Return the sheet for the review with a partner of which there is much to tell."""
    long = Text(
        nl="Een koppeling met een lange naam voor de zorg en het onderwijs",
        en="An integration with a long name for care and for education",
    )
    agreed = replace(
        KEPT.talks[0].agreed[0],
        what="Iets afgesproken dat meer woorden nodig heeft dan er op een regel van het blad staan",
    )
    kept = replace(KEPT, talks=(replace(KEPT.talks[0], agreed=(agreed,) * 10),))
    dossiers = [a_partners_dossier(f"nummer-{each}", title=long) for each in range(count)]
    (partner,) = partners_of([replace(each, partner=kept) for each in dossiers])
    return render_review(partner, policy=SLA, releases=replace(RELEASES, accept="Profit 9"))
