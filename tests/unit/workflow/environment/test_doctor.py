"""What the doctor finds in environments that are strange."""

import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.model.verdict import Cause
from koppeling_harness.workflow.environment.access import TokenSources
from koppeling_harness.workflow.environment.doctor import as_plain, diagnose, text_of
from support.partners import REFERENCE, partner
from support.strange_environment import Strangeness, strange_environment

MANIFEST = str(REFERENCE / "koppeling.yaml")


def diagnosis(tmp_path, served, **settings):
    one = partner(tmp_path / "p", served, state=tmp_path / "state", **settings)
    return diagnosis_of(one)


def diagnosis_of(one):
    return diagnose(
        "strange",
        plugins=(),
        folder=one.folder,
        clock=SystemClock(),
        sources=TokenSources(
            environ={"KOPPELING_TOKEN_STRANGE": one.token},
            keyring=lambda _: None,
            prompt=lambda _: None,
        ),
    )


@pytest.fixture(autouse=True)
def _state(tmp_path, monkeypatch):
    monkeypatch.setenv("KOPPELING_STATE", str(tmp_path / "state"))


def test_an_environment_in_order_is_told_line_by_line(tmp_path, ordinary):
    found = diagnosis(tmp_path, ordinary)

    assert [text_of(each) for each in found.lines if not each.ok] == []
    assert (found.exit_code, found.target.facts.environment) == (0, "T45678AB")
    assert {each.what for each in found.lines} >= {
        *("settings", "integration urenportaal", "ports", "disk", "environment", "DNS", "TLS"),
        *("budget", "token", "token expiry", "clock", "release", "urenportaal: PtRealization"),
    }
    assert ordinary.token not in str(as_plain(found))


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({"release": "Profit 9"}, "release: found Profit 8 (8.0.12), expected Profit 9"),
        ({"budget": 5}, "budget: found 5 of 5 calls left today"),
        ({"ca_file": str(REFERENCE / "koppeling.yaml")}, "expected certificates in PEM"),
    ],
)
def test_what_is_set_wrongly_is_a_matter_of_configuration(tmp_path, ordinary, settings, what):
    found = diagnosis(tmp_path, ordinary, **settings)

    assert found.exit_code == 10
    assert what in found.problems()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("odd", "code", "what"),
    [
        ({"name": "O45678AB"}, 10, "says that it is O45678AB, which is production"),
        ({"expired": True}, 10, "remedy: Make a new token"),
        ({"missing": ("Urenportaal_Projecten", "PtRealization")}, 10, "add it to the app"),
        ({"clock_skew_s": 600}, 10, "clock: found"),
        ({"maintenance_every": 1}, 11, "/metainfo answered 503"),
    ],
)
def test_what_is_wrong_with_an_environment_is_told_with_its_remedy(tmp_path, odd, code, what):
    with strange_environment(tmp_path / "e", Strangeness(manifests=(MANIFEST,), **odd)) as served:
        found = diagnosis(tmp_path, served)

    assert (found.exit_code, found.target) == (code, None), found.problems()
    assert what in found.problems()


def test_an_authority_that_is_not_trusted_is_a_matter_of_configuration(tmp_path, ordinary):
    one = partner(tmp_path / "p", ordinary, state=tmp_path / "state")
    settings = one.folder / "koppeling.toml"
    kept = [line for line in settings.read_text().splitlines() if "ca_file" not in line]
    settings.write_text("\n".join(kept))

    [line] = [each for each in diagnosis_of(one).lines if each.ok is False]

    assert (line.what, line.cause) == ("TLS", Cause.CONFIGURATION)
    assert "certificate" in line.found


def test_an_environment_that_does_not_answer_is_the_environment_s_own_matter(tmp_path, ordinary):
    one = partner(tmp_path / "p", ordinary, state=tmp_path / "state")
    url = 'url = "https://127.0.0.1:9/ProfitRestServices"\n'
    (one.folder / "koppeling.toml").write_text(f"[environments.strange]\n{url}")

    found = diagnosis_of(one)

    assert found.exit_code == 11
    assert "TLS: found" in found.problems()


def test_an_address_in_production_is_refused_before_it_is_looked_up(tmp_path, ordinary):
    one = partner(tmp_path / "p", ordinary, state=tmp_path / "state")
    url = 'url = "https://12345.rest.afas.online/ProfitRestServices"\n'
    (one.folder / "koppeling.toml").write_text(f"[environments.strange]\n{url}")

    found = diagnosis_of(one)

    assert found.exit_code == 10
    assert "found a production environment" in found.problems()
    assert "DNS" not in {each.what for each in found.lines}
