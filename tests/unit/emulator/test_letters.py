"""Upper and lower case are alike for every letter, wherever ERP1 compares texts."""

import unicodedata

import pytest

from koppeling_harness.emulator.letters import fold, sort_key
from support.erp1 import HOURS, caller, element

PAIRS = [
    ("café", "CAFÉ"), ("STRASSE", "straße"), ("STRAẞE", "straße"), ("İstanbul", "i̇STANBUL"),
    ("Ørsted", "øRSTED"), ("ΟΔΟΣ", "οδος"), ("ЖУК", "жук"), ("crème brûlée", "CRÈME BRÛLÉE"),
    ("e\u0301lan", "\u00c9LAN"), ("ǅ", "ǆ"), ("ÿ", "Ÿ"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_texts_that_differ_in_case_only_fold_alike(one, other):
    assert fold(one) == fold(other)
    assert sort_key(one) == sort_key(other)


def test_an_accent_counts():
    assert fold("cafe") != fold("café")
    assert sorted(["cafz", "café", "cafe", "cage"], key=sort_key) == [
        "cafe",
        "café",
        "cafz",
        "cage",
    ]


@pytest.mark.parametrize(("kept", "asked"), PAIRS + [(two, one) for one, two in PAIRS])
def test_every_operator_compares_without_regard_to_case(kept, asked):
    client = caller()
    written = element("PtRealization", {**HOURS, "Ds": kept})
    number = client.post("PtRealization", written).json()["results"]["PtRealization"]["Id"]
    hit, miss = [int(number)], []
    expected = {"1": hit, "6": hit, "10": hit, "13": hit, "2": hit, "3": hit,
                "7": miss, "11": miss, "12": miss, "14": miss, "4": miss, "5": miss}  # fmt: skip

    for operator, rows in expected.items():
        found = client.where(
            "Profit_Realization", "Identity,Description", f"{number},{asked}", f"1,{operator}"
        ).rows
        assert [each["Identity"] for each in found] == rows, operator


def test_letters_with_accents_come_beside_their_own_in_an_order():
    client = caller()
    for name in ("Zulu", "Éclair", "eland", "Ezel"):
        client.post("PtRealization", element("PtRealization", {**HOURS, "Ds": name}))
    query = {"filterfieldids": "DateTime", "filtervalues": f"{HOURS['DaTi']}T00:00:00"}

    rows = client.get("Profit_Realization", orderbyfieldids="Description", **query).rows

    found = [unicodedata.normalize("NFC", each["Description"]) for each in rows]
    assert found == ["Éclair", "eland", "Ezel", "Zulu"]
