# ruff: noqa: RUF001 - letters that look alike are what is tried here
"""Numbers, yes/no and moments are what Profit's own patterns say, wherever they are read."""

import uuid
from decimal import Decimal

import pytest

from koppeling_harness.emulator.literals import (
    decimal,
    moment,
    new_guid,
    page_number,
    rounded,
    whole,
    yes_no,
)
from support.erp1 import HOURS, caller, element

NO_NUMBERS = (
    "nan", "NaN", "inf", "-Infinity", "1_0", "1_000.5", "１２", "٣", "1e3", "0x10", "1,5", "1.2.3",
    "--1", "+", "1.", "", " ", "²", "1 0", "\u00a01", "12\u2009", "ja", "veel", "0b1", "9" * 41,
)  # fmt: skip


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_only_a_programming_language_takes_is_no_number(text):
    for read in (whole, decimal):
        with pytest.raises(ValueError, match=r".*"):
            read(text)


def test_numbers_are_read_as_profit_writes_them():
    assert [whole(each) for each in ("12", "-3", "+4", " 5 ", "12.0")] == [12, -3, 4, 5, 12]
    assert [decimal(each) for each in ("-.5", "0.10")] == [Decimal("-0.5"), Decimal("0.10")]
    assert [yes_no(each) for each in ("TRUE", "0", "-1", "false")] == [1, 0, 1, 0]
    assert [page_number(each) for each in ("-1", "1_0", "٣", "1.5", "9" * 50)] == [
        -1, None, None, None, 2**31
    ]  # fmt: skip


def test_a_half_is_rounded_away_from_zero_and_never_to_minus_zero():
    assert [rounded(Decimal(each), 2) for each in ("0.005", "2.675", "-0.005", "1")] == [
        0.01, 2.68, -0.01, 1.0
    ]  # fmt: skip
    assert str(rounded(Decimal("-0.001"), 2)) == "0.0"
    assert rounded(Decimal("0.12345"), -1) == 0.12345


@pytest.mark.parametrize(
    "text",
    ["２０２６-11-24", "2026-11-24T10", "20261124", "24-11-2026", "2026-02-30", "9:00", "25:00"],
)
def test_a_moment_has_its_own_form(text):
    with pytest.raises(ValueError, match=r".*"):
        moment(text)


def test_bodies_filters_and_paging_read_a_number_alike():
    client = caller()
    for text in ("nan", "inf", "1_0", "１２", "1e3", "٣", "veel"):
        wrong = client.post("PtRealization", element("PtRealization", {**HOURS, "Qu": text}))
        filtered = client.where("Profit_Realization", "QuantityUnit", text)
        whole_ = client.where("Profit_Realization", "Identity", text)
        paged = client.get("Profit_Article", take=text)

        assert (wrong.status, filtered.status, whole_.status) == (500, 500, 500), text
        assert wrong.message == (
            f"Type mismatch: de waarde '{text}' bij 'Aantal' is geen geldig getal."
        )
        assert paged.json()["take"] == 100


def test_a_decimal_is_kept_compared_and_given_back_with_the_decimals_of_its_definition():
    client = caller()
    fields = client.metainfo("/get/Profit_Realization").json()["fields"]
    sent = {**HOURS, "Qu": 0.3333333333333333, "Ds": "twintig minuten"}

    assert [each["decimals"] for each in fields if each["id"] == "QuantityUnit"] == [2]
    assert client.post("PtRealization", element("PtRealization", sent)).status == 201
    for value in ("0.33", "0.333", "0.3333333333333333"):
        (row,) = client.where(
            "Profit_Realization", "Description,QuantityUnit", f"twintig minuten,{value}", "1,1"
        ).rows
        assert row["QuantityUnit"] == 0.33


def test_a_quantity_of_goods_and_a_price_have_more_decimals_than_an_amount():
    client = caller()
    line = {"VaIt": "2", "ItCd": "A00001", "BiUn": "STK", "QuUn": "0.12549", "Upri": "1.005"}
    order = client.post("FbSales", element("FbSales", {"DbId": "10001"}, FbSalesLines=[line]))
    number = order.json()["results"]["FbSales"]["OrNu"]

    (row,) = client.where("Profit_SalesorderLines", "OrderNumber", number).rows
    fields = client.metainfo("/get/Profit_SalesorderLines").json()["fields"]

    assert (row["PiecePerUnit"], row["PricePerUnit"]) == (0.1255, 1.005)
    decimals = {each["id"]: each["decimals"] for each in fields}
    assert (decimals["PiecePerUnit"], decimals["AmtTotal"]) == (4, 2)


def test_a_guid_is_random_and_of_version_4():
    made = {new_guid() for _ in range(100)}

    assert len(made) == 100
    for each in made:
        assert each == "{" + str(uuid.UUID(each)).upper() + "}"
        assert (uuid.UUID(each).version, uuid.UUID(each).variant) == (4, uuid.RFC_4122)
