"""Colour in the status, in the listing and in the end of the contract."""

from collections.abc import Iterator
from datetime import date

from koppeling_harness.model.policy import Policy, Programme
from koppeling_harness.model.registration import (
    Assessment,
    Colour,
    Registration,
)
from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import Action, Security, Status, Who
from koppeling_harness.rules.fact import Fact, action
from koppeling_harness.rules.months import NOTICE_MONTHS, add_months, day_after, is_within
from koppeling_harness.rules.names import NOTHING
from koppeling_harness.rules.policy import POLICIES, term
from koppeling_harness.rules.validity import (
    Accepted,
    Disputed,
    accepted,
    disputed,
    gaps,
    in_scope,
    pending,
)
from koppeling_harness.rules.words import COLOUR, said
from koppeling_harness.value import dataclass

_RULE = {Colour.RED: "R1", Colour.ORANGE: "R2", Colour.GREEN: "R3"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """Validity of the security evidence on a day.

    Attributes:
        counted: Assessments that count, the one that governs last.
        awaiting: Evidence that awaits a decision.
        disputed: Assessments whose colour AFAS reads otherwise than the assessor.
        elsewhere: Assessments that are about other integrations only.
        as_of: The day.
        policy: What each colour is worth.
        warning_days: How long ahead an end is announced.
    """

    counted: tuple[Accepted, ...]
    awaiting: tuple[Assessment, ...]
    disputed: tuple[Disputed, ...] = ()
    elsewhere: tuple[Assessment, ...] = ()
    as_of: date
    policy: Policy
    warning_days: int

    @property
    def governing(self) -> Accepted | None:
        """The assessment that governs; None when none was ever accepted."""
        return self.counted[-1] if self.counted else None

    @property
    def is_valid(self) -> bool:
        """Whether the governing assessment counts on the day (rule R4)."""
        return self.governing is not None and self.as_of <= self.governing.valid_until

    def as_security(self) -> Security:
        """Return it as the status tells it."""
        last = self.governing
        if last is None:
            return Security()
        return Security(
            colour=last.colour,
            assessment=last.assessment,
            report_date=last.report_date,
            valid_until=last.valid_until,
            follow_up_due=last.follow_up_due,
            gaps=gaps(self.counted, as_of=self.as_of),
        )


def validity_on(
    registration: Registration,
    *,
    as_of: date,
    policy: Policy,
    programme: Programme,
    warning_days: int,
) -> Validity:
    """Return where the security side of a registration stands on a day."""
    counted = accepted(registration, as_of=as_of, policy=policy, programme=programme)
    about = in_scope(registration)
    return Validity(
        counted=counted,
        awaiting=pending(registration, as_of=as_of, programme=programme),
        disputed=tuple(disputed(registration, counted, as_of=as_of, programme=programme)),
        elsewhere=tuple(each for each in registration.assessments if each not in about),
        as_of=as_of,
        policy=policy,
        warning_days=warning_days,
    )


def security_facts(validity: Validity, *, is_ending: bool) -> Iterator[Fact]:
    """Yield what the colour says of an existing registration (R1-R6, R10, R12).

    Args:
        validity: Where it stands.
        is_ending: Whether an end is decided already, so that nothing has to be forecast.
    """
    last = validity.governing
    if last is None:
        yield _never_accepted(validity, is_ending=is_ending)
    elif validity.is_valid:
        yield _valid(last, validity)
        if is_within(last.valid_until, as_of=validity.as_of, days=validity.warning_days):
            yield _ends_soon(last)
    else:
        yield _lapsed(last)
        if not is_ending:
            yield _forecast(last, validity)
    yield from evidence_facts(validity)
    yield from history_facts(validity)


def evidence_facts(validity: Validity) -> Iterator[Fact]:
    """Yield what awaits a decision (R12)."""
    for each in validity.awaiting:
        yield Fact(
            rule="R12",
            text=said(
                "Bewijs {id} van {assessor} wacht op een besluit.",
                "Evidence {id} from {assessor} awaits a decision.",
                id=each.id,
                assessor=each.assessor,
            ),
            flag="EVIDENCE-PENDING",
            actions=(
                action(
                    Who.AFAS,
                    said(
                        "Beoordeel bewijs {id}: aanvaarden met een kleur, of afwijzen.",
                        "Judge evidence {id}: accept it with a colour, or reject it.",
                        id=each.id,
                    ),
                    rule="R12",
                    key=f"evidence:{each.id}",
                    weight=Status.REVIEW_NEEDED,
                    since=each.submitted or each.report_date,
                    rests_on=_offered(each),
                ),
            ),
        )


def _offered(each: Assessment) -> Text:
    if each.report_date is None:
        return said("{id} van {assessor}", "{id} of {assessor}", id=each.id, assessor=each.assessor)
    return said(
        "{id} van {assessor}, rapport van {day}",
        "{id} of {assessor}, report of {day}",
        id=each.id,
        assessor=each.assessor,
        day=each.report_date,
    )


def report_in_words(last: Accepted) -> Text:
    """Return the assessment that governs, as what a duty rests on."""
    return said(
        "{id}: {colour}, rapport van {day}, geldig t/m {until}",
        "{id}: {colour}, report of {day}, valid until {until}",
        id=last.assessment,
        colour=COLOUR[last.colour],
        day=last.report_date,
        until=last.valid_until,
    )


def history_facts(validity: Validity) -> Iterator[Fact]:
    """Yield what the order of reports says (R1 twice, R10, gaps); without effect by itself."""
    if len(validity.counted) > 1:
        last = validity.counted[-1]
        yield Fact(
            rule="R10",
            text=said(
                "Van {count} rapporten telt {id} van {day}, het laatste.",
                "Of {count} reports {id} of {day} counts, the latest.",
                count=len(validity.counted),
                id=last.assessment,
                day=last.report_date,
            ),
        )
    yield from _disputes(validity)
    for each in validity.elsewhere:
        yield Fact(
            rule="R10",
            text=said(
                "{id} van {assessor} gaat over {scope}, niet over deze koppeling, en telt niet.",
                "{id} of {assessor} is about {scope}, not this integration: it does not count.",
                id=each.id,
                assessor=each.assessor,
                scope=", ".join(each.scope),
            ),
            flag="OTHER-SCOPE",
        )
    last_two = validity.counted[-2:]
    if [each.colour for each in last_two] == [Colour.RED, Colour.RED] and (
        last_two[0].report_date != last_two[1].report_date
    ):
        yield Fact(
            rule="R1",
            text=said("Tweede keer rood.", "Red for the second time."),
            flag="SECOND-RED",
        )
    for gap in gaps(validity.counted, as_of=validity.as_of):
        if gap.to is not None:
            yield Fact(
                rule="R5",
                text=said(
                    "Van {first} t/m {last} was er geen geldige beoordeling.",
                    "From {first} through {last} there was no valid assessment.",
                    first=gap.from_,
                    last=gap.to,
                ),
                flag="GAP",
            )


def _disputes(validity: Validity) -> Iterator[Fact]:
    """Yield where AFAS reads a colour otherwise than the assessor; both stay visible (R12)."""
    for each in validity.disputed:
        given = each.assessment.colour
        read = each.decision.colour
        values = {
            "id": each.assessment.id,
            "assessor": each.assessment.assessor,
            "given": COLOUR[given] if given else "-",
            "read": COLOUR[read] if read else said("afgewezen", "rejected"),
            "by": each.decision.by,
            "day": each.decision.date,
        }
        if each.counts:
            text = said(
                "{id}: {assessor} gaf {given}; AFAS leest {read} ({by}, {day}). De kleur van de "
                "beoordelaar telt.",
                "{id}: {assessor} gave {given}; AFAS reads {read} ({by}, {day}). The assessor's "
                "colour counts.",
                **values,
            )
        else:
            text = said(
                "{id}: {assessor} gaf {given}; AFAS leest {read} ({by}, {day}).",
                "{id}: {assessor} gave {given}; AFAS reads {read} ({by}, {day}).",
                **values,
            )
        yield Fact(rule="R12", text=text, demands=Status.ATTENTION, flag="COLOUR-DISPUTED")


def rescan(rule: str, due: date, last: Accepted, *, since: date) -> Action:
    """Return the partner's duty to have a new assessment made."""
    return action(
        Who.PARTNER,
        said("Laat een nieuwe Quickscan of pentest uitvoeren.", "Have a new assessment made."),
        rule=rule,
        key="rescan",
        due=due,
        since=since,
        rests_on=report_in_words(last),
    )


def _valid(last: Accepted, validity: Validity) -> Fact:
    overdue = validity.as_of > last.follow_up_due
    demands = {
        Colour.RED: Status.ACTION_REQUIRED,
        Colour.ORANGE: Status.ATTENTION,
        Colour.GREEN: Status.IN_ORDER,
    }[last.colour]
    text = said(
        "Kleur {colour}, rapport van {report}: geldig t/m {until}.",
        "Colour {colour}, report of {report}: valid until {until}.",
        colour=COLOUR[last.colour],
        report=last.report_date,
        until=last.valid_until,
    )
    if last.colour is Colour.ORANGE:
        text = said(
            "Kleur {colour}, rapport van {report}: vervolgafspraak uiterlijk {due}; geldig t/m "
            "{until} volgens de {policy}.",
            "Colour {colour}, report of {report}: follow-up due by {due}; valid until {until} by "
            "the {policy}.",
            colour=COLOUR[last.colour],
            report=last.report_date,
            due=last.follow_up_due,
            until=last.valid_until,
            policy=validity.policy.title,
        )
        text = _joined(text, _by_others(last, validity.policy))
    if overdue:
        demands = Status.ACTION_REQUIRED
        text = said(
            "Kleur {colour}: de vervolgafspraak moest uiterlijk {due}; geldig t/m {until}.",
            "Colour {colour}: the follow-up was due by {due}; valid until {until}.",
            colour=COLOUR[last.colour],
            due=last.follow_up_due,
            until=last.valid_until,
        )
    rule = _RULE[last.colour]
    return Fact(
        rule=rule,
        text=text,
        demands=demands,
        flag="FOLLOW-UP-OVERDUE" if overdue else _COLOUR_FLAG[last.colour],
        actions=(rescan(rule, last.follow_up_due, last, since=last.since),),
        source=validity.policy.source,
    )


def _by_others(last: Accepted, policy: Policy) -> Text:
    """Return until when AFAS's other page says that orange counts, where that is another day."""
    found = [
        said(
            "Volgens de {policy} zou dat {until} zijn.",
            "By the {policy} that would be {until}.",
            policy=other.title,
            until=until,
        )
        for other in POLICIES.values()
        if (until := add_months(last.report_date, term(other, last.colour).valid_months))
        != last.valid_until
        and other.name != policy.name
    ]
    return found[0] if found else NOTHING


def _joined(first: Text, second: Text) -> Text:
    return Text(nl=f"{first.nl} {second.nl}".rstrip(), en=f"{first.en} {second.en}".rstrip())


_COLOUR_FLAG = {Colour.RED: "RED", Colour.ORANGE: "ORANGE", Colour.GREEN: ""}


def _ends_soon(last: Accepted) -> Fact:
    return Fact(
        rule="R4",
        text=said(
            "De geldigheid eindigt binnenkort: {until} is de laatste dag.",
            "The validity ends soon: {until} is the last day.",
            until=last.valid_until,
        ),
        demands=Status.ATTENTION,
        flag="ENDS-SOON",
    )


def _lapsed(last: Accepted) -> Fact:
    return Fact(
        rule="R5",
        text=said(
            "Kleur {colour} is verlopen: {until} was de laatste dag.",
            "Colour {colour} has lapsed: {until} was the last day.",
            colour=COLOUR[last.colour],
            until=last.valid_until,
        ),
        demands=Status.NOT_CERTIFIED,
        flag="LAPSED",
        actions=(rescan("R5", last.valid_until, last, since=day_after(last.valid_until)),),
    )


def forecast_end(last: Accepted) -> date:
    """Return when the contract would end without a letter: it does not slide (R6)."""
    return add_months(last.valid_until, NOTICE_MONTHS)


def _forecast(last: Accepted, validity: Validity) -> Fact:
    end = forecast_end(last)
    if validity.as_of <= end:
        return Fact(
            rule="R6",
            text=said(
                "Zonder opzegbrief is {end} de prognose voor het einde van het contract.",
                "Without a notice letter {end} is the forecast for the end of the contract.",
                end=end,
            ),
            actions=(_give_notice(last),),
        )
    return Fact(
        rule="R6",
        text=said(
            "De verwachte einddatum {end} is verstreken: AFAS mag het contract eenzijdig "
            "beëindigen.",
            "The forecast {end} is past: right to end the contract unilaterally.",
            end=end,
        ),
        flag="RIGHT-TO-END",
        actions=(
            action(
                Who.AFAS,
                said("Besluit of het contract eindigt.", "Decide whether the contract ends."),
                rule="R6",
                key="right-to-end",
                weight=Status.NOT_CERTIFIED,
                since=day_after(end),
                rests_on=report_in_words(last),
            ),
        ),
    )


def _give_notice(last: Accepted | None) -> Action:
    return action(
        Who.AFAS,
        said("Besluit over opzeggen van het abonnement.", "Decide on giving notice."),
        rule="R5",
        key="give-notice",
        weight=Status.NOT_CERTIFIED,
        since=day_after(last.valid_until) if last is not None else None,
        rests_on=report_in_words(last) if last is not None else None,
    )


def _never_accepted(validity: Validity, *, is_ending: bool) -> Fact:
    if validity.awaiting:
        return Fact(
            rule="R12",
            text=said(
                "Er is nog geen beoordeling aanvaard; AFAS beoordeelt het ingediende bewijs.",
                "No assessment was accepted yet; AFAS judges the evidence.",
            ),
            demands=Status.REVIEW_NEEDED,
            flag="REVIEW-NEEDED",
        )
    return Fact(
        rule="R5",
        text=said(
            "Er is geen aanvaarde beoordeling; zonder opzegbrief is de einddatum niet te bepalen.",
            "There is no accepted assessment; without a letter no end date can be computed.",
        ),
        demands=Status.NOT_CERTIFIED,
        flag="NEVER-ASSESSED",
        actions=(
            action(
                Who.PARTNER,
                said("Laat een Quickscan of pentest uitvoeren.", "Have an assessment made."),
                rule="R5",
                key="rescan",
            ),
            *(() if is_ending else (_give_notice(None),)),
        ),
    )
