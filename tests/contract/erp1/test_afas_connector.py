"""An independent client works against ERP1 as it is: `afas-connector` from PyPI.

Written by others for AFAS's own servers, and installed unchanged. It takes the address of the
connectors from its user, so nothing stands between.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support.erp1_served import installed, served

PACKAGE = "afas-connector==0.1.5"
SCRIPT = """
import json, os
from afas_connector import AfasConnector, AfasFilter, AfasObject

afas = AfasConnector()
said = {}
said["page"] = afas.get("Profit_Projects", take=3, skip=2, order_by="ProjectId")
said["backwards"] = afas.get("Profit_Projects", 1, 0, None, "ProjectId", ascending=False)
both = [AfasFilter("ProjectId", "500001"), AfasFilter("Description", "z", AfasFilter.NOT_EQUAL_TO)]
said["and"] = afas.get("Profit_Projects", take=10, skip=0, filters=both)
either = AfasFilter("ProjectId", ["500001", "500002"], [AfasFilter.EQUAL_TO, AfasFilter.EQUAL_TO])
said["or"] = afas.get("Profit_Projects", take=10, skip=0, filters=[either])
new = AfasObject("PtProject", fields={"PrId": "AC1", "PrGp": "EXT", "Ds": "Façade"})
said["post"] = afas.post("PtProject", new.payload())
new.set({"PrId": "AC1", "Ds": "Gewijzigd"})
said["put"] = new.update()
said["read"] = afas.get("Profit_Projects", take=1, skip=0, filters=[AfasFilter("ProjectId", "AC1")])
said["all"] = afas.get("Profit_Projects")
said["unknown"] = afas.get("Nonsense", take=1, skip=0)
open(os.environ["SAID"], "w", encoding="utf-8").write(json.dumps(said))
"""

pytestmark = [pytest.mark.slow]


def python_312() -> str | None:
    """Return an interpreter that the package can run on; it needs 3.12."""
    places = [sys.executable] if sys.version_info >= (3, 12) else []
    versions = Path.home() / ".pyenv" / "versions"
    places += [str(each) for each in sorted(versions.glob("3.1[2-9]*/bin/python3"))]
    return next((each for each in places if Path(each).exists()), None)


@pytest.fixture(scope="module")
def said(request: Any, tmp_path_factory: pytest.TempPathFactory) -> dict:
    """What the client got, by what it was asked to do."""
    python = python_312()
    if python is None:
        pytest.skip("needs Python 3.12 or newer, for afas-connector")
    pip = (python, "-m", "pip", "install", "--quiet", PACKAGE, "--target")
    name = PACKAGE.replace("==", "-")
    packages = installed(name, lambda place: [*pip, place], request, tmp_path_factory)
    folder = tmp_path_factory.mktemp("client")
    with served(folder) as first:
        environment = {
            **os.environ,
            "PYTHONPATH": str(packages),
            "AFAS_CONNECTORS_URL": first["base_url"] + "/connectors",
            "AFAS_TOKEN": first["token"],
            "SAID": str(folder / "said.json"),
            "PYTHONIOENCODING": "utf-8",
        }
        subprocess.run([python, "-c", SCRIPT], env=environment, cwd=folder, check=True, timeout=60)
    return json.loads((folder / "said.json").read_text(encoding="utf-8"))


def ids(said: dict, what: str) -> list[str]:
    status, answer = said[what]
    assert status == 200
    return [row["ProjectId"] for row in answer["rows"]]


def test_it_reads_a_page_in_either_direction(said):
    assert ids(said, "page") == ["500003", "500004", "500005"]
    assert len(ids(said, "backwards")) == 1
    assert ids(said, "backwards") > ids(said, "page")


def test_it_filters_with_all_and_with_any_of_its_conditions(said):
    assert ids(said, "and") == ["500001"]
    assert ids(said, "or") == ["500001", "500002"]


def test_it_reads_everything_as_it_does_when_nothing_is_said(said):
    assert len(ids(said, "all")) > 20


def test_what_it_writes_and_changes_is_read_back(said):
    assert (said["post"][0], said["put"][0]) == (201, 201)
    (row,) = said["read"][1]["rows"]
    assert (row["ProjectId"], row["Description"]) == ("AC1", "Gewijzigd")


def test_it_is_told_what_is_not_there(said):
    assert said["unknown"] == [500, None]
