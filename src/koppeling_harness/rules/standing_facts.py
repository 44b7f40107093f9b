"""Facts told beside the standing on a release: they change no outcome, and hide nothing (R15)."""

from collections.abc import Iterator, Sequence
from datetime import date

from koppeling_harness.model.shape import Text
from koppeling_harness.model.status import ReleaseStatus, Role, Status
from koppeling_harness.model.verdict import ErpKind, Outcome
from koppeling_harness.rules.fact import Fact
from koppeling_harness.rules.standing import OLD, Standing, Weighed, in_words
from koppeling_harness.rules.words import OUTCOME, said

_SHOWN = 3
"""So many are told in words; of the rest only how many there are."""


def told(status: ReleaseStatus, standing: Standing, *, as_of: date) -> Iterator[Fact]:
    """Yield what a reader should know beside the standing on a release.

    Args:
        status: What is said of the release.
        standing: What stands there, and what does not.
        as_of: The day.
    """
    yield from _beside(status, standing)
    yield from _others(status, standing)
    yield from _kinds(status, standing)
    if standing.governing is not None:
        yield from _age(status, standing.governing, as_of)
        yield from _never_called(status, standing.governing)
        yield from _disputed(status, standing.governing)
        yield from _not_asked(status, standing.governing)


def _beside(status: ReleaseStatus, standing: Standing) -> Iterator[Fact]:
    named = status.run_id if standing.governing is None else None
    beside = [each for each in standing.beside if each.run.run_id != named or each.lesser]
    if not beside:
        return
    after = said("daarna", "after that") if standing.governing else said("wel", "there is")
    yield _fact(
        "RUN-BESIDE",
        said(
            "{release}: telt niet mee; {after}: {runs}.",
            "{release}: does not count; {after}: {runs}.",
            release=status.release,
            after=after,
            runs=_listed(beside),
        ),
    )


def _others(status: ReleaseStatus, standing: Standing) -> Iterator[Fact]:
    for each in standing.others[:_SHOWN]:
        if each.run.identity is not None:
            yield _fact(
                "RUN-OTHER-IDENTITY",
                said(
                    "{release}: run {run} is van een andere koppeling met dezelfde naam: "
                    "IntegrationId {number}, abonnement {subscription}.",
                    "{release}: run {run} is of another integration with the same name: "
                    "IntegrationId {number}, subscription {subscription}.",
                    release=status.release,
                    run=each.run.run_id,
                    number=each.run.identity.integration_id,
                    subscription=each.run.identity.subscription,
                ),
            )


def _kinds(status: ReleaseStatus, standing: Standing) -> Iterator[Fact]:
    emulator, environment = standing.emulator, standing.environment
    if environment is None:
        return
    if emulator is None:
        if environment.outcome is Outcome.PASSED:
            yield _fact(
                "EMULATOR-PART-MISSING",
                said(
                    "{release}: geslaagd in een omgeving op {day}; het deel dat alleen de "
                    "emulator kan laten zien ontbreekt.",
                    "{release}: passed in an environment on {day}; the part that only the "
                    "emulator can show is missing.",
                    release=status.release,
                    day=environment.run.date,
                ),
            )
        return
    other = emulator if standing.governing is environment else environment
    same = emulator.run.digest == environment.run.digest
    where = {
        ErpKind.EMULATOR: said("op de emulator", "on the emulator"),
        ErpKind.ENVIRONMENT: said("in een omgeving", "in an environment"),
    }
    yield _fact(
        "",
        said(
            "{release}: {where} {outcome} op {day}{files}.",
            "{release}: {where} {outcome} on {day}{files}.",
            release=status.release,
            where=where[other.run.kind],
            outcome=OUTCOME[other.outcome],
            day=other.run.date,
            files=Text(nl="", en="")
            if same
            else said(", met andere bestanden", ", with other files"),
        ),
    )


def _age(status: ReleaseStatus, each: Weighed, as_of: date) -> Iterator[Fact]:
    days = (as_of - each.run.date).days
    if as_of - each.run.date > OLD:
        yield _fact(
            "RUN-OLD",
            said(
                "{release}: de run is {days} dagen oud, van Profit {version}; een naam van een "
                "release komt terug. Draai opnieuw.",
                "{release}: the run is {days} days old, of Profit {version}; the name of a "
                "release comes back. Run again.",
                release=status.release,
                days=days,
                version=each.run.erp_version or "?",
            ),
            demands=Status.IN_ORDER if status.role is Role.ACCEPT else Status.ATTENTION,
        )


def _never_called(status: ReleaseStatus, each: Weighed) -> Iterator[Fact]:
    if each.run.unused:
        yield _fact(
            "NEVER-CALLED",
            said(
                "{release}: genoemd en nooit aangeroepen: {connectors}.",
                "{release}: declared and never called: {connectors}.",
                release=status.release,
                connectors=", ".join(each.run.unused),
            ),
        )


def _disputed(status: ReleaseStatus, each: Weighed) -> Iterator[Fact]:
    for one in each.run.disputed:
        yield _fact(
            "FINDING-DISPUTED",
            said(
                "{release}: de partner betwist {code} ({where}), gevonden in {count} resultaten: "
                "{reason}",
                "{release}: the partner disputes {code} ({where}), found in {count} results: "
                "{reason}",
                release=status.release,
                code=one.code,
                where=one.where,
                count=len(one.results),
                reason=one.reason,
            ),
        )


def _not_asked(status: ReleaseStatus, each: Weighed) -> Iterator[Fact]:
    if each.run.not_asked:
        yield _fact(
            "",
            said(
                "{release}: {asked} verplichte scenario's gevraagd, {not_asked} niet gevraagd.",
                "{release}: {asked} required scenarios asked, {not_asked} not asked.",
                release=status.release,
                asked=each.run.required,
                not_asked=each.run.not_asked,
            ),
        )


def _listed(many: Sequence[Weighed]) -> Text:
    texts = [in_words(each) for each in many[:_SHOWN]]
    more = len(many) - len(texts)
    if more:
        texts.append(said("en nog {n}", "and {n} more", n=more))
    return Text(nl="; ".join(each.nl for each in texts), en="; ".join(each.en for each in texts))


def _fact(flag: str, text: Text, *, demands: Status = Status.IN_ORDER) -> Fact:
    return Fact(rule="R15", text=text, flag=flag, demands=demands)
