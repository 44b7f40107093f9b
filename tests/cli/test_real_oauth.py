"""Against an environment that takes OAuth only: every command that calls it signs in."""

import json

import pytest

from support.partners import REFERENCE, outcomes, partner
from support.strange_environment import SECRET, Strangeness, strange_environment

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

    assert ran == 12, err  # what -k leaves out was not executed
    [record] = one.records()
    found = outcomes(record)
    assert set(found) == {"passed"}, found
    assert {each.partition("[")[0] for each in found["passed"]} >= {
        *("authentication.expired-token", "authentication.token-only-in-header"),
    }
    assert (looked, kept, swept) == (0, 0, 0), (looked_err, kept_err, told)
    assert json.loads((one.folder / "kept.json").read_text())["version"].startswith("9.")
    truth = environment.truth()
    assert truth["more"] == {}
    assert truth["signed_in"] < truth["calls"] / 2
    for folder in (one.folder / "reports", one.state):
        for path in folder.rglob("*"):
            if path.is_file():
                text = path.read_bytes()
                assert SECRET.encode() not in text, path
                assert b"eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9." not in text, path
