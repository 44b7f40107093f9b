"""ERP1 held against an environment: what differs is told, and nothing else."""

import asyncio
import json

import jsonschema
import pytest

from koppeling_harness.clock import SystemClock
from koppeling_harness.document import to_plain
from koppeling_harness.emulator.ledger import adopted, last_seen, read_ledger
from koppeling_harness.emulator.quirks import QUIRKS
from koppeling_harness.erp.keys import new_key
from koppeling_harness.erp.probe_needs import NEEDS
from koppeling_harness.erp.probes import PROBES
from koppeling_harness.errors import ConfigurationError
from koppeling_harness.rules.answer_form import differences
from koppeling_harness.workflow.environment import parity
from koppeling_harness.workflow.environment.asking import Here
from support.cli import koppeling
from support.partners import partner
from support.strange_environment import CLIENT, Strangeness, strange_environment

BY_NAME = {name: probe for probe in PROBES for name in probe.shows}
PLANTED = {
    "quirks": {
        "take_zero": "none",
        "plain_token": "unauthorized_401",
        "metainfo_custom_connectors": "absent",
        "post_status": "200",
    },
    "headers": {"x-frame-options": "sameorigin"},
    "replaced": {"wordt niet ondersteund voor deze app": "is niet gekoppeld aan deze app"},
}
"""Six ways in which the environment is otherwise; the last two are those of no switch."""


def compared(folder, *options, own_key="", **strangeness):
    """Run `koppeling parity` against a strange environment; return code, record and truth."""
    with strange_environment(folder / "strange", Strangeness(**strangeness)) as served:
        by_oauth = strangeness.get("oauth", False)
        key = {"sign_in": "private_key_jwt", "assertion_key": "own.pem"} if own_key else {}
        project = partner(folder / "p", served, state=folder / "state", by_oauth=by_oauth, **key)
        if own_key:
            (folder / "p" / "own.pem").write_text(own_key, encoding="utf-8")
        code, out, err = project.run("parity", "--env", "strange", "--json", *options)
        assert code in {0, 16}, err
        return code, json.loads(out), served.truth()


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_six_planted_deviations_are_told_and_no_other(tmp_path):
    code, record, truth = compared(tmp_path, "--write", **PLANTED)

    told = [(each["what"], each["of"], each["environment"]) for each in record["differences"]]
    assert code == 16
    assert sorted(each for each in told if each[0] == "switch") == [
        ("switch", "metainfo_custom_connectors", "absent"),
        ("switch", "plain_token", "unauthorized_401"),
        ("switch", "post_status", "200"),
        ("switch", "take_zero", "none"),
    ]
    [header] = [each for each in told if each[0] == "header"]
    [message] = [each for each in told if each[0] == "message"]
    assert header == ("header", "x-frame-options", "sameorigin")
    assert "is niet" in message[2]
    assert len(told) == 6
    assert truth["more"] == {}
    assert truth["most_at_once"] <= 5


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.parametrize("release", [pytest.param("Profit 8", marks=pytest.mark.long), "Profit 9"])
def test_an_identical_environment_has_none_and_nothing_of_its_data_is_kept(tmp_path, release):
    code, record, _ = compared(tmp_path, release=release)

    kept = json.dumps(record)
    assert (code, record["differences"]) == (0, [])
    assert not record["at_afas"]
    for held in ("T45678AB", "localhost", "127.0.0.1", "Monitor", "A00001", "8710000000001"):
        assert held not in kept
    asked = {each["probe"] for each in record["probes"] if not each["not_asked"]}
    by_client = {each.id for each in PROBES if each.client or each.key}
    assert asked == {each.id for each in PROBES if not each.writes} - by_client
    assert all(each["sight"] != "otherwise" for each in record["behaviours"])


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_an_environment_that_takes_oauth_only_is_held_against_all_the_same(tmp_path):
    private, certificate = new_key(SystemClock().now())
    otherwise = {"assertion_aud_list": "refused", "oauth_refresh_null": "present"}

    code, record, _ = compared(
        tmp_path,
        release="Profit 9",
        oauth=True,
        certificate_of=certificate,
        own_key=private.reveal(),
        quirks=otherwise,
    )

    left_out = {each["probe"]: each["not_asked"] for each in record["probes"] if each["not_asked"]}
    assert left_out.pop("plain-token") == "the environment is signed in to by OAuth"
    assert left_out == {"subject": "it writes, and --write was not given"}
    told = {each["of"]: each["environment"] for each in record["differences"]}
    assert (code, told) == (16, otherwise)
    shown = {each["behaviour"] for each in record["behaviours"] if each["sight"] == "as_here"}
    assert shown > {"thumbprint_kid", "access_token_life", "dpop_confidential", "dpop_proof_age"}
    kept = json.dumps(record)
    assert "eyJ" not in kept  # how every JWT begins
    assert CLIENT not in kept


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_probe_whose_connector_the_token_may_not_use_is_not_sent_and_says_so(tmp_path):
    _, record, _ = compared(tmp_path, missing=("Profit_Article",))

    whys = {each["probe"]: each["not_asked"] for each in record["probes"]}
    assert whys["take-zero"] == "Profit_Article is not on the app connector"
    assert whys["version"] == ""
    [sight] = [each for each in record["behaviours"] if each["behaviour"] == "take_zero"]
    assert (sight["sight"], sight["why"]) == ("not_asked", whys["take-zero"])


def test_every_behaviour_has_its_probe_or_the_reason_that_nobody_can_send_one():
    names = {each.name for each in QUIRKS}

    assert set(BY_NAME) | set(NEEDS) == names
    assert not set(BY_NAME) & set(NEEDS)
    assert all(NEEDS.values())


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_each_probe_tells_every_value_of_its_switches_apart():
    values = [(each, value) for each in QUIRKS if each.name in BY_NAME for value in each.values]

    async def untold():
        found = []
        for label in ("Profit 8", "Profit 9"):
            here = Here(label, SystemClock())
            try:
                for quirk, value in values:
                    if value == here.default[quirk.name]:
                        continue
                    probe = BY_NAME[quirk.name]
                    one = await here.of(probe, here.default)
                    other = await here.of(probe, {**here.default, quirk.name: value})
                    if not differences(one, other):
                        found.append((label, quirk.name))
            finally:
                await here.aclose()
        return found

    told = asyncio.run(untold())
    assert [name for label, name in told if label == "Profit 9"] == []
    # before Profit 9 there is no DPoP, and nobody signs
    assert {name.partition("_")[0] for _, name in told} == {"dpop", "assertion", "thumbprint"}


def a_record(path, **changes):
    plain = {
        "schema": "koppeling/parity@1",
        "day": "2026-12-01",
        "harness": "0.2.0",
        "release": "Profit 8",
        "version": "8.0.12",
        "at_afas": True,
        "wrote": False,
        "behaviours": [
            {"behaviour": "take_zero", "sight": "otherwise", "value": "none"},
            {"behaviour": "double_slash", "sight": "as_here", "value": "refused"},
            {"behaviour": "slash", "sight": "not_shown", "why": "fits both"},
        ],
        "differences": [
            {
                "what": "header",
                "of": "x-new",
                "erp1": "absent",
                "environment": "text",
                "probes": ["version"],
            }
        ],
        "probes": [],
        **changes,
    }
    path.write_text(json.dumps(plain), encoding="utf-8")
    return path


def test_what_was_seen_is_adopted_with_its_day_and_a_difference_as_a_switch(tmp_path):
    ledger = tmp_path / "parity.json"

    lines = parity.adopt(a_record(tmp_path / "seen.json"), ledger=ledger)

    kept = read_ledger(ledger)
    assert adopted("Profit 8", kept) == {"take_zero": "none", "double_slash": "refused"}
    assert adopted("Profit 9", kept) == {}
    assert last_seen(kept)["take_zero"].day.isoformat() == "2026-12-01"
    assert "take_zero: seen on Profit 8, 2026-12-01; taken over: none" in lines
    assert any(each.startswith("no switch answers so: header x-new") for each in lines)

    parity.adopt(a_record(tmp_path / "later.json", day="2027-01-05"), ledger=ledger)
    assert len(read_ledger(ledger).seen) == 2
    assert last_seen(read_ledger(ledger))["take_zero"].day.isoformat() == "2027-01-05"


def test_two_environments_are_held_against_each_other(tmp_path):
    clock = SystemClock()

    async def recorded(path, label, **changes):
        here = Here(label, clock)
        settings = {**here.default, **changes}
        asked = [each for each in PROBES if each.id in {"version", "take-zero", "no-token"}]
        probes = [await here.of(each, settings) for each in asked]
        await here.aclose()
        plain = json.loads(a_record(path).read_text(encoding="utf-8"))
        plain["behaviours"][0]["value"] = settings["take_zero"]
        plain["probes"] = [to_plain(each) for each in probes]
        path.write_text(json.dumps(plain), encoding="utf-8")

    test, accept = tmp_path / "test.json", tmp_path / "accept.json"
    asyncio.run(recorded(test, "Profit 8"))
    asyncio.run(recorded(accept, "Profit 8", take_zero="none", challenge_401="present"))

    alike = koppeling("parity", "compare", test, test, cwd=tmp_path)
    assert (alike.code, alike.out.splitlines()[-1]) == (0, "no difference")
    other = koppeling("parity", "compare", test, accept, "--json", cwd=tmp_path)
    found = other.json()
    assert other.code == 16
    assert [(each["what"], each["of"]) for each in found["differences"]] == [
        ("header", "www-authenticate"),
        ("note", "rows of take=0"),
    ]
    assert found["behaviours"] == [{"behaviour": "take_zero", "one": "one", "other": "none"}]
    jsonschema.validate(found, koppeling("schema", "parity-pair", cwd=tmp_path).json())


def test_what_was_not_seen_at_afas_is_never_adopted(tmp_path):
    path = a_record(tmp_path / "seen.json", at_afas=False)

    with pytest.raises(ConfigurationError, match="not made at an environment of AFAS"):
        parity.adopt(path, ledger=tmp_path / "parity.json")
    assert not (tmp_path / "parity.json").exists()
