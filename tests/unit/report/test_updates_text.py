from koppeling_harness.model.change import (
    ChangeKind,
    ChangeList,
    Compared,
    NotUnderstood,
    Side,
)
from koppeling_harness.model.impact import Impact, ImpactClass, Touch
from koppeling_harness.model.shape import Text
from koppeling_harness.report.updates_text import (
    counted,
    render_changes_text,
    render_impacts_text,
    values,
)
from support.updates import a_change

K = ChangeKind
CHANGES = (
    a_change("KnX", "KnLink.ToEm", K.FIELD_REMOVED, before="string", operations=("POST", "PUT")),
    a_change("Profit_X", "Name", K.LENGTH_INCREASED, before="40", after="80", side=Side.READS),
)


def compared(**values):
    old = Compared(name="7.json", version="7.7.10", label="Profit 7")
    return ChangeList(from_=old, to=Compared(name="8.json"), changes=CHANGES, **values)


def test_changes_stand_below_their_connector_with_what_they_do():
    assert render_changes_text(compared(), lang="en").splitlines() == [
        "7.json (Profit 7 7.7.10) -> 8.json",
        "1 breaking, 1 possibly breaking, 0 compatible",
        "",
        "connector KnX (who writes)",
        "  breaking: KnLink.ToEm field removed - string [POST, PUT]",
        "connector Profit_X (who reads)",
        "  possibly breaking: Name longer 40 -> 80",
    ]


def test_a_table_tells_its_rows_and_those_that_were_not_understood():
    row = NotUnderstood(place="x.md:4", row="what is\tthis", problem="expected a wording")
    text = render_changes_text(
        ChangeList(table="x.md", rows=3, changes=CHANGES, not_understood=(row,)), lang="nl"
    )

    assert text.startswith("3 rijen: 2 begrepen als 2 wijzigingen, 1 niet begrepen.\n1 brekend,")
    assert text.endswith("niet begrepen: x.md:4: what is this")


def test_several_codes_of_one_field_are_told_in_one_line():
    codes = [a_change("KnX", "Vi", K.ENUM_VALUE_REMOVED, before=each) for each in "ABC"]
    other = a_change("KnX", "Ot", K.ENUM_VALUE_REMOVED, before="A")
    text = render_changes_text(ChangeList(changes=(*codes, other), rows=4), lang="en")

    assert text.splitlines()[-2:] == [
        "  breaking: Vi value removed - A, B, C",
        "  breaking: Ot value removed - A",
    ]
    assert text.splitlines()[1].startswith("4 breaking")


def test_what_was_not_compared_is_told():
    note = Text(nl="Endpoints niet.", en="Not endpoints.")

    assert render_changes_text(compared(not_compared=(note,)), lang="en").endswith(
        "not compared: Not endpoints."
    )


def test_no_differences_are_told_in_words():
    found = ChangeList(from_=Compared(name="a"), to=Compared(name="b"), changes=())

    assert render_changes_text(found, lang="en") == "a -> b\nNo differences."


def test_an_integration_is_told_what_to_do_and_why():
    touch = Touch(
        connector="KnX",
        path="Vi",
        kind=K.ENUM_VALUE_REMOVED,
        breaking=CHANGES[0].breaking,
        declared=True,
        observed=True,
        before="H",
    )
    required = Impact(
        integration="uren", class_=ImpactClass.REQUIRED, changes=(touch,), recorded=True
    )
    untouched = Impact(integration="winkel", class_=ImpactClass.NONE, changes=())

    assert render_impacts_text([required, untouched], lang="en").splitlines() == [
        "uren: re-run required",
        "  breaking: KnX.Vi value removed - H (declared and observed)",
        "winkel: nothing to do (no recorded run)",
        "  no change touches it",
        "",
        "1 re-run required, 0 re-run advised, 1 nothing to do",
    ]


def test_values_and_counts_read_in_one_line():
    assert [values("3", "5"), values("KS", ""), values("", "XK"), values("", "")] == [
        "3 -> 5",
        "- KS",
        "+ XK",
        "",
    ]
    assert counted((), lang="nl") == "0 brekend, 0 mogelijk brekend, 0 verenigbaar"
