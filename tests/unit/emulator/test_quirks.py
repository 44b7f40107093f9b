from datetime import date
from pathlib import Path

import pytest

from koppeling_harness.emulator.quirk import PAGES, READ, pages_of, quirk, to_look_at_again
from koppeling_harness.emulator.quirks import QUIRKS, settle
from koppeling_harness.emulator.releases import RELEASES, find_release
from koppeling_harness.errors import ConfigurationError


def test_a_release_overrules_the_default_and_the_user_overrules_both():
    settings = settle({"decimals": "sql", "put_status": "200"}, {"put_status": "201"})

    assert settings["decimals"] == "sql"
    assert settings["put_status"] == "201"
    assert settings["post_status"] == "201"


def test_every_wrong_switch_is_named_at_once():
    with pytest.raises(ConfigurationError) as caught:
        settle({}, {"nope": "1", "put_status": "204"})

    assert "nope is not a switch" in caught.value.message
    assert "put_status is '204', expected one of 201, 200" in caught.value.message


def test_names_are_unique_and_releases_set_only_what_exists():
    names = [each.name for each in QUIRKS]

    assert len(names) == len(set(names))
    for profit in RELEASES.values():
        assert settle({}, profit.differences)


def test_an_unknown_release_is_named_with_those_that_exist():
    with pytest.raises(ConfigurationError, match="Profit 6, Profit 7, Profit 8, Profit 9"):
        find_release("Profit 5")


TO_LOOK_AT_AGAIN: dict[str, tuple[str, ...]] = {}
"""Switches that rest on a text of which AFAS has a newer one, with its page: read it, and either
change the switch or say in `read` that it still holds. A name here is work to be done."""


def test_no_switch_rests_on_a_text_of_which_a_newer_one_is_known():
    assert to_look_at_again(QUIRKS) == TO_LOOK_AT_AGAIN


def test_a_switch_is_named_when_a_page_that_it_cites_has_a_newer_text():
    source = "AFAS, docs.afas.help/profit/en/authentication; docs.afas.help/profit/en/webhooks (x)"
    old = quirk("old", "a b", source, "Something.", read=date(2026, 9, 29))
    other = quirk("other", "a b", "inferred; no public text", "Something.", read=date(2020, 1, 1))
    unlisted = quirk("unlisted", "a b", "AFAS, docs.afas.help/profit/en/elsewhere.", "Something.")
    earlier = {"authentication": date(2026, 9, 29), "webhooks": date.min}

    assert pages_of(source) == ("authentication", "webhooks")
    assert to_look_at_again([old, other]) == {"old": ("authentication",)}
    assert to_look_at_again([old], earlier) == {}
    assert to_look_at_again([unlisted]) == {"unlisted": ("elsewhere",)}


def test_no_page_of_the_table_is_newer_than_the_day_of_reading():
    assert all(each <= READ for each in PAGES.values())


def test_every_value_of_a_switch_is_set_by_a_test():
    tests = Path(__file__).parents[2]
    texts = "".join(path.read_text("utf-8") for path in tests.rglob("test_*.py"))
    by_release = {
        (name, value) for each in RELEASES.values() for name, value in each.differences.items()
    }

    unset = [
        f"{each.name}={value}"
        for each in QUIRKS
        for value in each.values[1:]
        if (f'"{each.name}"' not in texts or f'"{value}"' not in texts)
        and (each.name, value) not in by_release
    ]
    assert unset == []
