"""How a duty can be answered: what each choice leads to, and the command that does it."""

import shlex
from collections.abc import Callable, Iterator
from datetime import date

from koppeling_harness.model.dossier import Choice
from koppeling_harness.model.registration import Colour, Decision, DecisionKind, Ground
from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import Action, RegistrationStatus
from koppeling_harness.rules.months import NOTICE_MONTHS, add_months
from koppeling_harness.rules.words import COLOUR, said, status_word

_NOBODY = "?"
"""Who decides is not known beforehand; what is tried is never written."""


def choices_of(action: Action, *, place: str, as_of: date) -> tuple[Choice, ...]:
    """Return how a duty can be answered, the usual way first; empty when nothing is chosen.

    Args:
        action: The duty.
        place: The registration's file, as commands name it.
        as_of: The day on which a decision would be taken.
    """
    kind, _, about = action.key.partition(":")
    maker = _CHOICES.get(kind)
    if maker is None:
        return ()
    return tuple(maker(_Case(action, about=about, place=place, as_of=as_of)))


def becomes_in_words(before: RegistrationStatus, after: RegistrationStatus) -> Text:
    """Return what the status becomes by a choice, as the beginning of what it leads to."""
    if before.status is after.status:
        return said("de status blijft {word}", "the status stays {word}", word=status_word(after))
    return said("de status wordt {word}", "the status becomes {word}", word=status_word(after))


def joined_sentences(first: Text, second: Text) -> Text:
    """Return two parts of what a choice leads to, in one line."""
    return Text(nl=f"{first.nl}; {second.nl}", en=f"{first.en}; {second.en}")


class _Case:
    """What the choices of one duty are made of."""

    def __init__(self, action: Action, *, about: str, place: str, as_of: date) -> None:
        self.about = about
        self.path = shlex.quote(place)
        self.as_of = as_of
        self.due = action.due
        self.rule = action.rule

    def decide(
        self,
        kind: DecisionKind,
        what: Text,
        *,
        leads_to: Text | None = None,
        options: str = "",
        assessment: str | None = None,
        colour: Colour | None = None,
        ground: Ground | None = None,
    ) -> Choice:
        """Return a choice that is a decision."""
        more = f"{options} " if options else ""
        return Choice(
            what=what,
            leads_to=leads_to,
            command=f'koppeling decide {self.path} {kind} {more}--by "…" --reason "…"',
            decision=Decision(
                date=self.as_of,
                by=_NOBODY,
                decision=kind,
                reason=_NOBODY,
                assessment=assessment,
                colour=colour,
                ground=ground,
            ),
        )

    def letter(self, kind: str, what: Text) -> Choice:
        """Return a choice that is a letter."""
        return Choice(what=what, command=f'koppeling letter {self.path} {kind} --by "…"')


def _evidence(case: _Case) -> Iterator[Choice]:
    about = f"--assessment {shlex.quote(case.about)}"
    for colour in (Colour.GREEN, Colour.ORANGE, Colour.RED):
        yield case.decide(
            DecisionKind.ACCEPT_EVIDENCE,
            said("aanvaarden als {colour}", "accept it as {colour}", colour=COLOUR[colour]),
            options=f"{about} --colour {colour}",
            assessment=case.about,
            colour=colour,
        )
    yield case.decide(
        DecisionKind.REJECT_EVIDENCE,
        said("afwijzen", "reject it"),
        options=about,
        assessment=case.about,
    )
    yield case.letter(
        "return-submission", said("terugsturen, na een afwijzing", "return it, after a rejection")
    )


def _give_notice(case: _Case) -> Iterator[Choice]:
    yield case.decide(
        DecisionKind.GIVE_NOTICE,
        said("opzeggen", "give notice"),
        leads_to=said(
            "het contract eindigt op {end}",
            "the contract ends on {end}",
            end=add_months(case.as_of, NOTICE_MONTHS),
        ),
    )
    yield case.letter(
        "notice", said("de opzegbrief maken, na het besluit", "draft the letter, once decided")
    )
    yield Choice(
        what=said("nog niet opzeggen", "no notice yet"),
        leads_to=said(
            "de vermelding vervalt evengoed; de vraag blijft staan",
            "the listing goes all the same; the question stays",
        ),
    )


def _right_to_end(case: _Case) -> Iterator[Choice]:
    yield case.decide(
        DecisionKind.TERMINATE_IMMEDIATELY,
        said("per direct beëindigen, met onderbouwing", "end it at once, with a substantiation"),
        options="--ground no_certification",
        ground=Ground.NO_CERTIFICATION,
    )
    yield from _give_notice(case)


def _withdraw_notice(case: _Case) -> Iterator[Choice]:
    yield case.decide(
        DecisionKind.WITHDRAW_NOTICE, said("de opzegging intrekken", "withdraw the notice")
    )
    yield Choice(
        what=said("de opzegging laten lopen", "let the notice run"),
        leads_to=said(
            "het contract eindigt op de laatste dag", "the contract ends on its last day"
        ),
    )


def _remove_listing(case: _Case) -> Iterator[Choice]:
    yield case.decide(
        DecisionKind.REMOVE_LISTING,
        said("de vermelding verwijderen", "remove the listing"),
        leads_to=said(
            "haal de koppeling van partnersite en Help Center",
            "take the integration off partner site and Help Center",
        ),
    )
    yield case.letter("listing-removed", said("het de partner melden", "tell the partner"))


def _restore_listing(case: _Case) -> Iterator[Choice]:
    yield case.decide(
        DecisionKind.RESTORE_LISTING,
        said("de vermelding terugplaatsen", "restore the listing"),
        leads_to=said(
            "plaats de koppeling op partnersite en Help Center",
            "put the integration on partner site and Help Center",
        ),
    )
    yield case.letter("listing-restored", said("het de partner melden", "tell the partner"))


def _annual_review(case: _Case) -> Iterator[Choice]:
    yield case.decide(
        DecisionKind.ANNUAL_REVIEW,
        said("het jaargesprek vastleggen", "record the yearly review"),
        leads_to=said("het volgende gesprek over twaalf maanden", "the next one in twelve months"),
    )


def _finish(case: _Case) -> Iterator[Choice]:
    yield case.decide(
        DecisionKind.FINISH_ONBOARDING,
        said("de eerste certificering afronden", "finish the first certification"),
    )


def _last_conversation(case: _Case) -> Iterator[Choice]:
    yield from _finish(case)
    yield case.decide(
        DecisionKind.TERMINATE_IMMEDIATELY,
        said("het contract beëindigen", "end the contract"),
        options="--ground no_certification",
        ground=Ground.NO_CERTIFICATION,
    )


def _rescan(case: _Case) -> Iterator[Choice]:
    days = (case.due - case.as_of).days if case.due is not None else 0
    kind = 0 if case.rule == "R5" else 30 if days <= 30 else 90
    yield case.letter(f"reminder-{kind}", said("de partner herinneren", "remind the partner"))
    if case.rule in {"R1", "R2"}:
        yield case.letter("follow-up", said("om een plan vragen", "ask for a plan"))
    yield from _assessment(case)


def _assessment(case: _Case) -> Iterator[Choice]:
    yield Choice(
        what=said("de uitkomst vastleggen, zodra die er is", "record the outcome when it is there"),
        command=f"koppeling assessment add {case.path} --kind quickscan --assessor … "
        "--report-date … --colour …",
    )


def _run(case: _Case) -> Iterator[Choice]:
    release = shlex.quote(case.about)
    yield Choice(
        what=said("laten draaien bij de partner", "have it run at the partner"),
        command=f"koppeling run --release {release} --sign",
    )
    yield case.letter(
        "request-evidence", said("de partner om bewijs vragen", "ask the partner for evidence")
    )
    yield Choice(
        what=said("het ingestuurde bewijs innemen", "take in the evidence that was sent"),
        command="koppeling intake …",
    )


def _plan(case: _Case) -> Iterator[Choice]:
    yield Choice(
        what=said("aangetoond: noem de testrun in het plan", "shown: name the run in the plan"),
        leads_to=said(
            "`verified_by` in het bestand van AFAS; het plan is dan uitgevoerd",
            "`verified_by` in AFAS's file; the plan is then carried out",
        ),
    )
    yield case.letter("follow-up", said("naar de stand vragen", "ask how it stands"))


def _signal(case: _Case) -> Iterator[Choice]:
    day = case.about.rpartition("-")[0]
    yield Choice(
        what=said("vastleggen wat gedaan is", "record what was done"),
        leads_to=said(
            "received, heard (--side reporter, --side partner), decided, closed",
            "received, heard (--side reporter, --side partner), decided, closed",
        ),
        command=f'koppeling registration signal {case.path} … --of {day} --by "…" --text "…"',
    )


def _invoice(case: _Case) -> Iterator[Choice]:
    yield Choice(
        what=said("herinneren, en vastleggen op welke dag", "remind, and record on which day"),
        leads_to=said(
            "`reminders` in het bestand van de partner", "`reminders` in the partner's file"
        ),
    )
    yield case.decide(
        DecisionKind.TERMINATE_IMMEDIATELY,
        said("per direct beëindigen, met onderbouwing", "end it at once, with a substantiation"),
        options="--ground non_payment",
        ground=Ground.NON_PAYMENT,
    )


def _check(case: _Case) -> Iterator[Choice]:
    yield Choice(
        what=said("alle fouten in het bestand tonen", "show every problem of the file"),
        command=f"koppeling registration check {case.path}",
    )


_CHOICES: dict[str, Callable[[_Case], Iterator[Choice]]] = {
    "evidence": _evidence,
    "give-notice": _give_notice,
    "right-to-end": _right_to_end,
    "withdraw-notice": _withdraw_notice,
    "remove-listing": _remove_listing,
    "listed-too-early": _remove_listing,
    "restore-listing": _restore_listing,
    "annual-review": _annual_review,
    "finish-onboarding": _finish,
    "last-conversation": _last_conversation,
    "rescan": _rescan,
    "planned": _assessment,
    "plan-scan": _assessment,
    "run": _run,
    "plan": _plan,
    "signal": _signal,
    "invoice": _invoice,
    "input": _check,
}
"""By the first word of a duty's key."""
