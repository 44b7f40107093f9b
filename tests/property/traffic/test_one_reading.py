"""Whatever the gateway passes, ERP1 reads as the same environment, endpoint, keys and values."""

from urllib.parse import parse_qsl

from hypothesis import example, given, settings
from hypothesis import strategies as st

from koppeling_harness.emulator.address import read_path
from koppeling_harness.http.address import NotAnAddressError, read_address

BASE = "/T12345AA/ProfitRestServices"
word = st.sampled_from(
    ["connectors", "CONNECTORS", "bi", "metainfo", "update", "fileconnector", "oauth", "token",
     "profitversion", "KnSubject", "Own_X", "@SbId", "a,b", "1", "", ".", "..", "v2", "X;y",
     "%2F", "%2e%2E", "%41", "%c3%a9", "%FF", "%", "%4", "%25", "%252F", "%5C", "\\", "é", " ",
     "~", "'", "(", "|", "\x00", "%00", "%0a", "#", "*", "ProfitRestServices", "T12345AA"]
) | st.text(max_size=4)  # fmt: skip
prefix = st.sampled_from(
    [BASE, BASE.lower(), "/ProfitRestServices", "/profitrestservices", "", "/", f"/{BASE}",
     f"http://h{BASE}", "/T1/Other", "/%5412345AA/ProfitRestServices"]
)  # fmt: skip
targets = st.builds(
    lambda start, parts, end: start + "".join(f"/{each}" for each in parts) + end,
    prefix,
    st.lists(word, max_size=9),
    st.sampled_from(["", "/", "//", "?skip=1", "?a=%41&A=b", "/?x", "?", "#x"]),
)


@given(st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD"]), targets)
@example("GET", f"{BASE}/connectors/X/Name/a%2Fb")
@example("DELETE", f"{BASE}/connectors/KnS/KnS/@SbId/%2e%2e%2f")
@settings(max_examples=1500, deadline=None)
def test_what_the_gateway_passes_erp1_reads_alike(method, target):
    try:
        address = read_address(method, target)
    except NotAnAddressError:
        return
    path, _, query = target.partition("?")

    assert read_path(path, double_slash=False) == (address.environment, tuple(address.parts))
    assert parse_qsl(query) == parse_qsl(address.query)
