"""Clients of others work against ERP1 from Node: a package of npm, and the calls of another.

`openapi-client-axios` is installed from npm and used unchanged; what it calls, AFAS's own OpenAPI
documents say. For `afas-connect`, the only npm package for AFAS that public pages name, `npm view`
answered 404 on 25 November 2026: its README's calls are made by Node itself.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from contract.erp1.test_imports import FOLDER, needs_files
from support.erp1_served import installed, served

PACKAGES = ("openapi-client-axios@7.9.1", "axios@1.21.1")
SCRIPTS = Path(__file__).with_name("node")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js 20 or newer"),
]

Said = dict[str, Any]


def node(script: str, folder: Path, *arguments: str | Path) -> Said:
    """Return what a script wrote of what ERP1 said."""
    out = folder / "said.json"
    with served(folder) as first:
        environment = {
            **os.environ,
            "AFAS_URL": first["base_url"],
            "AFAS_TOKEN": first["token"],
        }
        command = ["node", SCRIPTS / script, *arguments, out]
        subprocess.run(command, env=environment, cwd=folder, check=True, timeout=60)
    said: Said = json.loads(out.read_text(encoding="utf-8"))
    return said


@pytest.fixture(scope="module")
def by_document(request: Any, tmp_path_factory: Any) -> Said:
    """What openapi-client-axios got, told what to call by AFAS's documents."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("needs npm, for openapi-client-axios")
    install = (npm, "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts")
    folder = installed(
        "openapi-client-axios-7.9.1",
        lambda place: [*install, *PACKAGES, "--prefix", place],
        request,
        tmp_path_factory,
    )
    return node("openapi_calls.cjs", tmp_path_factory.mktemp("npm"), folder, FOLDER)


@pytest.fixture(scope="module")
def by_readme(tmp_path_factory: Any) -> Said:
    """What Node's fetch got, by the calls of afas-connect."""
    return node("readme_calls.mjs", tmp_path_factory.mktemp("fetch"))


def rows(said: Said, what: str) -> list[dict[str, Any]]:
    assert said[what]["status"] == 200, said[what]
    found: list[dict[str, Any]] = said[what]["data"]["rows"]
    return found


@needs_files
def test_every_getconnector_of_afas_documents_answers_an_npm_client_with_the_listed_fields(
    by_document: Said,
) -> None:
    gets = by_document["gets"]

    assert len(gets) == 80
    assert {name for name, each in gets.items() if each["status"] != 200} == set()
    assert sum(len(each["shown"]) for each in gets.values()) > 50
    for name, each in gets.items():
        assert each["shown"] in ([], [each["listed"]]), name


@needs_files
def test_an_npm_client_reads_writes_changes_and_deletes_by_the_names_in_afas_documents(
    by_document: Said,
) -> None:
    said = by_document["article"]

    assert said["version"]["data"]["version"].startswith("8.")
    assert said["overview"]["data"]["info"]["envid"].startswith("T")
    assert said["metainfo"]["data"]["id"] == "FbItemArticle"
    assert [each["ItemCode"] for each in rows(said, "page")] == ["A00039", "A00038"]
    assert said["insert"] == {
        "status": 201,
        "data": {"results": {"FbItemArticle": {"ItCd": "NPM1"}}},
    }
    assert (said["twice"]["status"], said["update"]["status"]) == (500, 201)
    assert [each["Description"] for each in rows(said, "read")] == ["Anders"]
    assert said["remove"] == {"status": 200, "data": ""}
    assert rows(said, "gone") == []


def test_pages_and_filters_come_as_the_readme_says(by_readme: Said) -> None:
    assert len(rows(by_readme, "plain")) == 40
    assert [each["ItemCode"] for each in rows(by_readme, "page")] == ["A00038", "A00037", "A00036"]
    either = [each["ItemCode"] for each in rows(by_readme, "or")]
    assert either == ["A00001", "A00022", *(f"A{number:05d}" for number in range(30, 40))]


def test_its_json_filter_ends_at_the_hash_sign_that_it_does_not_encode(by_readme: Said) -> None:
    # `encodeURI` leaves `#`, so what follows is a fragment that no server gets.
    assert by_readme["json"]["status"] == 500
    assert by_readme["json"]["data"]["errorNumber"] == -2147180999
    assert [each["ItemCode"] for each in rows(by_readme, "jsonEncoded")][:2] == ["A00001", "A00030"]


def test_metainfo_and_version_come_as_the_readme_says(by_readme: Said) -> None:
    assert set(by_readme["overview"]["data"]) >= {"updateConnectors", "getConnectors", "info"}
    assert by_readme["getMetainfo"]["data"]["name"] == "Profit_Article"
    assert by_readme["updateMetainfo"]["data"]["id"] == "FbItemArticle"
    assert set(by_readme["version"]["data"]) == {"version"}


def test_records_are_inserted_changed_and_deleted_as_the_readme_says(by_readme: Said) -> None:
    assert (by_readme["insert"]["status"], by_readme["update"]["status"]) == (201, 201)
    assert [each["Description"] for each in rows(by_readme, "read")] == ["Anders"]
    assert (by_readme["remove"]["status"], by_readme["remove"]["size"]) == (200, 0)
    assert by_readme["sub"]["status"] == 201
    assert [each["ProjectStage"] for each in rows(by_readme, "stages")] == ["10", "20", "90"]
    assert by_readme["refused"]["data"]["externalMessage"].startswith("Vul een waarde in bij")


def test_files_and_reports_come_as_the_readme_says(by_readme: Said) -> None:
    assert by_readme["subjectFile"]["data"] == by_readme["file"]["data"]
    assert by_readme["file"]["data"]["filename"] == "a b.txt"
    assert (by_readme["binary"]["type"], by_readme["binary"]["data"]) == (
        "text/plain",
        "een bestand",
    )
    assert by_readme["noImage"]["status"] == 404
    for name in ("report", "reportSet"):
        assert by_readme[name]["data"]["mimetype"] == "application/pdf"


def test_a_one_time_password_is_asked_for_as_the_readme_says(by_readme: Said) -> None:
    assert (by_readme["otpRequest"]["status"], by_readme["otpRequest"]["size"]) == (201, 0)
    assert (by_readme["otpValidate"]["status"], by_readme["otpValidate"]["size"]) == (204, 0)
