import pytest

from koppeling_harness.errors import ConfigurationError, ProductionRefusedError
from koppeling_harness.http.base_url import refuse_production


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8080/T12345AA/ProfitRestServices",
        "http://localhost:1/ProfitRestServices",
        "http://[::1]:8080/ProfitRestServices",
        "https://12345.resttest.afas.online/ProfitRestServices",
        "https://12345.restaccept.afas.online/ProfitRestServices",
    ],
)
def test_test_accept_and_loopback_pass(url):
    refuse_production(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://12345.rest.afas.online/ProfitRestServices",
        "https://12345.REST.AFAS.ONLINE/ProfitRestServices",
        "https://12345.rest.afas.online./ProfitRestServices",
        "https://user:pass@12345.rest.afas.online/ProfitRestServices",
        "https://12345.soap.afas.online/ProfitServices",
        "https://12345.afasonlineconnector.nl/profitrestservices",
        "https://evil.resttest.afas.online.rest.afas.online/",
        "https://afas.online/",
    ],
)
def test_production_is_refused(url):
    with pytest.raises(ProductionRefusedError) as caught:
        refuse_production(url)

    assert caught.value.exit_code == 10


@pytest.mark.parametrize(
    "url",
    [
        "https://12345.resttest.afas.online.example.org/",
        "https://example.org/",
        "http://12345.resttest.afas.online/ProfitRestServices",
        "ftp://127.0.0.1/",
        "12345.resttest.afas.online",
        "",
    ],
)
def test_what_is_not_an_afas_test_environment_is_a_configuration_error(url):
    with pytest.raises(ConfigurationError):
        refuse_production(url)


def test_a_host_that_only_looks_like_loopback_is_refused():
    with pytest.raises(ConfigurationError):
        refuse_production("http://127.0.0.1.example.org/")
