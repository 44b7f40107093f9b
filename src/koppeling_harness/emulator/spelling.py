"""Spelling of keys, references, countries and nationalities: as they are kept.

What is found whatever its case is written as it stands where it was found, so that everything that
follows finds it too.
"""

from koppeling_harness.emulator.change import Change, Rules

_COUNTRY_FIELDS = frozenset(("CoId", "CoBi", "CoDi", "CoOr", "LwNa", "LwFa", "LwMo"))
"""Fields that hold a country in AFAS's own codes; those of legislation (`CoLw`, `CoLa`) are ISO
in AFAS's examples."""
_COUNTRY_LENGTH = 3
"""Characters of a country; a longer `CoId` is a code of something else."""
_NATIONALITY_FIELDS = frozenset(("PsNa", "ViNa"))
_PLACES = _COUNTRY_FIELDS | _NATIONALITY_FIELDS
_OF_NO_COUNTRY = frozenset(("000", "499", "CD", "GB2", "GB3", "GB4", "GRF", "SCG", "USA2", "WS"))
"""Nationalities that are no country's code (source: AFAS, docs.afas.help/apidoc, list of PsNa)."""


def spell(change: Change, rules: Rules) -> None:
    """Let what a line refers to be spelled as it is kept.

    Raises:
        Refusal: A country or nationality does not exist.
    """
    for each in change.values.values():
        if isinstance(each, str) and not each.isascii():
            _spell_keys(change, rules)
            break
    if _PLACES.isdisjoint(change.values):
        return
    for name in _COUNTRY_FIELDS & change.values.keys():
        field = change.type.by_id.get(name.lower())
        if field is not None and field.length == _COUNTRY_LENGTH:
            _country(change, name)
    for name in _NATIONALITY_FIELDS & change.values.keys():
        if str(change.values[name]).upper() not in _OF_NO_COUNTRY:
            _country(change, name)


def _spell_keys(change: Change, rules: Rules) -> None:
    """Spell keys as their tables do; ASCII is left to the table, which knows its case."""
    for name in rules.keys:
        _as_kept(change, name, rules.table, name)
    for name, target in rules.references.items():
        table, _, column = target.partition(".")
        if column:
            _as_kept(change, name, table, column)


def _as_kept(change: Change, name: str, table: str, column: str) -> None:
    value = change.values.get(name)
    if isinstance(value, str) and not value.isascii():
        spelled = change.database.spelled(table, column, value)
        change.values[name] = value if spelled is None else spelled


def _country(change: Change, name: str) -> None:
    value = change.values[name]
    if value is None:
        return
    change.values[name] = change.database.code("country", value)
    if change.values[name] is None:
        raise change.does_not_exist(name)
