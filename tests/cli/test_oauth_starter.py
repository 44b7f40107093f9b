"""What is asked of calls to connectors is not asked of the calls that fetch a token."""

import shutil

import pytest

from support.cli import koppeling

FAULTS = """
scenario: aims.{name}
title: {{nl: Mikt, en: Aims}}
level: required
proves: [test]
applies: {{integration: {id}}}
when:
  - operation: fetch-projects
    timeout_s: 20
    expect: {expect}
faults:
  - {{fault: {fault}, of: {{kind: {kind}}}, calls: "1"}}
then:
  - exchanges: {{kind: sign_in}}
    expect: {{count: {sign_ins}, items: {{$each: {{path: /oauth/token}}}}}}
  - exchanges: {{kind: calls}}
    expect: {{count: {calls}}}
"""
BASIC = (
    (
        'form = dict(zip(("client_id", "client_secret"), self._client, strict=True))',
        "form, pair = {}, ':'.join(map(quote_plus, self._client))",
    ),
    (
        '"/oauth/token", repeatable=True, data=form)',
        '"/oauth/token", repeatable=True, data=form, headers={"Authorization": "Basic "'
        " + base64.b64encode(pair.encode()).decode()})",
    ),
    ("import json\n", "import json\nfrom urllib.parse import quote_plus\n"),
)
IN_URL = (
    "        answer = self._ask(method, url, headers=own | self._who(), **rest)\n        if ",
    "        url += f'?token={self._authorization[7:]}'\n"
    "        answer = self._ask(method, url, headers=own | self._who(), **rest)\n        if ",
)


def change(path, *pairs):
    text = path.read_text("utf-8")
    for old, new in pairs:
        assert text.count(old) == 1, f"{path.name} has {text.count(old)} times: {old}"
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


AIMS = [
    # an access token that has ended is replaced by one new one
    ("ended", "expired_token", "calls", "{ok: true}", 2, 2),
    # a sign-in that is refused is told, and nothing is called without a token
    ("refused", "expired_token", "sign_in", "{ok: false}", 1, 0),
    ("maintenance", "status, status: 503, retry_after_s: 1", "sign_in", "{ok: true}", 2, 1),
]


def outcomes(ran, name):
    [found] = [each for each in ran.json()["integrations"] if each["id"] == name]
    seen = {}
    for each in found["results"]:
        seen.setdefault(each["scenario"], set()).add(each["outcome"])
    return seen


@pytest.mark.slow
@pytest.mark.long
def test_who_fetches_a_token_in_an_operation_is_certified_like_any_other(tmp_path):
    for name in ("body", "basic", "url"):
        made = koppeling("init", name, "--runtime", "python", cwd=tmp_path)
        assert made.code == 0, made.all
        manifest = tmp_path / name / "koppeling.yaml"
        change(manifest, ("releases: [Profit 8] ", "releases: [Profit 8, Profit 9] "))
        shutil.rmtree(tmp_path / name / "scenarios")
        shutil.rmtree(tmp_path / name / "tests")
    change(tmp_path / "basic" / "afas.py", *BASIC)
    change(tmp_path / "url" / "afas.py", IN_URL)
    names = ("name", "fault", "kind", "expect", "sign_ins", "calls")
    own = tmp_path / "body" / "scenarios"
    own.mkdir()
    for row in AIMS:
        text = FAULTS.format(id="body", **dict(zip(names, row, strict=True)))
        (own / f"{row[0]}.scenario.yaml").write_text(text, encoding="utf-8")
    plugins = [each for name in ("body", "basic", "url") for each in ("--plugin", name)]
    asked = "authentication or integration-id or nothing-in-the-log or aims"

    ran = koppeling(
        "run", *plugins, "--release", "Profit 9", "-k", asked, "--json",
        cwd=tmp_path,
    )  # fmt: skip

    good, basic, in_url = (outcomes(ran, name) for name in ("body", "basic", "url"))
    asked = {"authentication.token-only-in-header", "identity.integration-id"}
    assert {f"aims.{name}" for name, *_ in AIMS} | asked <= set(good)
    assert [each for each in (*good.items(), *basic.items()) if each[1] != {"passed"}] == []
    assert "failed" in in_url["authentication.token-only-in-header"]
