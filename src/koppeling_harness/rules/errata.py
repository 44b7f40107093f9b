"""Errata: failures by scenarios of this program that are known to be wrong."""

from collections.abc import Iterator, Sequence
from datetime import date

from koppeling_harness.model.errata import Erratum
from koppeling_harness.rules.fact import Fact
from koppeling_harness.rules.words import said


def erratum_of(
    errata: Sequence[Erratum], scenario: str, *, version: str, as_of: date
) -> Erratum | None:
    """Return the erratum that a failure comes from; of several the longest.

    Args:
        errata: All of them.
        scenario: `scenario` or `scenario[operation]`.
        version: Of the program that made the record.
        as_of: The day.
    """
    names = (scenario, scenario.partition("[")[0])
    found = [
        each
        for each in errata
        if each.scenario in names and version in each.versions and as_of <= each.until
    ]
    return max(found, key=lambda each: (each.until, each.id), default=None)


def erratum_facts(errata: Sequence[Erratum], *, as_of: date) -> Iterator[Fact]:
    """Yield the errata that hold on a day, for every dossier."""
    for each in sorted(errata, key=lambda erratum: erratum.id):
        if as_of <= each.until:
            yield Fact(
                rule="R17",
                text=said(
                    "Bekende fout in dit programma ({id}, {by}): {scenario} telt t/m {until} niet "
                    "mee. {reason}",
                    "Known error of this program ({id}, {by}): {scenario} does not count until "
                    "{until}. {reason}",
                    id=each.id,
                    by=each.by,
                    scenario=each.scenario,
                    until=each.until,
                    reason=each.reason,
                ),
                flag="KNOWN-ERRATUM",
            )
