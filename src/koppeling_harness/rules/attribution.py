"""Whose change broke it: two versions of the integration on two releases, and what they prove."""

from collections.abc import Iterator

from koppeling_harness.model.recheck import Attribution, Cell, Movement, Table, Whose
from koppeling_harness.model.shape import Text
from koppeling_harness.model.verdict import Cause, Outcome

_ENVIRONMENT = Text(
    nl="De omgeving kon niet gebruikt worden; dat zegt niets over koppeling of Profit.",
    en="The environment could not be used; that says nothing of the integration or of Profit.",
)
_SURROUNDINGS = Text(
    nl="Ook de gecertificeerde versie slaagt niet meer op de oude release, waar zij eerst slaagde: "
    "er is iets anders veranderd dan de koppeling of Profit.",
    en="The certified version does not pass on the old release either, where it did before: "
    "something other than the integration or Profit has changed.",
)
_NOTHING_CHANGED = Text(
    nl="Koppeling en release zijn dezelfde als toen het slaagde: er is iets anders veranderd.",
    en="Integration and release are those with which it passed: something else has changed.",
)
_INTEGRATION = Text(
    nl="De gecertificeerde versie slaagt op de nieuwe release; de huidige zakt ook op de oude.",
    en="The certified version passes on the new release; the present one fails on the old too.",
)
_PROFIT = Text(
    nl="De huidige versie slaagt op de oude release; de gecertificeerde zakt ook op de nieuwe.",
    en="The present version passes on the old release; the certified one fails on the new too.",
)
_SAME_FILES = Text(
    nl="De koppeling is dezelfde als de gecertificeerde, en slaagt nog op de oude release.",
    en="The integration is the certified one, and still passes on the old release.",
)
_BOTH = Text(
    nl="De huidige versie zakt ook op de oude release, de gecertificeerde ook op de nieuwe.",
    en="The present version fails on the old release too, the certified one on the new too.",
)
_TOGETHER = Text(
    nl="Elk van beide gaat nog goed met de oude andere; alleen samen gaat het mis.",
    en="Each still works with the other as it was; it fails only with both changes together.",
)
_UNKNOWN = Text(
    nl="Niet te zeggen: er ontbreekt een deel van het bewijs.",
    en="Cannot be told: a part of the proof is missing.",
)
_HALF = {
    Whose.INTEGRATION: Text(
        nl="In elk geval de koppeling; van Profit is het niet bekend.",
        en="At least the integration; Profit unknown.",
    ),
    Whose.PROFIT: Text(
        nl="In elk geval Profit; van de koppeling is het niet bekend.",
        en="At least Profit; the integration unknown.",
    ),
}
_NOT_CERTIFIED = Text(
    nl="een eerdere testrun waarin dit scenario slaagde",
    en="an earlier run in which this scenario passed",
)


def movement(before: Outcome | None, now: Outcome) -> Movement:
    """Return what became of a scenario since the last verdict.

    Args:
        before: What it was then; None when there was none, which counts as passing: what does not
            pass is new.
        now: What it is.
    """
    if now is Outcome.NOT_RUN:
        return Movement.NOT_RUN
    passed_before = before in {None, Outcome.PASSED}
    if now is Outcome.PASSED:
        return Movement.STILL_PASSING if passed_before else Movement.NEWLY_PASSING
    return Movement.NEWLY_FAILING if passed_before else Movement.STILL_FAILING


def whose_change(table: Table | None) -> Attribution:
    """Return whose change it is that the present integration fails on the new release.

    Nothing is guessed: what the four outcomes do not prove cannot be told.

    Args:
        table: The four outcomes; None when it never passed before.
    """
    if table is None:
        return Attribution(whose=Whose.CANNOT_TELL, why=_UNKNOWN, missing=(_NOT_CERTIFIED,))
    now = table.present_new
    if now.outcome is not None and is_environment(now.outcome, now.cause):
        return BY_ENVIRONMENT
    if now.outcome is Outcome.FAILED:
        if table.certified_old.outcome is Outcome.FAILED:
            return Attribution(whose=Whose.ENVIRONMENT, why=_SURROUNDINGS)
        if table.same_integration and table.same_release:
            return Attribution(whose=Whose.ENVIRONMENT, why=_NOTHING_CHANGED)
        found = _proven(table)
        if found is not None:
            return found
    at_least = _at_least(table)
    return Attribution(
        whose=Whose.CANNOT_TELL,
        why=_UNKNOWN if at_least is None else _HALF[at_least],
        missing=tuple(_missing(table)),
        at_least=at_least,
    )


def is_environment(outcome: Outcome, cause: Cause | None) -> bool:
    """Return whether it was the environment that kept something from being judged."""
    return outcome is Outcome.INCONCLUSIVE and cause is Cause.ENVIRONMENT


BY_ENVIRONMENT = Attribution(whose=Whose.ENVIRONMENT, why=_ENVIRONMENT)
"""The answer where the environment could not be used: what ran elsewhere adds nothing to it."""


def _proven(table: Table) -> Attribution | None:
    match table.present_old.outcome, table.certified_new.outcome:
        case Outcome.FAILED, Outcome.PASSED:
            return Attribution(whose=Whose.INTEGRATION, why=_INTEGRATION)
        case Outcome.PASSED, Outcome.FAILED:
            why = _SAME_FILES if table.same_integration else _PROFIT
            return Attribution(whose=Whose.PROFIT, why=why)
        case Outcome.FAILED, Outcome.FAILED:
            return Attribution(whose=Whose.BOTH, why=_BOTH)
        case Outcome.PASSED, Outcome.PASSED:
            return Attribution(whose=Whose.BOTH, why=_TOGETHER)
        case _:
            return None


def _at_least(table: Table) -> Whose | None:
    """Return what changed at least, where one of the two that are not known beforehand is known.

    Whatever the other would be: who fails on the old release where the certified version passed has
    changed, and Profit has when the present version passes there; and likewise on the new one.
    """
    if table.present_new.outcome is not Outcome.FAILED:
        return None
    if table.certified_old.outcome is not Outcome.PASSED:
        return None
    match table.present_old.outcome, table.certified_new.outcome:
        case (Outcome.FAILED, _) | (_, Outcome.PASSED):
            return Whose.INTEGRATION
        case (Outcome.PASSED, _) | (_, Outcome.FAILED):
            return Whose.PROFIT
        case _:
            return None


def _missing(table: Table) -> Iterator[Text]:
    names = {
        "certified_old": _cell_name("gecertificeerde", "certified", table.old_release),
        "present_old": _cell_name("huidige", "present", table.old_release),
        "certified_new": _cell_name("gecertificeerde", "certified", table.new_release),
        "present_new": _cell_name("huidige", "present", table.new_release),
    }
    for member, name in names.items():
        cell: Cell = getattr(table, member)
        if cell.outcome in {Outcome.PASSED, Outcome.FAILED}:
            continue
        note = cell.note or _outcome_text(cell)
        yield Text(nl=f"{name.nl}: {note.nl}", en=f"{name.en}: {note.en}")


def _cell_name(nl: str, en: str, release: str) -> Text:
    return Text(nl=f"de {nl} versie op {release}", en=f"the {en} version on {release}")


def _outcome_text(cell: Cell) -> Text:
    if cell.outcome is None or cell.outcome is Outcome.NOT_RUN:
        return Text(nl="niet uitgevoerd", en="was not carried out")
    cause = f" ({cell.cause})" if cell.cause else ""
    return Text(nl=f"onbeslist{cause}", en=f"inconclusive{cause}")
