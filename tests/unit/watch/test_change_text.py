import pytest

from koppeling_harness.watch.change_text import connector_of, field_path, understand


def told(sentence, connector):
    return understand(sentence, (connector,) if connector else ()).things


PATH = "KnX/Element/Objects/items/KnLink/Element/items/Fields/ToEm"


@pytest.mark.parametrize(
    ("sentence", "kind", "path", "before", "after"),
    [
        (f"added the new optional request property '{PATH}'", "field_added", "", "", ""),
        (
            f"added the new required request property '{PATH}'",
            "required_field_added",
            "",
            "",
            "",
        ),
        (f"removed the request property '{PATH}'", "field_removed", "", "", ""),
        (f"the request property '{PATH}' became required", "became_required", "", "", ""),
        (f"the request property '{PATH}' became optional", "became_optional", "", "", ""),
        (
            f"added the new 'X' enum value to the request property '{PATH}'",
            "enum_value_added",
            "",
            "",
            "X",
        ),
        (
            f"removed the enum value 'X' of the request property '{PATH}'",
            "enum_value_removed",
            "",
            "X",
            "",
        ),
        (
            f"the '{PATH}' request property's maxLength was increased from '80' to '120'",
            "length_increased",
            "",
            "80",
            "120",
        ),
        (
            f"the `{PATH}` request property's maxLength was decreased to `3`",
            "length_decreased",
            "",
            "",
            "3",
        ),
        (
            f"the `{PATH}` request property type/format changed from `string` to `integer`",
            "type_changed",
            "",
            "string",
            "integer",
        ),
        (
            f"the `{PATH}` request property type/format changed from `string`/`` to `number`/`x`",
            "type_changed",
            "",
            "string",
            "number",
        ),
    ],
)
def test_a_sentence_about_a_field_is_understood(sentence, kind, path, before, after):
    (said,) = told(sentence, "KnX")

    assert (said.connector, said.kind, said.path) == ("KnX", kind, "KnLink.ToEm")
    assert said.before.startswith(before)
    assert said.after.startswith(after)
    assert bool(said.before) == bool(before)


def test_several_values_in_one_sentence_are_several_changes():
    added = told(
        "added new enum value(s) to the request property `KnX/Element/Fields/A`:  `04`, `05`", "KnX"
    )
    removed = told(
        "removed enum value(s) from the request property `KnX/Element/Fields/A`: `Geneesk. "
        "verklaring`, `NVO/NIP`, `1, 2`",
        "KnX",
    )

    assert [each.after for each in added] == ["04", "05"]
    assert [each.before for each in removed] == ["Geneesk. verklaring", "NVO/NIP", "1, 2"]


A = "request property 'K/Element/Fields/A'"


def test_values_without_quotes_are_several_too():
    found = told(f"removed enum value(s) from the {A}: 00, Geneesk. verklaring, R/RV", "K")

    assert [each.before for each in found] == ["00", "Geneesk. verklaring", "R/RV"]


@pytest.mark.parametrize(
    ("sentence", "note", "after"),
    [
        (f"added the new optional {A} (see below)", "(see below)", ""),
        ("endpoint added. Only for Profit 8", ". Only for Profit 8", "/connectors/K"),
        (f"the {A} became required, except for PUT", ", except for PUT", ""),
        (
            "the 'K/Element/Fields/A' request property's maxLength was increased from '3' to '5' "
            "only in Belgium",
            "only in Belgium",
            "5",
        ),
    ],
)
def test_a_note_behind_a_known_wording_is_kept_beside_what_it_says(sentence, note, after):
    (said,) = told(sentence, "K")

    assert (said.note, said.after) == (note, after)


def test_a_note_behind_quoted_values_costs_none_of_them():
    found = told(f"added new enum value(s) to the {A}: `4`, `5` (Belgium)", "K")

    assert [each.after for each in found] == ["4", "5"]


@pytest.mark.parametrize(
    "sentence",
    [
        f"removed the {A}. removed the request property 'K/Element/Fields/B'",
        "endpoint added, api path removed",
        f"removed the {A} nearly",
        f"removed the {A}, BiDa and SeNm",
        f"removed the {A} (Ds too)",
        f"removed the {A}; 'BiDa' became required",
        f"removed the {A} - het veld BiDa ook",
        f"removed the {A}. endpoint added",
    ],
)
def test_another_change_behind_a_known_wording_is_not_understood(sentence):
    assert not understand(sentence, ("K",)).is_all


def test_what_was_understood_beside_it_is_told_all_the_same():
    found = understand(f"removed the {A}, BiDa and SeNm", ("K",))

    assert [each.path for each in found.things] == ["A"]


def test_several_connectors_and_several_lines_are_told_each():
    found = understand(f"removed the {A}\nendpoint added", ("K", "L"))

    assert found.is_all
    assert [(each.connector, each.kind) for each in found.things] == [
        ("K", "field_removed"),
        ("L", "field_removed"),
        ("K", "endpoint_added"),
        ("L", "endpoint_added"),
    ]


def test_a_path_with_a_blank_in_it_is_not_understood():
    assert told("removed the request property 'K/Element/Fields/ A'", "K") == ()


def test_a_quote_inside_a_value_belongs_to_it():
    (said,) = told(
        "removed the enum value ''s-Hertogenbosch' of the request property 'A/Element/Fields/B'",
        "A",
    )

    assert said.before == "'s-Hertogenbosch"


def test_a_property_that_is_no_field_is_an_object():
    (said,) = told(
        "added the new optional request property 'PtX/Element/Objects/items/PtSpend'", "PtX"
    )

    assert (said.kind, said.path) == ("object_added", "PtSpend")


def test_endpoints_tags_and_schemas_are_understood():
    (added,) = told("endpoint added", "KnX/KnX/@Id/{Id}")
    (removed,) = told("api path removed without deprecation", "/connectors/KnX/KnX/@Id/{Id}")
    (tag,) = told("api tag 'Per jaar' added", "FiIVY")
    (schema,) = told("removed the schema 'HrMutInsite_POST'", "")

    assert (added.connector, added.after) == ("KnX", "/connectors/KnX/KnX/@Id/{Id}")
    assert (removed.connector, removed.before) == ("KnX", "/connectors/KnX/KnX/@Id/{Id}")
    assert (tag.kind, tag.connector) == ("documentation", "FiIVY")
    assert (schema.connector, schema.operations) == ("HrMutInsite", ("POST",))


def test_what_is_worded_otherwise_or_has_no_connector_is_not_understood():
    assert told("the moon became required", "KnX") == ()
    assert told("endpoint added", "") == ()
    assert told("removed the request property 'KnX/Element/Fields/A'", "") == ()
    value = "removed the enum value 'X' of the request property 'KnX/Element/Fields/A'"
    assert told(value, "") == ()


def test_a_field_has_one_path_however_it_is_written():
    for written in (
        PATH,
        "KnX/Element/Objects/KnLink/Element/Fields/ToEm",
        "AfasRoot/Element/Objects/KnLink/Element/Fields/ToEm",
    ):
        assert field_path(written) == "KnLink.ToEm"


def test_a_connector_is_found_in_every_form_of_its_column():
    for cell in ("KnX", "/connectors/KnX", "/connectors/KnX/KnLink", "KnX/KnX/@Id/{Id}"):
        assert connector_of(cell) == "KnX"
    assert connector_of("/FileConnector") == "/FileConnector"
