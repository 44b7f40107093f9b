"""Write the scenario that proves what only the owner of the data can know.

The example of an operation is carried out once, and what was sent then is written down to be held
against what was meant: field by field, with the place in the input where a value stands as well.
"""

import json
import re
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from koppeling_harness.clock import SystemClock
from koppeling_harness.config.settings import load_settings
from koppeling_harness.engine import codes
from koppeling_harness.engine.observer import Observer
from koppeling_harness.errors import ConfigurationError, UsageError
from koppeling_harness.hosting.certification import Certification
from koppeling_harness.hosting.session import run_session
from koppeling_harness.model.exchange import Exchange, Recording
from koppeling_harness.model.manifest import Manifest, Operation
from koppeling_harness.model.order import Order
from koppeling_harness.model.verdict import Outcome
from koppeling_harness.plugin.discover import discover
from koppeling_harness.scenario.pick import near
from koppeling_harness.scenario.plan import PlannedScenario, plan
from koppeling_harness.traffic.redactor import Redactor
from koppeling_harness.workflow.authoring.try_examples import ONCE

_DONE = frozenset({200, 201})
_REPLACED = re.compile(r"\[[a-z]+:[0-9a-f]{8}\]")

_HEAD = """\
# That data arrives as meant only you can know. This scenario holds what `{operation}` sends against
# what you say here. It was made by carrying its example out once: what stands below `then` is what
# was sent, and not yet what was meant. Go through it value by value, and change what is not as it
# should be: then it fails until the integration is mended. `${{values.input…}}` is a value of the
# input. Every word: docs/reference/scenario-language.md; whether it is in order:
# `koppeling scenarios check`.
scenario: {id}.{name}
title:
  nl: Wat {operation} schrijft komt aan zoals bedoeld
  en: What {operation} writes arrives as meant
level: required
proves: [{id}]              # which rule, page of AFAS, or promise of yours
values:
  # the example of the manifest: better still are values that go wrong easily, such as accents, a
  # text as long as its field, amounts with cents, a day around New Year, half past midnight
  input: {input}

when:
  - operation: {operation}
    input: ${{values.input}}
    expect: {{ok: true}}      # `output` can be expected here too

then:
"""
_WRITES = """\
  - exchanges: {{kind: writes, connector: {connector}}}
    expect:
      items:
"""
_READS = """\
  # it writes nothing to AFAS: what has to be right is what it makes of the rows. Say above, in
  # `expect`, what `output` must hold; put rows into ERP1 of which you know it: `given`, `insert`
  - exchanges: {{kind: reads, connector: {connector}}}
    expect: {{count: {{$min: 1}}}}
"""


class _Seen(Observer):
    """What went over the wire."""

    def __init__(self) -> None:
        self.recording: Recording | None = None

    async def recorded(self, planned: PlannedScenario, recording: Recording) -> None:
        """Keep it."""
        del planned
        self.recording = recording


def text_from_example(name: str, folder: Path, manifest: Manifest, operation: str) -> str:
    """Return a scenario that says of each field what an operation wrote with its example.

    Args:
        name: Of the scenario, without the integration's id.
        folder: The integration's.
        manifest: The integration.
        operation: Of which the example is carried out.

    Raises:
        UsageError: The integration has no such operation.
        ConfigurationError: Its example is not carried out.
    """
    found = manifest.operation(operation)
    if found is None:
        names = [each.name for each in manifest.operations]
        message = f"`{manifest.id}` declares no operation `{operation}`"
        raise UsageError(message, hint=near(operation, names) or f"It has {', '.join(names)}.")
    recording = _carried_out(folder, found)
    given = found.example if not found.given else recording.triggers[0].input
    places = _places(recording.triggers[0].input)
    head = _HEAD.format(
        id=manifest.id,
        name=name,
        operation=operation,
        input=json.dumps(given, ensure_ascii=False),
    )
    written = [
        each
        for each in recording.exchanges
        if each.method in {"POST", "PUT"} and each.connector and each.erp_status in _DONE
    ]
    if not written:
        return head + _READS.format(connector=found.reads[0] if found.reads else "?")
    return head + "".join(_lines(written, places))


def _carried_out(folder: Path, operation: Operation) -> Recording:
    settings = load_settings(Path())
    order = Order(
        release=settings.current_release,
        concurrency=1,
        imports=tuple(map(str, settings.imports)),
    )
    integrations = discover([folder], entry_points=False).integrations
    planned = [
        each
        for one in integrations
        for each in plan([ONCE], one.manifest, release=order.release)
        if each.operation is not None and each.operation.name == operation.name
    ]
    certification = Certification(
        order,
        integrations,
        run_id=f"example-{secrets.token_hex(4)}",
        seed=secrets.randbits(32),
        clock=SystemClock(),
        redactor=Redactor(secrets.token_bytes(32)),
    )
    seen = _Seen()
    for _, result in run_session(certification, planned, seen).results:
        if result.outcome is Outcome.PASSED:
            continue
        # that it is carried out is enough: whether rows come for what it reads is for a run
        findings = (each for each in result.findings if each.code != codes.NOT_PROVEN.code)
        if finding := next(findings, None):
            message = f"the example of `{operation.name}` is not carried out: {finding.message}"
            hint = "`koppeling plugins check` tells more. The example has to do for ERP1's company."
            raise ConfigurationError(message, hint=hint)
    if seen.recording is None or not seen.recording.triggers:
        message = f"the example of `{operation.name}` is not carried out: it does not start"
        raise ConfigurationError(message, hint="`koppeling plugins check` tells more.")
    return seen.recording


def _lines(written: list[Exchange], places: Mapping[str, str]) -> Iterator[str]:
    for connector in dict.fromkeys(each.connector for each in written):
        yield _WRITES.format(connector=connector)
        for each in written:
            if each.connector == connector:
                body = _expected(json.loads(each.request_body or "{}"), places)
                yield f"        - request_body:\n{_laid_out(body, 12)}"


def _expected(node: Any, places: Mapping[str, str]) -> Any:
    """Return what is expected: the same, or the place of the input where a text stands too."""
    if isinstance(node, dict):
        return {name: _expected(each, places) for name, each in node.items()}
    if isinstance(node, list):
        return [_expected(each, places) for each in node]
    if not isinstance(node, str):
        return node
    if node in places:
        return places[node]
    if _REPLACED.search(node):
        return {"$any": True}
    return node.replace("${", "$${")


def _places(value: Any) -> dict[str, str]:
    """Return the expression for each text that stands in an input once."""
    leaves = [(text, path) for path, text in _leaves(value)]
    texts = [text for text, _ in leaves]
    return {text: f"${{values.input{path}}}" for text, path in leaves if texts.count(text) == 1}


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield the texts of an input that can be told from codes, each with its path."""
    if isinstance(value, dict):
        for name, each in value.items():
            if re.fullmatch(r"[A-Za-z0-9_@-]+", str(name)):
                yield from _leaves(each, f"{path}.{name}")
    elif isinstance(value, list | tuple):
        for at, each in enumerate(value):
            yield from _leaves(each, f"{path}.{at}")
    elif isinstance(value, str) and value:
        yield path, value


def _laid_out(node: Any, indent: int) -> str:
    """Return data as YAML over several lines, one field a line."""
    blank = " " * indent
    lines = []
    for name, value in node.items():
        if isinstance(value, dict) and value and "$any" not in value:
            lines.append(f"{blank}{json.dumps(name)}:\n{_laid_out(value, indent + 2)}")
        else:
            lines.append(f"{blank}{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}\n")
    return "".join(lines)
