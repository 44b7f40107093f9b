"""What one scenario saw and said, judged and kept secret and private, however much it is.

What is little is looked at at once. What is more than a turn of the loop may work on is looked at
by another process, which is told all that is known; so no scenario waits for another's traffic.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from koppeling_harness.aside import CHUNK, EACH, LeftOffError
from koppeling_harness.engine.environment import Environment
from koppeling_harness.engine.not_judged import not_judged
from koppeling_harness.engine.stop import Stop, redacted_finding
from koppeling_harness.model.exchange import Exchange, Recording, TriggerRecord
from koppeling_harness.model.finding import Finding
from koppeling_harness.model.manifest import Manifest
from koppeling_harness.model.shape import Release
from koppeling_harness.model.snapshot import UpdateMetainfo
from koppeling_harness.plugin.log import last_of
from koppeling_harness.plugin.work_folder import is_little, left_files
from koppeling_harness.traffic.checks import check_exchanges
from koppeling_harness.traffic.checks.rule import Logged
from koppeling_harness.traffic.private_exchange import Privacy
from koppeling_harness.traffic.redactor import Redactor, beside, shortened
from koppeling_harness.value import dataclass

AT_ONCE = 8 * CHUNK
"""Characters of bodies of one scenario that are looked at in the loop, a chunk in each turn."""

_LEFT_OUT = "[left out: too much to look for secrets in]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What the rules judge beside the traffic.

    Attributes:
        release: The Profit release that answered.
        definitions: What is known of what UpdateConnectors take.
        triggers: What the integration was told to do, and what it said.
        said: What it answered, as it stands.
        log: What it printed, as it stands.
        folder: Its work folder; empty when there is none.
        token: The classic tokens that it was given; empty when they are not known.
        day: On which it is judged.
    """

    release: Release
    definitions: Mapping[str, UpdateMetainfo]
    triggers: Sequence[TriggerRecord]
    said: Sequence[str]
    log: str
    folder: str
    token: str
    day: date


class Shield:
    """Keeps secret and private what one scenario saw until now, and has it judged.

    Args:
        environment: Tells what went over the wire.
        manifest: Says what is private.
    """

    def __init__(self, environment: Environment, manifest: Manifest) -> None:
        self._environment = environment
        self._manifest = manifest
        self._redactor = environment.redactor
        self._privacy = Privacy(environment.redactor, manifest)
        self._ready: dict[str, str] = {}

    async def look(self, *texts: str) -> None:
        """Look at what was sent, and at texts, so that `text` has nothing to wait for."""
        exchanges = await self._exchanges()
        if _size(exchanges) <= AT_ONCE:
            await self._see(exchanges)
            texts = tuple(each for each in texts if len(each) > CHUNK)
        new = list(dict.fromkeys(each for each in texts if each and each not in self._ready))
        if not new:
            return
        try:
            done = await beside(self._redactor, _texts, self._manifest, exchanges, new)
        except LeftOffError:
            done = [_LEFT_OUT for _ in new]
        self._ready.update(zip(new, done, strict=True))

    def text(self, text: str) -> str:
        """Return a text without what is secret or private; at once when it was looked at."""
        ready = self._ready.get(text)
        if ready is not None:
            return ready
        self._privacy.see(self._environment.recording().exchanges)
        return self._privacy.text(text)

    async def exchanges(self) -> tuple[Exchange, ...]:
        """Return what went over the wire, as it may be kept."""
        await self._environment.settle()
        return (await self.kept(self._environment.recording())).exchanges

    async def judged(self, scene: Scene) -> tuple[Finding, ...]:
        """Return what the rules object to in what was sent and said until now."""
        exchanges = await self._exchanges()
        said = len(scene.log) + sum(map(len, scene.said))
        if _size(exchanges) <= AT_ONCE and said <= CHUNK and is_little(scene.folder, CHUNK - said):
            await self._see(exchanges)
            return _judged(self._privacy.text, self._manifest, exchanges, scene)
        try:
            return await beside(self._redactor, _judged_there, self._manifest, exchanges, scene)
        except LeftOffError as error:
            return (not_judged(str(error)).finding,)

    async def kept(self, recording: Recording) -> Recording:
        """Return a recording as it may be kept."""
        exchanges = recording.exchanges
        if _size(exchanges) <= AT_ONCE:
            await self._see(exchanges)
            return self._privacy.kept(recording)
        try:
            return await beside(self._redactor, _kept, self._manifest, recording)
        except LeftOffError:
            return self._privacy.kept(_without_bodies(recording))

    async def last_of_log(self, log: str) -> str:
        """Return the end of a log, as much as is shown."""
        exchanges = await self._exchanges()
        if len(log) <= CHUNK and _size(exchanges) <= AT_ONCE:
            return last_of(self.text(log)) if log else ""
        try:
            return await beside(self._redactor, _last_of, self._manifest, exchanges, log)
        except LeftOffError:
            return _LEFT_OUT

    async def said(
        self, findings: Sequence[Finding], stops: Sequence[Stop]
    ) -> tuple[list[Finding], list[Stop]]:
        """Return all that is said of a scenario, now that every private value was seen."""
        exchanges = await self._exchanges()
        work = (findings, stops)
        if _size(exchanges) <= AT_ONCE:
            await self._see(exchanges)
            return _said(self._privacy.text, *work)
        try:
            return await beside(self._redactor, _said_there, self._manifest, exchanges, *work)
        except LeftOffError:
            return _said(lambda _: _LEFT_OUT, *work)

    async def _exchanges(self) -> tuple[Exchange, ...]:
        await self._environment.settle()
        return self._environment.recording().exchanges

    async def _see(self, exchanges: Sequence[Exchange]) -> None:
        """Take up what is private in exchanges, so much in a turn of the loop."""
        done = 0
        for each in exchanges:
            if self._privacy.has_seen(each):
                continue
            done += _size((each,))
            if done > CHUNK:
                await asyncio.sleep(0)
                done = 0
            self._privacy.see((each,))


def _without_bodies(recording: Recording) -> Recording:
    exchanges = (
        replace(each, request_body=None, response_body=None, query="")
        for each in recording.exchanges
    )
    return replace(recording, exchanges=tuple(exchanges))


def _size(exchanges: Sequence[Exchange]) -> int:
    return sum(
        len(each.request_body or "") + len(each.response_body or "") + len(each.query) + EACH
        for each in exchanges
    )


# What follows is carried out by another process too.


def _privacy(redactor: Redactor, manifest: Manifest, exchanges: Sequence[Exchange]) -> Privacy:
    privacy = Privacy(redactor, manifest)
    privacy.see(exchanges)
    return privacy


def _texts(
    redactor: Redactor, manifest: Manifest, exchanges: Sequence[Exchange], texts: Sequence[str]
) -> list[str]:
    privacy = _privacy(redactor, manifest, exchanges)
    return [privacy.text(each) for each in texts]


def _judged_there(
    redactor: Redactor, manifest: Manifest, exchanges: Sequence[Exchange], scene: Scene
) -> tuple[Finding, ...]:
    return _judged(_privacy(redactor, manifest, exchanges).text, manifest, exchanges, scene)


def _judged(
    redact: Callable[[str], str], manifest: Manifest, exchanges: Sequence[Exchange], scene: Scene
) -> tuple[Finding, ...]:
    files = left_files(scene.folder, manifest.state)
    return check_exchanges(
        exchanges,
        manifest=manifest,
        release=scene.release,
        logged=(
            Logged(text=redact(scene.log) if scene.log else ""),
            *(
                Logged(
                    name=shortened(redact(each.name), 200),
                    text=redact(each.text),
                    is_log=each.is_text and not each.is_state,
                    is_closed=each.is_state and each.is_closed,
                )
                for each in files
            ),
        ),
        definitions=scene.definitions,
        triggers=scene.triggers,
        said=tuple(map(redact, scene.said)),
        token=redact(scene.token) if scene.token else "",
        day=scene.day,
    )


def _kept(redactor: Redactor, manifest: Manifest, recording: Recording) -> Recording:
    return Privacy(redactor, manifest).kept(recording)


def _last_of(
    redactor: Redactor, manifest: Manifest, exchanges: Sequence[Exchange], log: str
) -> str:
    return last_of(_privacy(redactor, manifest, exchanges).text(log))


def _said_there(
    redactor: Redactor,
    manifest: Manifest,
    exchanges: Sequence[Exchange],
    findings: Sequence[Finding],
    stops: Sequence[Stop],
) -> tuple[list[Finding], list[Stop]]:
    return _said(_privacy(redactor, manifest, exchanges).text, findings, stops)


def _said(
    redact: Callable[[str], str], findings: Sequence[Finding], stops: Sequence[Stop]
) -> tuple[list[Finding], list[Stop]]:
    return (
        [redacted_finding(each, redact) for each in findings],
        [replace(each, finding=redacted_finding(each.finding, redact)) for each in stops],
    )
