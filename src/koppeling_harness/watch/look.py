"""Look at an environment: its version, and what its app connector may use."""

from typing import Any
from urllib.parse import quote

from koppeling_harness.clock import Clock
from koppeling_harness.erp.call import ErpCall
from koppeling_harness.erp.client import ErpClient
from koppeling_harness.errors import ErpUnavailableError
from koppeling_harness.http.connection import Connection
from koppeling_harness.model.access import ErpAccess
from koppeling_harness.model.snapshot import Snapshot
from koppeling_harness.watch.metainfo import endpoints_of, snapshot_of

_KINDS = (("get", "getConnectors"), ("update", "updateConnectors"))


async def look(
    access: ErpAccess, *, connection: Connection, clock: Clock, label: str = ""
) -> Snapshot:
    """Return a snapshot of an environment: one call after the other, two and one per connector.

    Args:
        access: The environment; production is refused.
        connection: What carries the requests.
        clock: Tells when it was taken.
        label: What the release is called, as far as the user says.

    Raises:
        ConfigurationError: The address cannot be used.
        ErpUnavailableError: The environment does not answer, or refuses.
    """
    client = ErpClient(access, connection=connection, clock=clock)
    taken_at = clock.now()
    version = await _ask(client, "/profitversion")
    overview = await _ask(client, "/metainfo")
    raw: dict[str, Any] = {
        "version": version.get("version"),
        "label": label,
        "taken_at": taken_at.isoformat(),
        "info": overview.get("info"),
        "endpoints": endpoints_of(overview),
    }
    for kind, members in _KINDS:
        raw[kind] = {
            str(each["id"]): await _ask(client, f"/metainfo/{kind}/{quote(str(each['id']))}")
            for each in overview.get(members) or ()
        }
    return snapshot_of(raw, name=access.base_url)


async def _ask(client: ErpClient, path: str) -> dict[str, Any]:
    answer = await client.send(ErpCall(method="GET", path=path))
    if answer.status != 200 or not isinstance(answer.body, dict):
        message = f"GET {client.access.base_url}{path}: answered {answer.status}, expected 200"
        hint = "Is the token of this environment, and not expired? In maintenance: try later."
        raise ErpUnavailableError(message, hint=hint)
    return answer.body
