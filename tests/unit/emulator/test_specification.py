from koppeling_harness.emulator.environment import own_catalogue
from koppeling_harness.emulator.specification import read_catalogue, write_catalogue


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
