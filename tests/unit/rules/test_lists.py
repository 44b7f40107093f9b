from dataclasses import replace
from datetime import date

from koppeling_harness.model.known_list import KnownList
from koppeling_harness.rules.lists import ListBook, list_word

FIRST = KnownList(
    version="0.1.0",
    released=date(2026, 1, 1),
    release="Profit 8",
    digest="11" * 32,
    required=("a",),
)
SECOND = replace(FIRST, version="0.2.0", released=date(2026, 6, 1), digest="22" * 32)
BOOK = ListBook(known=(FIRST, SECOND), own={"33" * 32: "van ons"}, version="0.2.0")


def word(digest, *, book=BOOK, harness="0.2.0"):
    return list_word(book, digest, release="Profit 8", harness=harness)


def test_a_list_counts_until_120_days_after_the_version_that_replaced_it():
    assert word("22" * 32).until is None
    assert word("11" * 32).until == date(2026, 9, 29)
    assert word("11" * 32).counts


def test_a_list_that_no_released_version_replaced_has_no_end():
    unreleased = replace(SECOND, released=None)
    book = replace(BOOK, known=(FIRST, unreleased))

    assert word("11" * 32, book=book).until is None


def test_a_list_that_stayed_as_it_was_is_of_its_newest_version():
    book = replace(BOOK, known=(FIRST, replace(SECOND, digest="11" * 32)))

    assert word("11" * 32, book=book).until is None
    assert word("11" * 32, book=book).name.en == "list of version 0.2.0"


def test_the_end_of_a_list_is_told_by_the_lists_of_its_own_release():
    book = replace(BOOK, known=(FIRST, replace(SECOND, release="Profit 9")))

    assert word("11" * 32, book=book).until is None


def test_a_home_made_list_does_not_count_unless_the_reader_names_it():
    assert not word("44" * 32).counts
    assert word("44" * 32).name.en == "unknown list (444444444444…)"
    assert word("33" * 32).counts
    assert word("33" * 32).name.en == "own list van ons"


def test_a_list_of_a_newer_program_is_called_so_and_does_not_count_yet():
    found = word("44" * 32, harness="0.10.0")

    assert not found.counts
    assert "newer program (0.10.0): update this program" in found.name.en
