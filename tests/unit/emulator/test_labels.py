"""Labels of fields in Dutch and English."""

from koppeling_harness.emulator.environment import own_catalogue
from koppeling_harness.emulator.labels import both_languages
from koppeling_harness.emulator.specification import ObjectType


def labels(type_: ObjectType) -> set[str]:
    return {each.label for each in type_.fields}.union(*(labels(each) for each in type_.objects))


def test_an_english_label_gets_its_dutch_and_a_dutch_one_its_english():
    assert both_languages("Item code") == ("Itemcode", "Item code")
    assert both_languages("Organisatie/Persoon") == ("Organisatie/Persoon", "Organisation/person")
    assert both_languages("Autonummering") == ("Autonummering", "Automatic numbering")


def test_a_number_before_a_label_is_no_part_of_it():
    assert both_languages("$147680=SessieId") == ("SessieId", "Session ID")


def test_a_label_that_is_not_known_is_the_same_in_both():
    assert both_languages("Barema") == ("Barema", "Barema")


def test_most_labels_are_known_in_both_languages_but_for_payroll_and_names_of_products():
    for connector in own_catalogue().values():
        found = labels(connector.root)
        known = {each for each in found if len(set(both_languages(each))) == 2}
        least = {"KnEmployee": 0.4, "KnUser": 0.5}.get(connector.id, 0.7)
        assert len(known) / len(found) >= least, connector.id
