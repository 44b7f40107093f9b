"""Match methods `MatchOga` and `MatchPer`: the organisation or person that a line is about.

A method finds what it names: without a value it finds nobody, and a number finds one of the kind
that the connector is about only. An update or deletion that finds nobody is refused.

Source: AFAS, docs.afas.help/profit/nl endpoint/knperson-put, knperson-post and
knorganisation-post (pages of March 2026, made from AFAS's own program); that a number of the other
kind is not found is inferred.
"""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from koppeling_harness.emulator.change import Change, Values
from koppeling_harness.emulator.letters import equal_sql
from koppeling_harness.emulator.messages import Reason, Refusal
from koppeling_harness.value import dataclass

_BY_NUMBER = "0"
_FROM_ABOVE = "9"
_NAME = ("Is", "In", "ViGe")
"""What methods 2 to 6 of persons compare beside the last name; empty is like empty here."""
_UNKNOWN_GENDER = "O"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Methods:
    """The match methods of one kind of relation."""

    name: str
    kind: str
    named: Mapping[str, tuple[str, ...]]
    """Method to the fields that it looks for; one of them empty finds nobody."""
    compared: tuple[str, ...] = ()
    """What methods of more than one field compare too."""
    addresses: Mapping[str, str] = field(default_factory=dict)
    """Method to the column of the address that it looks for."""
    always_new: str


_ORGANISATION = _Methods(
    name="MatchOga",
    kind="O",
    named={"1": ("CcNr",), "2": ("FiNr",), "3": ("Nm",)},
    addresses={"4": "Adr", "5": "Pad"},
    always_new="6",
)
_PERSON = _Methods(
    name="MatchPer",
    kind="P",
    named={
        "1": ("SoSe",),
        "2": ("LaNm", "In"),
        "3": ("LaNm", "EmAd"),
        "4": ("LaNm", "MbNr"),
        "5": ("LaNm", "TeNr"),
        "6": ("LaNm", "DaBi"),
    },
    compared=_NAME,
    always_new="7",
)


def resolve_organisation(change: Change) -> None:
    """Find the organisation that a line is about, or let it be a new one.

    Raises:
        Refusal: There is none to change, or more than one.
    """
    for name in ("EmAd", "CcNr", "BrNr"):
        if change.values.get(name) is not None:
            change.values[name] = str(change.values[name]).replace(" ", "") or None
    _resolve(change, _ORGANISATION)


def resolve_person(change: Change) -> None:
    """Find the person that a line is about, or let it be a new one.

    Raises:
        Refusal: There is none to change, or more than one.
    """
    _resolve(change, _PERSON)


def _resolve(change: Change, methods: _Methods) -> None:
    mode = str(change.take(methods.name) or "")
    # Out of the stored fields; what hangs on it is done when the addresses are there.
    change.values.pop("PadAdr", None)
    if mode == _FROM_ABOVE:
        _take_from_above(change, methods)
    elif mode == methods.always_new:
        _decide(change, [])
    elif mode in methods.addresses:
        _decide(change, _by_address(change, methods.addresses[mode]))
    elif mode in methods.named:
        _decide(change, _by_fields(change, methods, methods.named[mode]))
    else:
        _by_number(change, methods, mode)


def _decide(change: Change, found: list[Any]) -> None:
    if len(found) > 1:
        raise Refusal(Reason.SEVERAL_MATCHES)
    if found:
        _is(change, change.database.row("relation", "BcId = ?", found[0][0]))
    elif not change.inserting:
        raise Refusal(Reason.NO_MATCH)


def _is(change: Change, row: Values | None) -> None:
    change.row = row
    if change.inserting:
        change.action = "update"
    change.values.pop("BcCo", None)  # finds, and is never changed


def _by_fields(change: Change, methods: _Methods, named: tuple[str, ...]) -> list[Any]:
    values = change.values
    if any(values.get(name) is None for name in named):
        return []
    where, parameters = ["kind = ?"], [methods.kind]
    for name in dict.fromkeys((*named, *(methods.compared if len(named) > 1 else ()))):
        value = values.get(name)
        if name == "ViGe" and value == _UNKNOWN_GENDER:
            continue
        if value is None:
            where.append(f'"{name}" IS NULL')
            continue
        sql, wanted = equal_sql(f'"{name}"', str(value))
        where.append(sql)
        parameters.append(wanted)
    return change.database.connection.execute(
        f"SELECT BcId FROM relation WHERE {' AND '.join(where)} LIMIT 2",  # noqa: S608
        parameters,
    ).fetchall()


def _by_address(change: Change, column: str) -> list[Any]:
    wanted = "KnBasicAddressAdr" if column == "Adr" else "KnBasicAddressPad"
    sent = [
        element.fields
        for name, elements in change.element.objects
        if name.lower() == wanted.lower()
        for element in elements
    ]
    fields = sent[0] if sent else {}
    code, house = str(fields.get("ZpCd") or "").replace(" ", ""), fields.get("HmNr")
    found = []
    if code and house not in (None, ""):
        found = change.database.connection.execute(
            f"SELECT r.BcId FROM relation r JOIN address a ON a.AddressId = r.{column} "  # noqa: S608
            "WHERE r.kind = 'O' AND replace(a.ZpCd, ' ', '') = ? COLLATE NOCASE AND a.HmNr = ? "
            "LIMIT 2",
            (code, house),
        ).fetchall()
    if not found and change.inserting:
        raise Refusal(Reason.NO_ADDRESS_MATCH)
    return found


def _by_number(change: Change, methods: _Methods, mode: str) -> None:
    number = change.values.get("BcCo")
    if number is None:
        above = relation_above(change)
        if above is not None and above["kind"] == methods.kind:
            _is(change, above)
        elif not change.inserting:
            raise Refusal(Reason.MANDATORY, label=change.label("BcCo"))
        return
    row = change.database.row("relation", "BcCo = ?", number)
    if row is None:
        if not change.inserting:
            raise Refusal(Reason.NO_MATCH)
        if change.parent is not None and mode == _BY_NUMBER:
            raise change.does_not_exist(name="BcCo")
    elif row["kind"] != methods.kind:
        raise Refusal(Reason.NO_MATCH)
    elif change.inserting and mode != _BY_NUMBER:
        raise Refusal(Reason.EXISTS, object=change.type.name, key=number)
    else:
        _is(change, row)


def _take_from_above(change: Change, methods: _Methods) -> None:
    if change.action != "update":
        raise Refusal(Reason.MATCH_ABOVE, field=methods.name)
    above = relation_above(change)
    if change.values.get("BcCo") is not None:
        raise Refusal(Reason.MATCH_NUMBER, field=methods.name)
    if above is None or above["kind"] != methods.kind:
        raise Refusal(Reason.NO_MATCH)
    _is(change, above)


def relation_above(change: Change) -> Values | None:
    """Return the organisation or person of the line above; None without one."""
    parent = change.parent
    if parent is None or parent.row is None:
        return None
    column = {"contact": "BcPer"}.get(parent.table, "BcId")
    id_ = parent.row.get(column)
    return change.database.row("relation", "BcId = ?", id_) if id_ else None


def check_same(change: Change, inner: Change, number: str) -> None:
    """Refuse to link a line to another organisation or person than the one it is about.

    Args:
        change: The line: an employee, a sales or purchase relation.
        inner: The organisation or person below it.
        number: The field that names the line.

    Raises:
        Refusal: It is another one (inferred; no public text says what AFAS answers).
    """
    row, found = change.row, inner.row
    if change.inserting or not row or not found or row["BcId"] == found["rowid"]:
        return
    if inner.action == "insert":
        raise Refusal(Reason.NO_MATCH)
    raise Refusal(
        Reason.OTHER_RELATION,
        object=change.type.name,
        key=row.get(number),
        number=found.get("BcCo"),
    )
