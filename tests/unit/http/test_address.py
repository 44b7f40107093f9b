"""An address is read in one way; what is written otherwise is none."""

import pytest

from koppeling_harness.http.address import NotAnAddressError, read_address

BASE = "/T12345AA/ProfitRestServices"
HONEST = [
    ("GET", f"{BASE}/connectors/Own_Projects?skip=0", "T12345AA", ("connectors", "Own_Projects")),
    ("GET", "/ProfitRestServices/connectors/X", "", ("connectors", "X")),
    ("GET", "/t12345aa/profitrestservices/CONNECTORS/x", "t12345aa", ("CONNECTORS", "x")),
    ("GET", f"{BASE}/connectors/X/", "T12345AA", ("connectors", "X")),
    ("GET", f"{BASE}/connectors/X/Name,Id/a%20b,c%2Fd", "T12345AA",
     ("connectors", "X", "Name,Id", "a b,c/d")),
    ("GET", f"{BASE}/connectors/Mijn%20lijst", "T12345AA", ("connectors", "Mijn lijst")),
    ("POST", f"{BASE}/connectors/KnEmployee/AfasContract", "T12345AA",
     ("connectors", "KnEmployee", "AfasContract")),
    ("DELETE", f"{BASE}/connectors/KnSubject/KnSubject/%40SbId/1%2F2", "T12345AA",
     ("connectors", "KnSubject", "KnSubject", "@SbId", "1/2")),
    ("DELETE", f"{BASE}/connectors/FiEntries/FiEntryPar/UnId,JoCo/1,70/FiEntries/@EnNo/9",
     "T12345AA", ("connectors", "FiEntries", "FiEntryPar", "UnId,JoCo", "1,70", "FiEntries",
                  "@EnNo", "9")),
    ("GET", f"{BASE}/metainfo/update/KnSubject", "T12345AA", ("metainfo", "update", "KnSubject")),
    ("GET", f"{BASE}/fileconnector/9/jaar%2Fverslag%20%C3%A9.pdf", "T12345AA",
     ("fileconnector", "9", "jaar/verslag é.pdf")),
    ("GET", f"{BASE}/bi/X/v2/", "T12345AA", ("bi", "X", "v2")),
    ("POST", f"{BASE}/oauth/token", "T12345AA", ("oauth", "token")),
    ("GET", f"{BASE}/profitversion?", "T12345AA", ("profitversion",)),
]  # fmt: skip
NONE = {
    "two slashes": f"{BASE}/connectors//X",
    "two slashes in front": f"/{BASE}/connectors/X",
    "two slashes at the end": f"{BASE}/connectors/X//",
    "a whole URL": f"http://127.0.0.1{BASE}/connectors/X",
    "nothing": "",
    "an asterisk": "*",
    "an escaped letter": f"{BASE}/connectors/%58",
    "an escaped word": f"{BASE}/%63onnectors/X",
    "an escaped service": "/T12345AA/%50rofitRestServices/connectors/X",
    "an escaped environment": "/%5412345AA/ProfitRestServices/connectors/X",
    "a step back": f"{BASE}/metainfo/../connectors/X",
    "a step on the spot": f"{BASE}/./connectors/X",
    "an escaped step back": f"{BASE}/metainfo/%2e%2E/connectors/X",
    "a matrix parameter": f"{BASE}/connectors/X;v=1",
    "a matrix parameter of a word": f"{BASE}/connectors;a=b/X",
    "a backslash": f"{BASE}/connectors\\X",
    "an escaped backslash": f"{BASE}/connectors/X%5CY",
    "an escaped slash in an id": f"{BASE}/connectors/X%2FY",
    "an escaped slash between": f"{BASE}/connectors%2FX",
    "a zero": f"{BASE}/connectors/X%00",
    "no digits": f"{BASE}/connectors/X%zz",
    "no digits at the end": f"{BASE}/connectors/X%2",
    "no UTF-8": f"{BASE}/connectors/X/Name/%ff",
    "a bare accent": f"{BASE}/connectors/Xé",
    "a fragment": f"{BASE}/connectors/X#y",
    "too many parts": f"{BASE}/connectors/X/Name/a/b",
    "one part too many": f"{BASE}/connectors/X/Name",
    "SOAP": "/ProfitServices/AppConnectorGet.asmx",
    "SOAP of an environment": "/T12345AA/profitservices/appconnectorget.asmx",
    "no endpoint": BASE,
    "no endpoint of AFAS": f"{BASE}/updateconnector/X",
    "a blank in it": f"{BASE}/connectors/X Y",
    "another service": "/T12345AA/AndereServices/connectors/X",
    "no service": "/connectors/X",
    "the environment twice": f"/T12345AA{BASE}/connectors/X",
}


@pytest.mark.parametrize(("method", "target", "environment", "parts"), HONEST)
def test_every_form_that_afas_allows_is_read(method, target, environment, parts):
    address = read_address(method, target)

    assert (address.environment, address.parts) == (environment, parts)
    assert address.path.count("/") == len(parts)


@pytest.mark.parametrize("target", NONE.values(), ids=NONE.keys())
def test_every_other_spelling_is_no_address(target):
    with pytest.raises(NotAnAddressError) as caught:
        read_address("GET", target)

    assert caught.value.found.nl
    assert caught.value.found.en


def test_who_glues_two_slashes_is_told_what_to_send():
    with pytest.raises(NotAnAddressError, match=f"send {BASE}/connectors/X$"):
        read_address("GET", f"{BASE}/connectors//X")


@pytest.mark.parametrize("name", ["SOAP", "SOAP of an environment"])
def test_a_call_by_soap_is_told_that_half_is_not_seen(name):
    with pytest.raises(NotAnAddressError) as error:
        read_address("POST", NONE[name])

    assert "only the half over REST is judged" in error.value.found.en
