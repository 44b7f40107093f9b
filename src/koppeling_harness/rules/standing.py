"""Standing of an integration on a release, whatever was run after it.

The last conclusive verdict of a whole record, on a list that counts, of this very integration. What
is a part, could not judge, rests on another list or belongs to another integration is told beside
it and never replaces it; a failure of a whole run replaces a pass. Emulator and environment have a
standing each (R15, R16).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta

from koppeling_harness.model.errata import Erratum
from koppeling_harness.model.functional import FunctionalResult
from koppeling_harness.model.partner import Identity
from koppeling_harness.model.registration import Waiver
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import ErpKind, Outcome
from koppeling_harness.rules.errata import erratum_of
from koppeling_harness.rules.judge import judge
from koppeling_harness.rules.waivers import covering
from koppeling_harness.rules.words import OUTCOME, said
from koppeling_harness.value import dataclass

HeldUntil = Callable[[FunctionalResult, str], date | None]
"""Says until when a failed scenario of a run is waived; None when it is not."""

OLD = timedelta(days=365)
"""Profit has two or three releases a year and their names come back: a verdict that is older may be
of another release with the same name. Source: AFAS, docs.afas.help/profit/en/news-profit8."""

_PART = {
    "keyword": said("op trefwoord", "by keyword"),
    "named_scenarios": said("alleen genoemde scenario's", "named scenarios only"),
    "shard": said("één deel van een run", "one shard of a run"),
    "rerun": said("herhaling van wat niet slaagde", "a repeat of what did not pass"),
    "interrupted": said("afgebroken", "interrupted"),
    "missing_shard": said("een deel van de run ontbreekt", "a shard is missing"),
    "in_process": said("in het proces van dit programma", "in the harness's own process"),
    "not_all_executed": said("niet alles uitgevoerd", "not all of it executed"),
}
_CONCLUSIVE = {Outcome.PASSED, Outcome.FAILED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """One record of an integration, and how much it weighs.

    Attributes:
        run: The record, in short.
        outcome: What it comes to, with the waivers that hold.
        held_until: First day on which a waiver ends that the outcome rests on.
        held: How many failures are waived.
        lesser: Why it does not count; empty when it does.
        is_other: Whether it is of another integration that has the same name.
    """

    run: FunctionalResult
    outcome: Outcome
    held_until: date | None
    held: int
    lesser: tuple[Text, ...]
    is_other: bool = False

    @property
    def stands(self) -> bool:
        """Whether it can be the standing."""
        return not self.lesser and self.outcome in _CONCLUSIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands on one release.

    Attributes:
        outcome: Emulator and environment joined.
        governing: The record that the outcome follows from; None when nothing stands.
        emulator: The standing on the emulator.
        environment: The standing in a real environment.
        beside: What did not count and came after, or all of it when nothing stands; newest first.
        others: Records of another integration with the same name.
    """

    outcome: Outcome
    governing: Weighed | None = None
    emulator: Weighed | None = None
    environment: Weighed | None = None
    beside: tuple[Weighed, ...] = ()
    others: tuple[Weighed, ...] = ()

    @property
    def lacks_emulator(self) -> bool:
        """Whether it passed in an environment only, which cannot show everything."""
        return self.emulator is None and self.environment is not None


def standings(
    runs: Iterable[FunctionalResult],
    *,
    who: Identity | None,
    held_until: HeldUntil,
    as_of: date,
) -> dict[str, Standing]:
    """Return what stands per release label.

    Args:
        runs: Of one integration, in any order; those after the day are left aside.
        who: Which integration is meant; None when only its name is known.
        held_until: Says which failures are waived.
        as_of: The day.
    """
    by_release: dict[str, list[Weighed]] = {}
    for run in runs:
        if run.date <= as_of:
            weighed = weigh(run, who=who, held_until=held_until, as_of=as_of)
            by_release.setdefault(run.release, []).append(weighed)
    return {label: _standing(many) for label, many in by_release.items()}


def by_registration(
    waivers: Sequence[Waiver], errata: Sequence[Erratum] = (), *, as_of: date
) -> HeldUntil:
    """Return what says which failures waivers of a registration, or errata of ours, cover."""

    def held(run: FunctionalResult, scenario: str) -> date | None:
        found = covering(waivers, scenario, release=run.release, as_of=as_of)
        if found is None:
            erratum = erratum_of(errata, scenario, version=run.harness, as_of=as_of)
            return erratum.until if erratum else None
        return found.until

    return held


def as_recorded(run: FunctionalResult, scenario: str) -> date | None:
    """Say that a failure is waived when the record marks it so."""
    return date.max if scenario in run.waived else None


def weigh(
    run: FunctionalResult, *, who: Identity | None, held_until: HeldUntil, as_of: date
) -> Weighed:
    """Return how much one record weighs."""
    failed = _days(held_until(run, each) for each in run.failed)
    unproven = _days(held_until(run, each) for each in run.unproven)
    held = [*failed, *unproven]
    outcome = judge(
        passed=run.passed + len(held),
        failed=len(run.failed) - len(failed),
        inconclusive=run.inconclusive,
        not_run=run.not_run - len(unproven),
    )
    lesser = [_reason(each) for each in run.part]
    word = run.list_word
    if word is None or not word.counts:
        lesser.append(word.name if word else said("onbekende lijst", "unknown list"))
    elif word.until is not None and as_of > word.until:
        lesser.append(said("lijst eindigde op {day}", "list ended on {day}", day=word.until))
    if run.evidence is not None and not run.evidence.counts:
        lesser.append(run.evidence.name)
    is_other = who is not None and run.identity is not None and _differ(who, run.identity)
    return Weighed(
        run=run,
        outcome=outcome,
        held_until=min(held, default=None),
        held=len(held),
        lesser=tuple(lesser),
        is_other=is_other,
    )


def _days(found: Iterable[date | None]) -> list[date]:
    return [each for each in found if each is not None]


def _differ(who: Identity, other: Identity) -> bool:
    if who.subscription != other.subscription:
        return True
    # who applies has no IntegrationId yet
    return bool(who.integration_id) and who.integration_id != other.integration_id


def part_in_words(because: Sequence[str]) -> Text:
    """Return why a run was a part, in words."""
    return _between("", [_reason(each) for each in because], "")


def _reason(name: str) -> Text:
    return _PART.get(name, Text(nl=name, en=name))


def in_words(each: Weighed) -> Text:
    """Return a record that does not count as a few words: outcome, day, and why not."""
    why = [*each.lesser]
    if each.run.identity is None:
        why.append(said("identiteit niet vastgelegd", "identity not recorded"))
    kind = said("in een omgeving", "in an environment")
    return said(
        "{outcome} op {day}{kind}{why}",
        "{outcome} on {day}{kind}{why}",
        outcome=OUTCOME[each.outcome],
        day=each.run.date,
        kind=_after(" ", [kind] if each.run.kind is ErpKind.ENVIRONMENT else []),
        why=_between(" (", why, ")"),
    )


def _standing(many: Sequence[Weighed]) -> Standing:
    newest_first = sorted(many, key=_moment, reverse=True)
    ours = [each for each in newest_first if not each.is_other]
    emulator = _last(ours, ErpKind.EMULATOR)
    environment = _last(ours, ErpKind.ENVIRONMENT)
    governing = _governing(emulator, environment)
    standing = {id(each) for each in (emulator, environment) if each}
    since = _moment(governing) if governing else None
    beside = [
        each
        for each in ours
        if id(each) not in standing and (since is None or _moment(each) > since)
    ]
    return Standing(
        outcome=_joined(emulator, environment, ours),
        governing=governing,
        emulator=emulator,
        environment=environment,
        beside=tuple(beside),
        others=tuple(each for each in newest_first if each.is_other),
    )


def _last(newest_first: Sequence[Weighed], kind: ErpKind) -> Weighed | None:
    """Return the standing of one kind; what does not say whose it is goes after what does."""
    stands = [each for each in newest_first if each.stands and each.run.kind is kind]
    known = [each for each in stands if each.run.identity is not None]
    return next(iter(known or stands), None)


def _governing(emulator: Weighed | None, environment: Weighed | None) -> Weighed | None:
    both = [each for each in (emulator, environment) if each is not None]
    failed = [each for each in both if each.outcome is Outcome.FAILED]
    return max(failed, key=_moment) if failed else next(iter(both), None)


def _joined(
    emulator: Weighed | None, environment: Weighed | None, ours: Sequence[Weighed]
) -> Outcome:
    outcomes = {each.outcome for each in (emulator, environment) if each is not None}
    if Outcome.FAILED in outcomes:
        return Outcome.FAILED
    if emulator is not None:
        return Outcome.PASSED
    if environment is not None:
        return Outcome.NOT_RUN
    last = next((each for each in ours if not each.lesser), None)
    return last.outcome if last else Outcome.NOT_RUN


def _moment(each: Weighed) -> tuple[object, ...]:
    # of one moment the worse is taken for the later: order of reading must be of no importance
    return (each.run.started_at, each.outcome is Outcome.FAILED, each.run.run_id)


def _after(before: str, texts: Sequence[Text]) -> Text:
    return _between(before, texts, "")


def _between(before: str, texts: Sequence[Text], after: str) -> Text:
    if not texts:
        return Text(nl="", en="")
    return Text(
        nl=before + "; ".join(each.nl for each in texts) + after,
        en=before + "; ".join(each.en for each in texts) + after,
    )


def failed_of(found: Mapping[str, Standing]) -> dict[str, tuple[str, ...]]:
    """Return per release what waivers could cover in the records that stand: which are used."""
    return {
        label: tuple(
            scenario
            for each in (standing.emulator, standing.environment)
            if each is not None
            for scenario in (*each.run.failed, *each.run.unproven)
        )
        for label, standing in found.items()
        if standing.governing is not None
    }
