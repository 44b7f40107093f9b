import pytest

from koppeling_harness.emulator.environment import own_catalogue
from koppeling_harness.emulator.specification import (
    open_catalogue,
    read_catalogue,
    write_catalogue,
)


def test_the_own_catalogue_survives_its_text_form():
    text = write_catalogue(own_catalogue().values())

    assert read_catalogue(text) == own_catalogue()


def test_the_own_catalogue_holds_the_connectors_that_are_promised():
    promised = {
        *("KnSubject", "KnPerson", "KnOrganisation", "KnContact", "KnSalesRelationOrg"),
        *("KnSalesRelationPer", "KnPurchaseRelationOrg", "FbItemArticle", "FbSales", "FiEntries"),
        *("KnProvApplication", "KnUser", "HrAbsence", "HrIllness", "KnCourseMember"),
        *("PtRealization", "PtProject", "KnSubjectReaction", "KnEmployee"),
    }

    assert {each.lower() for each in promised} <= set(own_catalogue())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "a line begins with ''"),
        ("what is this", "a line begins with 'what is this'"),
        ("O\ta\tA\t\t\nF\tx\ts\t\t\tX\t", "no line of a connector"),
    ],
)
def test_a_text_that_is_no_catalogue_says_why(text, why):
    with pytest.raises(ValueError, match=why):
        read_catalogue(text)


def test_a_connector_is_made_when_it_is_asked_for_and_once():
    catalogue = open_catalogue(
        "C\tGood\tx\tC\tr\t\t\tresults\nO\tr\tR\t\t\nC\tBad\tx\tC\tnone\t\t\t"
    )

    assert list(catalogue) == ["good", "bad"]
    assert "bad" in catalogue
    assert catalogue["good"] is catalogue["good"]
    with pytest.raises(KeyError, match="none"):
        catalogue["bad"]
