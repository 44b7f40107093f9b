"""A program that was written without the harness gets a first verdict as the page says."""

import re
import shutil
from pathlib import Path

import pytest

from support.cli import koppeling

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "certify-a-program.md"

pytestmark = [
    pytest.mark.skipif(not PAGE.is_file(), reason="docs/ is not here"),
    pytest.mark.skipif(shutil.which("python3") is None, reason="needs python3"),
]

PROGRAM = """
import base64, json, os, sys, urllib.request

token = base64.b64encode(os.environ["AFAS_TOKEN"].encode()).decode()
url = "https://54321.rest.afas.online/ProfitRestServices/connectors/Acme_Projects?skip=-1&take=-1"
request = urllib.request.Request(url, headers={"Authorization": "AfasToken " + token})
with urllib.request.urlopen(request, timeout=60) as answer:
    print(len(json.load(answer)["rows"]), sys.argv[1])
"""


@pytest.fixture
def folder(tmp_path):
    page = PAGE.read_text(encoding="utf-8")
    (way_in,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (manifest,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    files = {"run_sync.py": way_in, "koppeling.yaml": manifest, "sync.py": PROGRAM}
    made = tmp_path / "acme"
    made.mkdir()
    for name, text in files.items():
        (made / name).write_text(text, encoding="utf-8")
    return made


def test_what_the_page_shows_is_in_order(folder):
    ran = koppeling("plugins", "check", folder, cwd=folder.parent)

    assert ran.code == 0, ran.all


def test_the_first_verdict_says_what_the_program_does_wrong_and_nothing_else(folder):
    (folder.parent / "scenarios").mkdir()
    pack = PAGE.parents[2] / "scenarios"
    for name in ("identity/integration-id", "authentication/address-refused"):
        shutil.copy(pack / f"{name}.scenario.yaml", folder.parent / "scenarios")
    ran = koppeling("run", "--plugin", folder, "--json", "--release", "Profit 8", cwd=folder.parent)
    (record,) = ran.json()["integrations"]
    found = {
        result["scenario"]: {each["code"] for each in result["findings"]}
        for result in record["results"]
    }

    assert ran.code == 1, ran.all
    assert found["identity.integration-id"] >= {"INTEGRATION-ID", "READ-ALL"}
    assert "NO-CALL" not in found["identity.integration-id"]
    assert "PLUGIN-CRASHED" in found["authentication.address-refused"]
