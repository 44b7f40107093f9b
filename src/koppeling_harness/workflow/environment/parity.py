"""`koppeling parity`: the same probes to ERP1 and to an environment, and where they differ."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from koppeling_harness.clock import Clock, today
from koppeling_harness.config.settings import load_settings
from koppeling_harness.document import dump_json, load_json, read_content
from koppeling_harness.emulator.ledger import LEDGER, read_ledger
from koppeling_harness.emulator.quirk import Quirk
from koppeling_harness.emulator.quirks import QUIRKS
from koppeling_harness.engine.clean_up import Undoing
from koppeling_harness.erp.client import ErpClient
from koppeling_harness.erp.probe import Probe
from koppeling_harness.erp.probe_needs import NEEDS
from koppeling_harness.erp.probes import PROBES
from koppeling_harness.errors import ConfigurationError, ExitCode
from koppeling_harness.hosting.real_erp import RealTarget
from koppeling_harness.hosting.write_log import JournalLog
from koppeling_harness.http.base_url import read_base_url
from koppeling_harness.http.patience import PatientConnection
from koppeling_harness.http.trust import trusting
from koppeling_harness.model.diagnosis import DoctorLine
from koppeling_harness.model.journal import JournalRun
from koppeling_harness.model.parity import (
    BehaviourSight,
    Ledger,
    PairBehaviour,
    PairDifference,
    ParityDifference,
    ParityPair,
    ParityRecord,
    ParitySide,
    ProbeRecord,
    Seen,
    Sight,
)
from koppeling_harness.rules.answer_form import Difference, differences
from koppeling_harness.store.call_limits import FileGate
from koppeling_harness.store.creation_journal import CreationJournal, is_unsettled
from koppeling_harness.store.files import write_files
from koppeling_harness.value import dataclass
from koppeling_harness.version import __version__
from koppeling_harness.workflow.environment.access import TokenSources
from koppeling_harness.workflow.environment.asking import Here, ProbeAsker, classic_token
from koppeling_harness.workflow.environment.doctor import Diagnosis, look_at, require_healthy

_AFAS = ".afas.online"
_ANOTHER_STATUS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What a comparison came to.

    Attributes:
        record: Everything it says, forms only.
        left: What could not be taken away again, a line each.
    """

    record: ParityRecord
    left: tuple[str, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """DIFFERS (16) when the environment answers otherwise, else PASSED."""
        return ExitCode.DIFFERS if self.record.differences else ExitCode.PASSED


def compare_with(
    environment: str,
    *,
    write: bool,
    folder: Path,
    clock: Clock,
    sources: TokenSources | None = None,
) -> Compared:
    """Send every probe to an environment and to ERP1, and say where the answers differ.

    Args:
        environment: Its name in the settings; production is refused.
        write: Whether probes that write are sent too; what they make is taken away again.
        folder: Of the project.
        clock: Tells the time.
        sources: Where a token may come from.

    Raises:
        ConfigurationError: Something is set wrongly; no probe was sent.
        ErpUnavailableError: The environment cannot be used now.
    """
    settings = load_settings(folder)
    lines = list[DoctorLine]()
    target = look_at(environment, settings, (), lines=lines, clock=clock, sources=sources)
    target = require_healthy(Diagnosis(environment=environment, lines=tuple(lines), target=target))
    return asyncio.run(_compared(target, write=write, clock=clock))


async def _compared(target: RealTarget, *, write: bool, clock: Clock) -> Compared:
    label = target.facts.release.label
    here = Here(label, clock)
    theirs: dict[str, ProbeRecord] = {}
    left: list[str] = []
    async with _environment(target, clock=clock, left=left) as asker:
        for probe in PROBES:
            why = _not_asked(probe, target, write=write)
            theirs[probe.id] = (
                ProbeRecord(probe=probe.id, not_asked=why) if why else await asker.of(probe)
            )
    try:
        settings, sights = await _behaviours(here, theirs)
        found = list(await _unexplained(here, settings, theirs))
    finally:
        await here.aclose()
    explained = [_explained(each, here.default, theirs) for each in sights]
    host = read_base_url(target.access.base_url).host
    record = ParityRecord(
        day=today(clock),
        harness=__version__,
        release=label,
        version=target.facts.release.version,
        at_afas=host.endswith(_AFAS),
        wrote=write,
        behaviours=tuple(sights),
        differences=(*(each for each in explained if each is not None), *found),
        probes=tuple(theirs.values()),
    )
    return Compared(record=record, left=tuple(left))


def _not_asked(probe: Probe, target: RealTarget, *, write: bool) -> str:
    """Return why a probe is not sent; empty when it is."""
    if probe.writes and not write:
        return "it writes, and --write was not given"
    if probe.classic and not classic_token(target.access):
        return "the environment is signed in to by OAuth"
    client = target.access.own_client
    if (probe.client or probe.key) and client is None:
        return "the environment is signed in to by a classic token"
    if probe.key and (client is None or client.assertion_key is None):
        return "the own client does not sign with a key"
    for name in (*probe.reads, *probe.updates):
        if not target.facts.may_use(name):
            return f"{name} is not on the app connector"
    return ""


async def _behaviours(
    here: Here, theirs: Mapping[str, ProbeRecord]
) -> tuple[dict[str, str], list[BehaviourSight]]:
    """Return the settings with which ERP1 answers as the environment, and what was seen of each.

    A behaviour is seen when one value of its switch fits the answers better than every other;
    what differs for another reason differs with all of them alike.
    """
    settings = dict(here.default)
    by_name = {name: probe for probe in PROBES for name in probe.shows}
    found: dict[str, BehaviourSight] = {}
    for each in sorted(QUIRKS, key=lambda one: not _is_wide(by_name.get(one.name))):
        probe = by_name.get(each.name)
        sight = (
            BehaviourSight(
                behaviour=each.name, sight=Sight.NOT_ASKED, why=NEEDS.get(each.name, "no probe")
            )
            if probe is None
            else await _sight(each, probe, here, settings, theirs[probe.id])
        )
        if sight.value:
            settings[each.name] = sight.value
        found[each.name] = sight
    return settings, [found[each.name] for each in QUIRKS]


def _is_wide(probe: Probe | None) -> bool:
    return probe is not None and probe.wide


async def _sight(
    quirk: Quirk,
    probe: Probe,
    here: Here,
    settings: Mapping[str, str],
    theirs: ProbeRecord,
) -> BehaviourSight:
    if theirs.not_asked:
        return BehaviourSight(behaviour=quirk.name, sight=Sight.NOT_ASKED, why=theirs.not_asked)
    distance = {
        value: _distance(await here.of(probe, {**settings, quirk.name: value}), theirs)
        for value in quirk.values
    }
    nearest = min(distance.values())
    fitting = [value for value, far in distance.items() if far == nearest]
    if len(fitting) > 1:
        return BehaviourSight(
            behaviour=quirk.name,
            sight=Sight.NOT_SHOWN,
            why=f"the answers fit {', '.join(fitting)} alike",
        )
    is_as_here = fitting[0] == here.default[quirk.name]
    return BehaviourSight(
        behaviour=quirk.name,
        sight=Sight.AS_HERE if is_as_here else Sight.OTHERWISE,
        value=fitting[0],
    )


def _distance(ours: ProbeRecord, theirs: ProbeRecord) -> int:
    """Return how far answers are apart; another status hides all that may be otherwise beside."""
    return sum(
        _ANOTHER_STATUS if each.what == "status" else 1 for each in differences(ours, theirs)
    )


def _explained(
    sight: BehaviourSight, default: Mapping[str, str], theirs: Mapping[str, ProbeRecord]
) -> ParityDifference | None:
    if sight.sight is not Sight.OTHERWISE:
        return None
    return ParityDifference(
        what="switch",
        of=sight.behaviour,
        erp1=default[sight.behaviour],
        environment=sight.value,
        probes=tuple(
            probe.id
            for probe in PROBES
            if sight.behaviour in probe.shows and not theirs[probe.id].not_asked
        ),
        behaviour=sight.behaviour,
        value=sight.value,
    )


async def _unexplained(
    here: Here, settings: Mapping[str, str], theirs: Mapping[str, ProbeRecord]
) -> Iterable[ParityDifference]:
    """Return what no value of any switch explains, each once, with the probes that show it."""
    seen: dict[Difference, list[str]] = {}
    for probe in PROBES:
        there = theirs[probe.id]
        if not there.not_asked:
            for each in differences(await here.of(probe, settings), there):
                seen.setdefault(each, []).append(probe.id)
    return [
        ParityDifference(
            what=each.what,
            of=each.of,
            erp1=each.ours,
            environment=each.theirs,
            probes=tuple(probes),
        )
        for each, probes in sorted(
            seen.items(), key=lambda pair: (pair[0].what, pair[0].of, pair[0].theirs)
        )
    ]


@asynccontextmanager
async def _environment(
    target: RealTarget, *, clock: Clock, left: list[str]
) -> AsyncIterator[ProbeAsker]:
    """Yield a way to send probes to the environment, and take away what they made."""
    gate = FileGate(
        target.limits, max_parallel=target.max_parallel, budget=target.budget, clock=clock
    )
    run_id = f"{clock.now():%Y%m%dT%H%M%SZ}-parity-{secrets.token_hex(3)}"
    async with PatientConnection(gate, tls=trusting(*target.tls_files)) as connection:
        client = ErpClient(target.access, connection=connection, clock=clock)
        journal = CreationJournal(
            target.folder,
            JournalRun(
                run_id=run_id,
                environment=target.facts.environment,
                started_at=clock.now().isoformat(timespec="seconds"),
            ),
        )
        try:
            yield ProbeAsker(client, clock=clock, log=JournalLog(journal, clock=clock))
        finally:
            unsettled = [each for each in journal.written if is_unsettled(each)]
            undoing = Undoing(client=client, log=journal)
            done = await undoing.undo(unsettled, is_final=True)
            left += [each.note for each in done if each.note]
            journal.close()


def adopt(path: Path, *, ledger: Path | None = None) -> tuple[str, ...]:
    """Take over into a ledger what a comparison saw, differences as switches; say what was done.

    Args:
        path: What `koppeling parity --json` wrote.
        ledger: The file to add to; that of this program when None.

    Raises:
        DocumentError: It is no such record.
        ConfigurationError: It was not made at AFAS, or the ledger cannot be written.
    """
    record = load_json(ParityRecord, read_content(path), name=str(path))
    if not record.at_afas:
        message = f"{path}: it was not made at an environment of AFAS (*{_AFAS})"
        raise ConfigurationError(message, hint="Only what was seen at AFAS goes into the ledger.")
    known = {each.name: each for each in QUIRKS}
    place = ledger or LEDGER
    kept = {(each.behaviour, each.release): each for each in read_ledger(place).seen}
    lines = []
    for each in record.behaviours:
        quirk = known.get(each.behaviour)
        if not each.value or quirk is None or each.value not in quirk.values:
            continue
        kept[each.behaviour, record.release] = Seen(
            behaviour=each.behaviour,
            release=record.release,
            version=record.version,
            day=record.day,
            value=each.value,
        )
        how = f"taken over: {each.value}" if each.sight is Sight.OTHERWISE else "as it was"
        lines.append(f"{each.behaviour}: seen on {record.release}, {record.day}; {how}")
    open_ = [each for each in record.differences if not each.behaviour]
    lines += [f"no switch answers so: {told(each)}" for each in open_]
    seen = tuple(sorted(kept.values(), key=lambda one: (one.behaviour, one.release)))
    write_files(place.parent, {place.name: f"{dump_json(Ledger(seen=seen), indent=1)}\n".encode()})
    return tuple(lines)


def compare_records(one: Path, other: Path) -> ParityPair:
    """Hold two comparisons against each other: a test and an accept environment, or two days.

    Args:
        one: What `koppeling parity --out` wrote.
        other: Of the other environment, or of a later day.

    Raises:
        DocumentError: One of them is no such record.
    """
    first, second = (
        load_json(ParityRecord, read_content(each), name=str(each)) for each in (one, other)
    )
    theirs = {each.probe: each for each in second.probes if not each.not_asked}
    both = [each for each in first.probes if not each.not_asked and each.probe in theirs]
    seen: dict[Difference, list[str]] = {}
    for each in both:
        for found in differences(each, theirs[each.probe]):
            seen.setdefault(found, []).append(each.probe)
    return ParityPair(
        one=ParitySide(day=first.day, release=first.release, version=first.version),
        other=ParitySide(day=second.day, release=second.release, version=second.version),
        compared=tuple(each.probe for each in both),
        differences=tuple(
            PairDifference(
                what=each.what, of=each.of, one=each.ours, other=each.theirs, probes=tuple(probes)
            )
            for each, probes in sorted(
                seen.items(), key=lambda pair: (pair[0].what, pair[0].of, pair[0].theirs)
            )
        ),
        behaviours=tuple(_changed(first, second)),
    )


def _changed(first: ParityRecord, second: ParityRecord) -> Iterator[PairBehaviour]:
    """Yield the behaviours that both show, and not alike."""
    values = {each.behaviour: each.value for each in second.behaviours if each.value}
    for each in first.behaviours:
        other = values.get(each.behaviour, "")
        if each.value and other and each.value != other:
            yield PairBehaviour(behaviour=each.behaviour, one=each.value, other=other)


def pair_lines(found: ParityPair) -> Iterator[str]:
    """Yield what two comparisons have otherwise, for a person."""
    one, other = (
        f"{each.release} ({each.version}), {each.day}" for each in (found.one, found.other)
    )
    yield f"{one} against {other}: {len(found.compared)} probes that both have"
    for behaviour in found.behaviours:
        yield f"{behaviour.behaviour}: {behaviour.one}, then {behaviour.other}"
    for each in found.differences:
        yield f"{each.what} {each.of}".strip() + f": {each.one!r}, then {each.other!r}"
    if not found.differences:
        yield "no difference"


def told(each: ParityDifference) -> str:
    """Return a difference in one line."""
    where = f"in {len(each.probes)} probes" if len(each.probes) > 1 else f"probe {each.probes[0]}"
    name = f"{each.what} {each.of}".strip()
    return f"{name}: ERP1 {each.erp1!r}, environment {each.environment!r} ({where})"


def as_lines(found: Compared) -> Iterator[str]:
    """Yield a comparison for a person."""
    record = found.record
    counts = {sight: sum(one.sight is sight for one in record.behaviours) for sight in Sight}
    shown = counts[Sight.AS_HERE] + counts[Sight.OTHERWISE]
    yield (
        f"{record.release} ({record.version}): {shown} of {len(record.behaviours)} behaviours "
        f"shown, {counts[Sight.AS_HERE]} as ERP1 has them, {counts[Sight.OTHERWISE]} otherwise; "
        f"{counts[Sight.NOT_SHOWN]} not shown by the data there, "
        f"{counts[Sight.NOT_ASKED]} not asked"
    )
    if not record.at_afas:
        yield f"not at AFAS (*{_AFAS}): nothing of this can be adopted"
    yield from (told(each) for each in record.differences)
    if not record.differences:
        yield "no difference"
    yield from (f"left behind: {each}" for each in found.left)


def as_json(found: Compared) -> str:
    """Return a comparison as JSON: forms only."""
    return dump_json(found.record, indent=1)


def write_record(path: Path, found: Compared) -> None:
    """Write a comparison, for `parity adopt`."""
    write_files(path.parent, {path.name: f"{as_json(found)}\n".encode()})
