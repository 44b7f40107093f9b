"""What an integration tells when AFAS refuses its address counts only as words for a person."""

import shutil
from pathlib import Path

import pytest

from support.cli import koppeling
from support.tiny import tiny_plugin

PACK = Path(__file__).parents[2] / "scenarios" / "authentication" / "address-refused.scenario.yaml"

ASK = """
import urllib.error, urllib.request
token = base64.b64encode(context.token.encode()).decode()
url = context.base_url + "/connectors/Tiny_Projects?take=1"
headers = {"Authorization": "AfasToken " + token, "IntegrationId": context.integration_id}
try:
    urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10).read()
except urllib.error.HTTPError as refused:
    return OperationResult(ok=False, error=ERROR)
return OperationResult()
"""
MDN = "For more information check: https://developer.mozilla.org/en-US/docs/Web/HTTP/Status/403"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("'AFAS laat dit adres niet toe (403).'", 0),
        (repr(MDN), 1),
        ("repr(refused)", 1),
        ("__import__('traceback').format_exc()", 1),
        ("None", 1),
    ],
    ids=["words", "link", "class", "trace", "nothing"],
)
def test_a_refusal_is_told_in_words_or_not_at_all(tmp_path, error, code):
    tiny_plugin(tmp_path / "plugins" / "tiny", body=ASK.replace("ERROR", error))
    (tmp_path / "scenarios").mkdir()
    shutil.copy(PACK, tmp_path / "scenarios")
    ran = koppeling("run", cwd=tmp_path)

    assert ran.code == code, ran.all
    assert ("`told` is false" in ran.out) is (code == 1)
