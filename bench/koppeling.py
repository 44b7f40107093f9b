"""`koppeling run` with the stand-in server in the place of ERP1.

    python -m bench.koppeling SERVER REPORTS LANES [--without-reports] [--ca FILE]

All of it is the program's own code, from the command line on: reading and checking the scenarios,
planning, the engine, expectations, the search for secrets, every report. Only where environments
come from is another place: the stand-in, which is reached as ERP1 is. (A real environment would be
asked by few scenarios at once, whatever the option says.)
"""

import sys
from pathlib import Path
from types import SimpleNamespace

from bench.workload import BASE, TOKEN
from koppeling_harness.cli import main as program
from koppeling_harness.http import connection
from koppeling_harness.http.trust import trusting
from koppeling_harness.model.access import ErpAccess
from koppeling_harness.model.exchange import Recording
from koppeling_harness.model.secret import Secret
from koppeling_harness.model.shape import Release


class StandInSource:
    """An `EnvironmentSource`: the same server for every scenario."""

    server = ""

    def __init__(self, *, release, redactor, **_):
        self.release = Release(label=release, version="8.0.12")
        self._redactor = redactor
        self.late = SimpleNamespace(seen=tuple)

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        pass

    async def open(self, _planned):
        access = ErpAccess(
            environment="T12345AA",
            base_url=self.server + BASE,
            token=Secret(TOKEN),
            release=self.release,
        )
        self._redactor.add_secret(access.token)
        return _Environment(access, self._redactor)


class _Environment:
    def __init__(self, access, redactor):
        self.access = access
        self.gateway_url = access.base_url
        self.redactor = redactor
        self.is_quiet = True

    def mark(self):
        pass

    def shut(self):
        pass

    async def settle(self):
        pass

    def recording(self):
        return Recording(exchanges=())

    async def close(self):
        pass


def main():
    server, reports, lanes, *rest = sys.argv[1:]
    StandInSource.server = server
    # the emulator is not loaded, as it is not for a run against a real environment
    sys.modules["koppeling_harness.hosting.host"] = SimpleNamespace(
        EmulatedErp=StandInSource, EmulatedEnvironment=_Environment
    )
    # what ERP1 has says nothing of the stand-in
    sys.modules["koppeling_harness.hosting.connectors"] = SimpleNamespace(
        Connectors=lambda _imports: None, with_connectors=lambda found, _connectors: found
    )
    if "--without-reports" in rest:
        _leave_out_reports()
    if "--ca" in rest:
        context = trusting(rest[rest.index("--ca") + 1])
        connection.mozilla = lambda: context  # there is no option for it
    sys.argv[1:] = ["run", "--release", "Profit 8", "--reports", reports, "--concurrency", lanes]
    program.main()


def _leave_out_reports():
    from koppeling_harness.report.result_forms import ResultForms  # noqa: PLC0415
    from koppeling_harness.workflow.run import conclude  # noqa: PLC0415

    ResultForms.make = lambda *_: None
    conclude.write_record = lambda record, reports, **_: reports / record.run_id
    conclude.write_report = lambda *_, **__: Path("none")


if __name__ == "__main__":
    main()
