"""Maintenance is not ERP1's own: the gateway in front of it makes it, as the contract says."""

from contract.erp1.table import shows
from koppeling_harness.emulator import Erp1
from koppeling_harness.model.fault import FaultKind
from support.gateway import ENVIRONMENT, Served, a_fault


@shows("limit.maintenance")
def test_in_maintenance_everything_is_503_with_the_seconds_to_wait_in_header_and_body():
    erp1 = Erp1()
    access = erp1.open_environment(name=ENVIRONMENT)
    headers = {"Authorization": f"AfasToken {access.token_base64.reveal()}"}
    with Served(erp1.app) as gateway:
        before = gateway.client.get("/connectors/Profit_Article?take=1", headers=headers)
        gateway.open(a_fault(FaultKind.STATUS, status=503, retry_after_s=7200))
        during = gateway.client.get("/connectors/Profit_Article?take=1", headers=headers)
    erp1.close()

    assert (before.status_code, len(before.json()["rows"])) == (200, 1)
    assert (during.status_code, during.headers["Retry-After"]) == (503, "7200")
    assert during.json()["retry_after"] == 7200
    assert during.json()["error"]["code"] == "503"
    assert during.json()["error"]["message"].startswith("Service temporarily unavailable")
