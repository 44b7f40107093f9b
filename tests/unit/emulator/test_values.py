from decimal import Decimal

import pytest

from koppeling_harness.emulator.messages import Refusal
from koppeling_harness.emulator.specification import Field
from koppeling_harness.emulator.values import stored


def field(kind: str, length: int = 0) -> Field:
    return Field(id="X", type=kind, length=length, label="Date")


@pytest.mark.parametrize(
    ("kind", "sent", "kept"),
    [
        ("int", "12", 12), ("int", Decimal("12.0"), 12), ("int", True, 1), ("int", "-3", -3),
        ("decimal", "2500.00", 2500.0), ("decimal", 1, 1.0),
        ("boolean", "TRUE", 1), ("boolean", "0", 0), ("boolean", False, 0), ("boolean", 1, 1),
        ("date", "2026-11-24", "2026-11-24T00:00:00"),
        ("date", "2026-11-24T10:30:00Z", "2026-11-24T10:30:00"),
        ("date", "10:30", "1900-01-01T10:30:00"),
        ("string", 5, "5"), ("string", True, "1"), ("decimal", False, 0.0),
        ("int", "", None), ("date", None, None),
    ],
)  # fmt: skip
def test_values_may_be_text_or_native(kind, sent, kept):
    assert stored(field(kind), sent) == kept


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        ("int", "1.5"), ("int", "x"), ("int", []), ("int", "9" * 30), ("int", "²"),
        ("int", "1e400"),
        ("decimal", "nan"), ("decimal", []), ("decimal", "1e30"),
        ("boolean", "ja"), ("boolean", 2),
        ("date", "24-11-2026"), ("date", "2026-02-30"), ("date", 20261124),
        ("string", {}),
    ],
)  # fmt: skip
def test_what_does_not_fit_its_type_is_refused_by_label(kind, sent):
    with pytest.raises(Refusal) as refused:
        stored(field(kind), sent)

    assert "'Datum'" in refused.value.text("nl")
    assert "'Date'" in refused.value.text("en")


def test_a_text_that_is_too_long_is_refused_with_the_length():
    with pytest.raises(Refusal) as refused:
        stored(field("string", 3), "four")

    assert "(maximaal 3 tekens)" in refused.value.text("nl")


def test_a_whole_number_has_as_many_digits_as_its_definition_says():
    assert stored(field("int", 3), "-999") == -999
    with pytest.raises(Refusal):
        stored(field("int", 3), 1000)


def test_the_length_of_a_text_is_counted_as_net_does():
    assert stored(field("string", 4), "ab😀") == "ab😀"
    with pytest.raises(Refusal):
        stored(field("string", 3), "ab😀")
