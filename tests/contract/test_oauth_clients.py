"""Clients of OAuth that are not ours are certified, and broken ones fail for their own reason."""

from pathlib import Path

import pytest

from support.cli import koppeling_process
from support.oauth_client import BROKEN, WAYS, broken_client, oauth_client
from support.signing import certificate_of, key

PACKS = Path(__file__).parents[2] / "scenarios"

pytestmark = pytest.mark.slow


def certified(folder, packs, *more):
    """Return the integrations of one run, by their ids."""
    ran = koppeling_process(
        *("run", "--plugin", folder / "plugins", "--scenarios", packs, "--release", "Profit 9"),
        *("--json", "--no-traffic", *more),
        cwd=folder,
        timeout_s=600,
    )
    assert ran.code in {0, 1, 12}, ran.err
    return {each["id"]: each for each in ran.json()["integrations"]}


CHAIN_ENDED = (
    *("oauth.a-month-later", "passed", "SIGN-IN-REFUSED"),
    "no token: invalid_grant; counts from 1 March 2027",
)
"""Who refreshes after thirty days is refused, and so it learns that the user must sign in."""


@pytest.mark.parametrize(
    ("ways", "packs", "verdict"),
    [
        (WAYS[::2], PACKS / "oauth", "not_run"),
        pytest.param(WAYS[1::2], PACKS / "oauth", "not_run", marks=pytest.mark.long),
        pytest.param(WAYS, PACKS, "passed", marks=pytest.mark.long),
    ],
    ids=["of signing in, every second", "of signing in, the others", "all"],
)
def test_whoever_signs_in_with_requests_oauth2client_is_certified(tmp_path, ways, packs, verdict):
    for way in ways:
        oauth_client(tmp_path / "plugins", way, way)

    found = certified(tmp_path, packs, "--concurrency", "16")

    for name, each in found.items():
        others = {
            (result["scenario"], result["outcome"], finding["code"], finding["message"])
            for result in each["results"]
            for finding in result["findings"] or [{"code": "", "message": ""}]
            if result["outcome"] != "passed" or result["findings"]
        } - {CHAIN_ENDED}
        assert others == set(), name
        assert each["verdict"]["outcome"] == verdict, name
    assert set(found) == set(ways)


def judged(folder, clients):
    """Return what became of some broken clients, in one run."""
    (folder / "none").mkdir()
    for each in clients:
        broken_client(folder / "plugins", each, PACKS)
    return certified(folder, folder / "none", "--concurrency", "16")


@pytest.fixture(scope="module")
def some_judged(tmp_path_factory):
    return judged(tmp_path_factory.mktemp("broken"), BROKEN[::3])


@pytest.fixture(scope="module")
def all_judged(tmp_path_factory):
    return judged(tmp_path_factory.mktemp("broken"), BROKEN)


@pytest.mark.parametrize("broken", BROKEN[::3], ids=lambda each: each.name)
def test_a_broken_client_fails_for_its_own_reason_each_time(broken, some_judged):
    fails_for_its_own_reason(broken, some_judged)


@pytest.mark.long
@pytest.mark.parametrize("broken", BROKEN, ids=lambda each: each.name)
def test_a_broken_client_fails_for_its_own_reason(broken, all_judged):
    fails_for_its_own_reason(broken, all_judged)


def fails_for_its_own_reason(broken, judged):
    found = judged[broken.name]
    failed = [each for each in found["results"] if each["outcome"] == "failed"]
    told = [
        (finding["code"], finding["message"]) for each in failed for finding in each["findings"]
    ]

    assert found["problem"] == ""
    assert [each for each in told if each[0] == broken.caught_by and broken.says in each[1]], told


ROTATED = """
scenario: own.key-rotated-{name}
title: {{nl: Sleutel vervangen, en: Key rotated}}
level: required
proves: [test]
applies: {{integration: {name}}}
witness: call
when:
  - operation: read-articles
  - app_connector: revoke_key
  - app_connector: end_tokens
  - operation: read-articles
"""


def test_of_two_keys_the_old_one_may_be_taken_off_when_the_new_one_signs(tmp_path):
    for name, files in (("new-signs", "old.pem, acme.pem"), ("old-signs", "acme.pem, old.pem")):
        folder = oauth_client(tmp_path / "plugins", name, "key")
        (folder / "old.pem").write_text(certificate_of(key("ES256", 1)), encoding="utf-8")
        manifest = folder / "koppeling.yaml"
        text = manifest.read_text(encoding="utf-8").replace("[acme.pem]", f"[{files}]")
        manifest.write_text(text, encoding="utf-8")
        (folder / "scenarios").mkdir()
        own = folder / "scenarios" / "rotated.scenario.yaml"
        own.write_text(ROTATED.format(name=name), encoding="utf-8")
    (tmp_path / "none").mkdir()

    found = certified(tmp_path, tmp_path / "none")

    [kept], [refused] = found["new-signs"]["results"], found["old-signs"]["results"]
    assert (kept["outcome"], kept["findings"]) == ("passed", [])
    assert refused["outcome"] == "failed"
    assert "SIGN-IN-REFUSED" in {each["code"] for each in refused["findings"]}
