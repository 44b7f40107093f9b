"""Against an environment that takes OAuth only: every command that calls it signs in."""

import json
import random
import time
from dataclasses import replace

import pytest

from support.cli import koppeling_process
from support.oauth_client import oauth_client
from support.partners import REFERENCE, outcomes, partner
from support.signing import certificate_of, key
from support.strange_environment import CLIENT, SECRET, Strangeness, strange_environment

MANIFEST = str(REFERENCE / "koppeling.yaml")


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    odd = Strangeness(
        manifests=(MANIFEST,),
        oauth=True,
        release="Profit 9",
        token_life_s=5,  # so that it ends in the midst of a run
        others_every_s=0.05,
        maintenance_every=97,
    )
    with strange_environment(tmp_path_factory.mktemp("strange"), odd) as served:
        yield served


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_every_command_signs_in_by_oauth_and_writes_no_token(tmp_path, environment):
    one = partner(tmp_path / "p", environment, state=tmp_path / "state", by_oauth=True)
    keyword = "reading.no-rows or hours-arrive or expired-token or token-only"

    ran, _, err = one.run("run", "--env", "strange", "-k", keyword)
    looked, _, looked_err = one.run("updates", "check")
    kept, _, kept_err = one.run("erp1", "snapshot", "--env", "strange", "--out", "kept.json")
    swept, told, _ = one.run("sweep", "strange", "--yes")
    refused, no_sign_in, _ = replace(one, secret="wrong").run("updates", "check")

    assert ran == 12, err  # what -k leaves out was not executed
    [record] = one.records()
    found = outcomes(record)
    assert set(found) == {"passed"}, found
    assert {each.partition("[")[0] for each in found["passed"]} >= {
        *("authentication.expired-token", "authentication.token-only-in-header"),
    }
    assert (looked, kept, swept) == (0, 0, 0), (looked_err, kept_err, told)
    assert json.loads((one.folder / "kept.json").read_text())["version"].startswith("9.")
    assert refused == 10
    assert "strange: no sign-in: client koppeling-test is given no token" in no_sign_in
    truth = environment.truth()
    assert truth["more"] == {}
    assert truth["signed_in"] < truth["calls"] / 2
    for folder in (one.folder / "reports", one.state):
        for path in folder.rglob("*"):
            if path.is_file():
                text = path.read_bytes()
                assert SECRET.encode() not in text, path
                assert b"eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9." not in text, path


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_three_partners_killed_at_fifty_random_moments_leave_nothing(tmp_path, environment):
    names = ("urenportaal", "portaal-b", "portaal-c")
    partners = [
        partner(tmp_path / each, environment, name=each, state=tmp_path / "state", by_oauth=True)
        for each in names
    ]
    chance, killed = random.Random(5), 0
    while killed < 50:
        running = [each.start(*going_on(each)) for each in partners]
        for process in running:
            time.sleep(chance.uniform(0.2, 2.5))
            killed += process.poll() is None
            process.kill()
            process.communicate()
    ended = [each.run(*going_on(each), timeout_s=600) for each in partners]
    deadline = time.monotonic() + 60
    while environment.truth()["more"] and time.monotonic() < deadline:
        swept = partners[0].run("sweep", "strange", "--yes")

    for each, (code, _, err) in zip(partners, ended, strict=True):
        assert code in {0, 12}, err
        assert set(outcomes(each.records()[-1])) == {"passed"}
    assert environment.truth()["more"] == {}, swept


def going_on(one):
    """Return the command with which a partner begins a run, or goes on with the one it has."""
    runs = [path.parent.name for path in one.folder.glob("reports/2*/results.jsonl")]
    kept = ["--resume", max(runs)] if runs else ["--env", "strange"]
    return ["run", *kept, *([] if runs else ["-k", "writing or hours-arrive or oauth"])]


SIGNED_FOR = 'private, alg="ES256", aud=(HERE / "address").read_text())'


@pytest.mark.slow
def test_who_signs_for_afas_s_own_address_is_certified_through_the_gateway(tmp_path, monkeypatch):
    monkeypatch.setenv("KOPPELING_STATE", str(tmp_path / "state"))
    private = key("ES256")
    plugins = tmp_path / "plugins"
    right = oauth_client(plugins, "right", "key", ('private, alg="ES256")', SIGNED_FOR))
    oauth_client(plugins, "for-the-gateway", "key")
    odd = Strangeness(
        manifests=(str(right / "koppeling.yaml"),),
        oauth=True,
        certificate_of=certificate_of(private),
        release="Profit 9",
    )
    (tmp_path / "own.pem").write_text(private.to_pem(), encoding="utf-8")
    with strange_environment(tmp_path / "e", odd) as served:
        (right / "address").write_text(f"{served.base_url}/oauth/token", encoding="utf-8")
        settings = served.settings(
            sign_in="private_key_jwt", client_id=CLIENT, assertion_key="own.pem"
        )
        (tmp_path / "koppeling.toml").write_text(settings, encoding="utf-8")
        ran = koppeling_process(
            *("run", "--env", "strange", "-k", "token-only", "--json"),
            cwd=tmp_path,
        )

    found = {each["id"]: each["results"][0] for each in ran.json()["integrations"]}
    assert found["right"]["outcome"] == "passed", found["right"]
    assert found["for-the-gateway"]["outcome"] == "failed"
    said = [each["message"] for each in found["for-the-gateway"]["findings"]]
    assert [each for each in said if "aud is not" in each], said
