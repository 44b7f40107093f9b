"""Carry a run out on Dask: a unit per integration and release, each result taken as it comes.

Dask does again elsewhere what a lost worker had begun. That is told, as it is a second attempt, and
bounded: what lost its worker twice is not carried out again, and counts as not run.
"""

import hashlib
import logging
import secrets
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from distributed import Client, Future, KilledWorker, LocalCluster, Security, wait

from koppeling_harness.config.folders import MANIFEST, SETTINGS
from koppeling_harness.document import dump_json, read_content
from koppeling_harness.engine.observer import Observer
from koppeling_harness.errors import (
    ConfigurationError,
    ErpUnavailableError,
    ExitCode,
    HarnessError,
)
from koppeling_harness.hosting.session import SessionOutcome
from koppeling_harness.model.verdict import Cause
from koppeling_harness.plugin.discover import Discovery, Integration, SetAside
from koppeling_harness.plugin.folder_digest import files_of
from koppeling_harness.plugin.requires import all_needed, lacking, with_runtimes_of
from koppeling_harness.report.clean import one_line
from koppeling_harness.scenario.packs import packs_folder
from koppeling_harness.scenario.plan import PlannedScenario
from koppeling_harness.version import __version__
from koppeling_harness.workflow.cluster.engine_address import EngineAddress
from koppeling_harness.workflow.cluster.gathered import Gathered, NothingCame
from koppeling_harness.workflow.cluster.parcel import packed
from koppeling_harness.workflow.cluster.unit import ORDER, PLUGINS
from koppeling_harness.workflow.cluster.units import Unit, units_of
from koppeling_harness.workflow.cluster.worker import Machine, Reply, carry_out, held, machine
from koppeling_harness.workflow.run.one_run import Run

_CONNECT_S = 10
_COME_BACK_S = 60.0
"""So long a unit waits for a worker that could carry it out, when there was one and there is none:
a nanny starts another within seconds."""
_LOOK_EVERY_S = 1.0
_UNITS_AT_ONCE = 2
"""Of a worker of this machine: half of a minute each waits for an answer that is held."""
_LOST_MOST = 2
_ALIKE = "Install the same version on this machine and on every worker."


class DaskEngine:
    """An engine, while a run makes use of it; a context manager makes one: `on_engine`.

    Args:
        client: Connected.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._machines: dict[str, Machine] = {}
        self._programs: dict[str, bool] = {}
        self._parcels: dict[str, Future] = {}
        self._topic = f"koppeling-{secrets.token_hex(8)}"

    def with_runtimes(self, found: Discovery) -> Discovery:
        """Set every integration aside of which no worker has all programs.

        Raises:
            ConfigurationError: A worker has another version of this program, or none.
        """
        self._programs = all_needed(found)
        self._machines = self._asked(None)
        there = replace(
            found,
            integrations=tuple(each for each in found.integrations if _is_in_folder(each)),
            set_aside=(
                *found.set_aside,
                *(_installed(each) for each in found.integrations if not _is_in_folder(each)),
            ),
        )
        checked = with_runtimes_of(there, [each.programs for each in self._machines.values()])
        before = len(there.set_aside)
        many = f"none of {len(self._machines)} workers has what it needs: "
        lacks = (replace(each, problem=many + each.problem) for each in checked.set_aside[before:])
        return replace(checked, set_aside=(*there.set_aside, *lacks))

    def _asked(self, workers: Sequence[str] | None) -> dict[str, Machine]:
        """Return what the machines of some workers have, or of all."""
        try:
            machines: dict[str, object] = self._client.run(
                machine, self._programs, workers=workers, on_error="return"
            )
        except Exception as error:  # noqa: BLE001 - Dask has no exception of its own for it
            msg = f"--on: the workers do not answer: {_in_short(error)}"
            raise ErpUnavailableError(msg) from None
        other = {
            each: found.version if isinstance(found, Machine) else _in_short(found)
            for each, found in machines.items()
            if not isinstance(found, Machine) or found.version != __version__
        }
        if other:
            said = "; ".join(f"{each}: {found}" for each, found in sorted(other.items()))
            message = f"--on: this is version {__version__}, other workers differ: {said}"
            raise ConfigurationError(message, hint=_ALIKE)
        return {each: found for each, found in machines.items() if isinstance(found, Machine)}

    def carry_out(
        self,
        runs: Sequence[Run],
        planned: Sequence[PlannedScenario],
        observer: Observer,
        *,
        reports: Path | None,
    ) -> SessionOutcome:
        """Carry scenarios out, and give back every result; see `certify.Elsewhere`."""
        gathered = Gathered(observer, reports)
        observer.started(planned)
        interrupted = False
        waiting: dict[str, Unit] = {each.name: each for each in units_of(runs, planned)}
        futures: dict[str, Future] = {}
        try:
            self._client.subscribe_topic(self._topic, lambda event: _note(waiting, event))
            for name, unit in waiting.items():
                futures[name] = self._submitted(unit)
            while waiting:
                self._take_what_ended(waiting, futures, gathered)
                self._look_after(waiting, futures, gathered)
        except KeyboardInterrupt:
            interrupted = True
            self._client.cancel(list(futures.values()), force=True)
        finally:
            with suppress(Exception):
                self._client.unsubscribe_topic(self._topic)
        observer.ended()
        return gathered.outcome(planned, runs[-1].redactor, interrupted=interrupted)

    def _take_what_ended(
        self, waiting: dict[str, Unit], futures: dict[str, Future], gathered: "Gathered"
    ) -> None:
        """Take every reply that is there, and let go of it: a lost worker takes what it held."""
        with suppress(TimeoutError):
            wait(list(futures.values()), timeout=_LOOK_EVERY_S, return_when="FIRST_COMPLETED")
        for name in [each for each, future in futures.items() if future.done()]:
            future = futures.pop(name)
            unit = waiting.pop(name)
            gathered.take(unit, _reply(unit, future))
            future.release()

    def _look_after(
        self, waiting: dict[str, Unit], futures: dict[str, Future], gathered: "Gathered"
    ) -> None:
        """Give up what lost its worker twice; send what has none left to another that can.

        A nanny starts a worker again within seconds, at another address.
        """
        there = frozenset(self._client.scheduler_info(n_workers=-1)["workers"])
        if unknown := sorted(there - self._machines.keys()):
            with suppress(HarnessError):  # one that leaves again, or of another version: not asked
                self._machines.update(self._asked(unknown))
        now = time.monotonic()
        for name, unit in list(waiting.items()):
            able = self._able(unit.integration, there)
            if able:
                unit.waits_since = now
            nothing = None
            if len(unit.began) > _LOST_MOST or (
                len(unit.began) == _LOST_MOST and unit.began[-1][0] not in there
            ):
                nothing = _lost(unit)
            elif now - unit.waits_since > _COME_BACK_S:
                nothing = NothingCame(why="no worker is left that has what it needs")
            if nothing:
                del waiting[name]
                self._client.cancel([futures.pop(name)], force=True)
                gathered.take(unit, nothing)
            elif able and not there & set(unit.sent_to):
                self._client.cancel([futures.pop(name)], force=True)
                futures[name] = self._submitted(unit)

    def _able(self, integration: Integration, there: Collection[str]) -> list[str]:
        """Return the workers that have what an integration needs."""
        return [
            address
            for address, found in self._machines.items()
            if address in there and not lacking(integration, found.programs)
        ]

    def _submitted(self, unit: Unit) -> Future:
        there = self._client.scheduler_info(n_workers=-1)["workers"]
        unit.sent_to = self._able(unit.integration, there)
        unit.attempts += 1
        order = unit.run.prepared.order
        folder = _place(unit.integration.folder, f"{PLUGINS}/{unit.integration.manifest.id}")
        parcels = {folder: self._parcel(unit.integration.folder)}
        packs = []
        for number, each in enumerate(map(Path, order.packs)):
            if each.resolve() != packs_folder().resolve():
                place = _place(each, f"packs-{number}/{each.name}")
                where = place if each.is_dir() else PurePosixPath(place).parent.as_posix()
                parcels[where] = self._parcel(each)
                packs.append(place)
        imports = {f"import-{n}-{Path(each).name}": each for n, each in enumerate(order.imports)}
        sent = replace(
            order,
            plugins=(folder,),
            packs=tuple(packs),
            entry_points=False,
            only=(),
            keyword="",
            shard=None,
            rerun_of="",
            seed=unit.run.begin.seed,
            scenarios={unit.integration.manifest.id: tuple(each.id for each in unit.planned)},
            decisions=(),
            imports=tuple(imports),
            allow_missing=(),
        )
        files = {name: read_content(path) for name, path in imports.items()}
        settings = [name for name in _SETTINGS if Path(name).is_file()]
        files |= {name: read_content(name) for name in settings[:1]}
        files[ORDER] = dump_json(sent).encode()
        return self._client.submit(
            carry_out,
            parcels,
            files,
            self._topic,
            unit.name,
            f"koppeling-{order.environment}" if order.environment else "",
            key=f"{self._topic}-{unit.name}-{unit.attempts}",
            workers=unit.sent_to,
            pure=False,
        )

    def _parcel(self, place: Path) -> Future:
        """Return a folder, or a file, as a task whose result workers keep; each is sent once."""
        data = packed(place, files_of(place)) if place.is_dir() else packed(place.parent, [place])
        key = f"koppeling-parcel-{hashlib.sha256(data).hexdigest()}"
        if key not in self._parcels:
            self._parcels[key] = self._client.submit(held, data, key=key, pure=True)
        return self._parcels[key]


_SETTINGS = (SETTINGS, "pyproject.toml")


def _place(path: Path, otherwise: str) -> str:
    """Return where a folder or file is laid out: as it is named here, so that places say the same.

    Args:
        path: Of the project, or anywhere.
        otherwise: What stands for one that is not below the project.
    """
    below = path.parts and not path.is_absolute() and ".." not in path.parts
    return path.as_posix() if below else otherwise


def _note(waiting: Mapping[str, Unit], event: tuple[float, Any]) -> None:
    """Note that a unit began on a worker."""
    _, told = event
    unit = waiting.get(told["unit"])
    if unit is not None:
        unit.began.append((told["worker"], told["host"]))


_CAUSES = {
    ExitCode.HARNESS_ERROR: Cause.HARNESS,
    ExitCode.CONFIGURATION: Cause.CONFIGURATION,
}


def _reply(unit: Unit, future: Future) -> Reply | NothingCame:
    """Return what came of a unit, or why nothing did."""
    try:
        reply: Reply = future.result()
    except KilledWorker:
        return _lost(unit)
    except Exception as error:  # noqa: BLE001 - whatever the engine raises, nothing came
        return NothingCame(why=f"the engine gave no result: {_in_short(error)}")
    ended = reply.ended
    if not ended.exit_code:
        return reply
    cause = _CAUSES.get(ExitCode(ended.exit_code), Cause.ENVIRONMENT)
    return NothingCame(why=f"on {reply.host}: {ended.message}", cause=cause)


def _lost(unit: Unit) -> NothingCame:
    where = [f"{worker} on {host}" for worker, host in unit.began[:_LOST_MOST]]
    said = ", then ".join(where) or "before it could tell"
    return NothingCame(why=f"its worker was lost twice: {said}")


def _is_in_folder(each: Integration) -> bool:
    return (each.folder / MANIFEST).is_file()


def _installed(each: Integration) -> SetAside:
    return SetAside(
        name=each.manifest.id,
        where=str(each.folder),
        problem="it is installed here, and only folders are sent to workers",
        hint="Name its folder with --plugin.",
    )


def _in_short(error: object) -> str:
    return one_line(f"{type(error).__name__}: {error}", limit=300)


@contextmanager
def on_engine(address: EngineAddress) -> Iterator[DaskEngine]:
    """Connect to an engine, or start one here that ends with the run.

    Raises:
        ErpUnavailableError: It cannot be reached, or has no worker.
    """
    with _connected(address) as client:
        try:
            client.wait_for_workers(1, timeout=_CONNECT_S)
        except TimeoutError:
            message = f"--on: the scheduler at {address.url} has no worker"
            hint = "Start one: dask worker HOST:PORT."
            raise ErpUnavailableError(message, hint=hint) from None
        yield DaskEngine(client)


@contextmanager
def _connected(address: EngineAddress) -> Iterator[Client]:
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what matters is told by us
    if address.workers:
        with (
            tempfile.TemporaryDirectory(prefix="koppeling-workers-") as made,
            LocalCluster(
                n_workers=address.workers,
                threads_per_worker=_UNITS_AT_ONCE,
                processes=True,
                protocol="tls",  # others on this machine could send it programs
                security=Security.temporary(),
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",  # None listens everywhere all the same
                local_directory=made,
                silence_logs=logging.CRITICAL,
            ) as cluster,
            Client(cluster) as client,
        ):
            yield client
        return
    tls = address.tls
    security = tls and Security(
        tls_ca_file=str(tls.authority),
        tls_client_cert=str(tls.certificate),
        tls_client_key=str(tls.key),
        require_encryption=True,
    )
    try:
        client = Client(address.url, security=security, timeout=_CONNECT_S)
    except (OSError, TimeoutError, ValueError) as error:
        message = f"--on: the scheduler at {address.url} cannot be reached: {_in_short(error)}"
        hint = "Look whether it runs there: dask scheduler. With TLS, both sides need it."
        raise ErpUnavailableError(message, hint=hint) from None
    with client:
        yield client
