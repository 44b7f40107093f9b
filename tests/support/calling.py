"""A process of its own that calls an environment through the limits of a shared folder.

python -m support.calling FOLDER BASE_URL CA_FILE CALLS
"""

import asyncio
import socket
import sys

from koppeling_harness.clock import SystemClock
from koppeling_harness.http.base_url import read_base_url
from koppeling_harness.http.patience import PatientConnection
from koppeling_harness.http.trust import trusting
from koppeling_harness.store.call_limits import FileGate
from koppeling_harness.store.machine import limits_folder

LANES = 10
"""More than may call at once."""


async def _call(shared: str, base_url: str, ca_file: str, calls: int) -> None:
    gate = FileGate(
        limits_folder(base_url, shared), max_parallel=5, budget=None, clock=SystemClock()
    )
    address = read_base_url(base_url)
    request = (
        f"GET {address.path}/profitversion HTTP/1.1\r\nHost: {address.authority}\r\n\r\n"
    ).encode()

    async def lane() -> None:
        async with PatientConnection(gate, tls=trusting(ca_file, "", "")) as connection:
            for _ in range(calls // LANES):
                await connection.ask(address, request)

    await asyncio.gather(*(lane() for _ in range(LANES)))


if __name__ == "__main__":
    asyncio.run(_call(*sys.argv[1:4], int(sys.argv[4])))
    sys.stdout.write(socket.gethostname())
