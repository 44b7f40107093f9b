"""AFAS's own request examples: what keeps ERP1 from taking one is what it says, not its form.

The examples are those of AFAS's OpenAPI documents. They name employees, articles and codes of the
environment that AFAS wrote them in, which are not ERP1's; a few hold slips.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from contract.erp1.table import shows
from contract.erp1.test_imports import FOLDER, imported, needs_files
from koppeling_harness.emulator import Erp1
from koppeling_harness.emulator.environment import own_catalogue
from support.erp1 import Caller, caller, element

OF_ANOTHER_COMPANY = re.compile(
    r"^(The entered value for '.*' does not exist"
    r"|'.*' with key '.*' does not exist"
    r"|The field 'U([0-9A-F]{32}|\d{3})' does not exist"
    r"|Enter a value for '(Name|Last name)'"  # of a relation that would be found by its number
    r"|No organisation/person was found that meets the search criteria"
    r"|The BSN does not pass the 11-test)"
)
SLIPS = {
    # A date of month 31, a time without seconds after its colon, a day that is not in its month.
    "is not a valid date": 7,
    # A decimal comma, or text, in a number; a list of two equal values, as an XML reader makes it.
    "is not a valid number": 2,
    "is not a valid whole number": 3,
    "is not a valid yes/no value": 2,
    "is not a valid text": 2,
    # An image in the field for its name, words for codes, a VAT number for a fiscal number.
    "is too long": 7,
    # A sub-object or field of another connector.
    "The object '": 8,
    "The field '": 2,
    # A batch, a project group or a preferred issue method that is asked for everywhere else.
    "Enter a value for '": 10,
    # A key that the connector's other examples send.
    "The key '": 2,
}


@cache
def replies() -> list[tuple[str, str, int, str]]:
    """Return of every POST: path, the example's name, status and message."""
    strange = [each for key, each in imported().items() if key.lower() not in own_catalogue()]
    erp1 = Erp1(imported=strange)
    found = []
    for path, name, body in examples():
        client = Caller(erp1, erp1.open_environment())
        reply = client.post(path, body, headers={"accept-language": "en-us"})
        found.append((path, name, reply.status, reply.message if reply.status == 500 else ""))
        erp1.close_environment(client.access.environment)
    return found


def examples() -> Iterator[tuple[str, str, Any]]:
    for file in sorted(FOLDER.glob("*.json")):
        for path, operations in json.loads(file.read_text("utf-8"))["paths"].items():
            content = operations.get("post", {}).get("requestBody", {}).get("content", {})
            for name, example in content.get("application/json", {}).get("examples", {}).items():
                if path.startswith("/connectors/"):
                    yield path.removeprefix("/connectors/"), name, example["value"]


@needs_files
@pytest.mark.slow
@shows("write.examples")
def test_every_insert_among_the_examples_is_taken_but_for_another_company_and_slips():
    statuses = Counter(status for _, _, status, _ in replies())
    refused = [
        each for each in replies() if each[2] != 201 and not OF_ANOTHER_COMPANY.match(each[3])
    ]
    left = dict(SLIPS)
    unexplained = []
    for one in refused:
        slip = next((text for text in left if text in one[3]), None)
        if slip is None:
            unexplained.append(one)
        else:
            left[slip] -= 1

    assert set(statuses) == {201, 500}
    assert unexplained == []
    assert [text for text, number in left.items() if number < 0] == []
    assert statuses[201] > 420


def test_an_illness_is_changed_by_employee_and_start_and_its_course_by_the_moment():
    client = caller()
    key = {"EmId": "000001003", "DaBe": "2026-11-02"}
    line = {"DaTi": "2026-11-02", "PsPc": 0}
    ill = element("HrIllness", {**key, "ViIt": "Z"}, HrAbsIllnessProgress=line)
    assert client.post("HrIllness", ill).status == 201

    partly = element("HrIllness", {**key, "PcWd": 0}, HrAbsIllnessProgress={**line, "PsPc": 50})
    another = {**line, "DaTi": "2026-11-09"}
    unknown = element("HrIllness", key, HrAbsIllnessProgress=another)
    other = element("HrIllness", {**key, "EmId": "000001004"})

    assert client.put("HrIllness", partly).status == 201
    rows = client.where("Profit_Illness", "EmployeeId", "000001003").rows
    assert [each["Presence"] for each in rows] == [50]
    assert "bestaat niet" in client.put("HrIllness", unknown).message
    assert client.put("HrIllness", other).message.startswith("'HrIllness' met sleutel '000001004")
