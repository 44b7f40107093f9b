from datetime import date

import pytest

from koppeling_harness.model.shape import Text
from koppeling_harness.rules.words import day_in_words, said, signal_kind


@pytest.mark.parametrize(
    ("kind", "nl", "en"),
    [
        ("code_of_conduct", "gedragscode", "code of conduct"),
        ("non_payment", "onbetaalde facturen", "unpaid invoices"),
        ("late_answers", "late answers", "late answers"),
    ],
)
def test_a_signal_is_named_in_the_words_of_the_programme(kind, nl, en):
    assert signal_kind(kind) == Text(nl=nl, en=en)


def test_a_sentence_takes_dates_and_words_in_its_own_language():
    sentence = said(
        "{day}: {what}", "{day}: {what}", day=date(2026, 3, 1), what=Text(nl="a", en="b")
    )

    assert sentence == Text(nl="1 maart 2026: a", en="1 March 2026: b")
    assert day_in_words(date(2027, 5, 14)).nl == "14 mei 2027"
