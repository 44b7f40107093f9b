"""The shapes of body that AFAS's request examples taught, each with values of our own.

AFAS's own files are not in the project; what they showed of the form of a body is: what may be an
object or a list, where keys and actions stand, how values are written.
"""

from typing import Any

DAY = {"EnDa": "2026-03-01", "BpDa": "2026-03-01T00:00:00"}
HIRE = [
    {"KnPerson": {"Element": {"Fields": {"MatchPer": "7", "AutoNum": True, "LaNm": "Vorm"}}}},
    {"AfasContract": {"Element": {"@DaBe": "2026-12-01",
                                  "Fields": {"CmId": "1", "EmMt": "1", "ViEt": "F"}}}},
    {"AfasOrgunitFunction": {"Element": {"@DaBe": "2026-12-01",
                                         "Fields": {"DpId": "ICT", "FuId": "ONTW"}}}},
    {"AfasTimeTable": {"Element": {"@DaBg": "2026-12-01", "Fields": {"DyWk": 5, "HrWk": "40"}}}},
    {"AfasSalary": {"Element": {"@DaBe": "2026-12-01",
                                "Fields": {"SaPe": "V", "EmSa": "4000", "PtId": 1}}}},
    {"AfasAgencyFiscus": {"Element": {"@DaBe": "2026-12-01", "@AyId": "F", "Fields": {}}}},
]  # fmt: skip

SHAPES: dict[str, tuple[str, str, Any]] = {
    "everything an object": (
        "POST", "KnSubject", {"KnSubject": {"Element": {"Fields": {"StId": 1, "Ds": "a"}}}}),
    "elements in a list": (
        "POST", "KnSubject", {"KnSubject": {"Element": [{"Fields": {"StId": "1", "Ds": "a"}},
                                                        {"Fields": {"StId": "2", "Ds": "b"}}]}}),
    "fields in a list of one": (
        "POST", "KnSubject", {"KnSubject": {"Element": {"Fields": [{"StId": 1, "Ds": "a"}]}}}),
    "objects as an object": (
        "POST", "KnSubject", {"KnSubject": {"Element": {
            "Fields": {"StId": 1, "Ds": "a"},
            "Objects": {"KnSubjectLink": {"Element": {"Fields": {"ToBC": "true",
                                                                 "BcId": "1000101"}}}}}}}),
    "objects in a list": (
        "POST", "KnSubject", {"KnSubject": {"Element": {
            "Fields": {"StId": 1, "Ds": "a"},
            "Objects": [{"KnSubjectLink": {"Element": {"Fields": {"ToBC": "1",
                                                                  "BcId": "1000101"}}}}]}}}),
    "objects before fields": (
        "POST", "KnSubject", {"KnSubject": {"Element": {
            "Objects": [{"KnSubjectLink": {"Element": {"Fields": {"ToBC": True,
                                                                  "BcId": "1000101"}}}}],
            "Fields": {"StId": 1, "Ds": "a"}}}}),
    "an object as a list of elements": (
        "POST", "FbSales", {"FbSales": [{"Element": {
            "Fields": {"DbId": "10001"},
            "Objects": [{"FbSalesLines": [{"Element": {"Fields": {
                "VaIt": "2", "ItCd": "A00001", "BiUn": "STK", "QuUn": "2.0000"}}}]}]}}]}),
    "empty text where nothing is": (
        "POST", "KnSubject", {"KnSubject": {"Element": {"Fields": {"StId": 1, "Ds": "a"},
                                                        "Objects": ""}}}),
    "white space of XML": (
        "POST", "KnSubject", {"KnSubject": {"Element": {"#text": "\n",
                                                        "Fields": {"StId": 1, "Ds": "a"}}}}),
    "a key beside the fields": (
        "PUT", "KnSubject", {"KnSubject": {"Element": {"@SbId": "1", "Fields": {"Ds": "b"}}}}),
    "a key inside the fields": (
        "PUT", "KnSubject", {"KnSubject": {"Element": {"Fields": {"SbId": "1", "Ds": "b"}}}}),
    "a key inside with its sign": (
        "PUT", "KnSubject", {"KnSubject": {"Element": {"Fields": {"@SbId": "1", "Ds": "b"}}}}),
    "an action on the element": (
        "POST", "PtProject", {"PtProject": {"Element": {"@Action": "update", "Fields": {
            "PrId": "500001", "Ds": "c"}}}}),
    "an action inside the fields, in lower case": (
        "POST", "PtProject", {"PtProject": {"Element": {"Fields": {
            "@action": "Update", "PrId": "500001", "Ds": "c"}}}}),
    "a change with a new part": (
        "PUT", "KnEmployee", {"AfasEmployee": {"Element": {
            "@EmId": "000001003", "@Action": "update",
            "Objects": [{"AfasTimeTable": {"Element": {
                "@DaBg": "2027-01-01", "@Action": "insert",
                "Fields": {"HrWk": 24}}}}]}}}),
    "an address of a sub-object": (
        "POST", "KnEmployee/AfasTimeTable", {"AfasEmployee": {"Element": {
            "@EmId": "000001003",
            "Objects": [{"AfasTimeTable": {"Element": {"@DaBg": "2027-02-01",
                                                       "Fields": {"HrWk": 24}}}}]}}}),
    "the connector's name as root": (
        "PUT", "KnEmployee", {"KnEmployee": {"Element": {"@EmId": "000001003",
                                                         "Fields": {"ViSe": "I"}}}}),
    "a hire of six parts": (
        "POST", "KnEmployee", {"AfasEmployee": {"Element": {"Objects": HIRE}}}),
    "nesting of three": (
        "POST", "KnSalesRelationOrg", {"KnSalesRelationOrg": {"Element": {
            "Fields": {"CuId": "eur", "InPv": "A", "IsDb": True, "PaCd": "30", "ColA": "1300"},
            "Objects": [{"KnOrganisation": {"Element": {
                "Fields": {"MatchOga": 6, "AutoNum": "1", "PadAdr": 1, "Nm": "Vorm B.V."},
                "Objects": [{"KnBasicAddressAdr": {"Element": {"Fields": {
                    "CoId": "NL", "PbAd": "0", "Ad": "Kade", "HmNr": "5",
                    "ZpCd": "3811AB", "Rs": "Amersfoort"}}}}]}}}]}}}),
    "entries of a journal": (
        "POST", "FiEntries", {"FiEntryPar": {"Element": {
            "Fields": {"Year": "2026", "Peri": 3, "UnId": "1", "JoCo": "70", "AuNu": "TRUE"},
            "Objects": {"FiEntries": {"Element": [
                {"Fields": {"VaAs": "2", "AcNr": "10001", "AmDe": "121.00", **DAY}},
                {"Fields": {"VaAs": 1, "AcNr": "8000", "AmCr": 121, **DAY}}]}}}}}),
    "null and empty text clear": (
        "PUT", "PtProject", {"PtProject": {"Element": {"Fields": {
            "PrId": "500002", "DtGw": None, "DbId": ""}}}}),
    "yes and no in every spelling": (
        "PUT", "PtProject", {"PtProject": {"Element": {"Fields": {
            "PrId": "500003", "Ch": "FALSE", "ChOu": 0}}}}),
    "a file in base64": (
        "POST", "KnSubject", {"KnSubject": {"Element": {
            "Fields": {"StId": 1, "Ds": "a"},
            "Objects": [{"KnSubjectAttachment": {"Element": [
                {"Fields": {"FileName": "a.txt", "FileStream": "aGFsbG8="}},
                {"Fields": {"FileName": "b.txt", "FileStream": "aGFsbG8="}}]}}]}}}),
}  # fmt: skip
"""What each shape is: method, path below `connectors/`, body. Each is one that Profit takes."""
