import pytest

from koppeling_harness.emulator.jwt_rules import Address, JwtError, Once

BASE = "https://erp1.example/T1/ProfitRestServices"
ADDRESS = Address(url=f"{BASE}/connectors/Uren%20nu", below="/connectors/Uren%20nu")


def test_an_id_may_be_used_again_only_when_what_carried_it_has_expired():
    once = Once()

    once.take("a", until=60, now=0)
    with pytest.raises(JwtError):
        once.take("a", until=60, now=59)
    once.take("a", until=120, now=60)


def test_ids_that_have_expired_are_forgotten_when_there_are_many():
    once = Once()
    for number in range(1000):
        once.take(str(number), until=10 if number else 100, now=0)

    once.take("next", until=100, now=20)

    assert sorted(once._until) == ["0", "next"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (f"{BASE}/connectors/Uren%20nu", True),
        (f"{BASE}/connectors/%55ren%20nu?take=1#top", True),
        ("HTTPS://ERP1.example:443/T1/ProfitRestServices/connectors/Uren%20nu", True),
        ("https://12345.rest.afas.online/profitrestservices/connectors/Uren%20nu", True),
        ("https://12345.restaccept.afas.online/ProfitRestServices/connectors/Uren", False),
        ("https://1.rest.afas.online/ProfitRestServices/connectors/Uren%20nu", False),
        ("http://erp1.example/T1/ProfitRestServices/connectors/Uren%20nu", False),
        ("https://erp1.example:8443/T1/ProfitRestServices/connectors/Uren%20nu", False),
        (f"{BASE}/connectors/Uren+nu", False),
        ("https://[", False),
        ("", False),
    ],
)
def test_an_address_may_be_named_in_every_equal_way_and_in_no_other(text, named):
    assert ADDRESS.is_named_by(text) is named


def test_the_base_of_an_address_is_what_is_above_it():
    assert ADDRESS.base == Address(url=BASE, below="")
