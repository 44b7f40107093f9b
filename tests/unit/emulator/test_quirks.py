import pytest

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
