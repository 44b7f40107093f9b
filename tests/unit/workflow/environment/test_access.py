import base64

import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.config.settings import load_settings
from koppeling_harness.errors import ConfigurationError, ProductionRefusedError
from koppeling_harness.workflow.environment.access import TokenSources, access_for

XML = f"<token><version>1</version><data>{'AB12' * 16}</data></token>"


def nobody(_name):
    return None


def access(
    tmp_path, *, url="https://localhost:8443/P", environ=None, keyring=nobody, prompt=nobody
):
    (tmp_path / "koppeling.toml").write_text(f'[environments.demo]\nurl = "{url}"\n')
    sources = TokenSources(environ=environ or {}, keyring=keyring, prompt=prompt)
    return access_for("demo", load_settings(tmp_path), clock=SystemClock(), sources=sources)


def test_a_token_comes_from_its_environment_variable_as_xml_or_as_base64(tmp_path):
    for text in (XML, base64.b64encode(XML.encode()).decode(), f"{XML}\r\n"):
        found = access(tmp_path, environ={"KOPPELING_TOKEN_DEMO": text})

        assert found.token.reveal() == XML


def test_the_keyring_is_asked_when_the_variable_is_not_there_and_the_user_last(tmp_path):
    assert access(tmp_path, keyring=lambda _: XML).token.reveal() == XML
    assert access(tmp_path, prompt=lambda _: XML).token.reveal() == XML


def test_without_a_token_it_is_said_where_one_may_come_from(tmp_path):
    with pytest.raises(ConfigurationError) as caught:
        access(tmp_path)

    assert "KOPPELING_TOKEN_DEMO" in caught.value.render()
    assert "keyring set koppeling demo" in caught.value.hint


def test_what_is_no_token_is_refused_without_being_shown(tmp_path):
    with pytest.raises(ConfigurationError) as caught:
        access(tmp_path, environ={"KOPPELING_TOKEN_DEMO": "hunter2hunter2"})

    assert "hunter2" not in caught.value.render()


@pytest.mark.parametrize(
    "url",
    [
        "https://12345.rest.afas.online/ProfitRestServices",
        "https://12345.afasonlineconnector.nl/profitrestservices",
        "https://12345.RestTest.afas.online.rest.afas.online/x",
    ],
)
def test_production_is_refused_before_a_token_is_looked_for(tmp_path, url):
    with pytest.raises(ProductionRefusedError):
        access(tmp_path, url=url)
