"""Check that a child process keeps to the protocol of docs/reference/stdio-protocol.md."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from koppeling_harness.document import to_plain
from koppeling_harness.model.operation import OperationCall, RunContext
from koppeling_harness.plugin.check import Check, shown
from koppeling_harness.plugin.process import Launch, Process
from koppeling_harness.plugin.stdio import HOOKS, PROTOCOL, VERSIONS, told_at_start
from koppeling_harness.plugin.tree import GOODBYE_S
from koppeling_harness.plugin.worker import Start

NO_SUCH = "koppeling-check"
"""An operation and a method that no integration has."""

_ANSWER_LIMIT_S = 10.0
_UNKNOWN_VERSION = 999
_NO_SUCH_METHOD, _INVALID_PARAMS = -32601, -32602


class _Peer:
    """The process at the other end, spoken to without the kindness that a run has."""

    def __init__(self, launch: Launch) -> None:
        self.process = Process(launch, on_output=self._take)
        self.rubbish: list[str] = []
        self.answers: dict[int, list[Mapping[str, Any]]] = {}
        self._received = bytearray()
        self._number = 0
        self._news = asyncio.Event()

    async def ask(self, method: str, params: Mapping[str, Any], *, cancel: bool = False) -> Any:
        """Send a call; return its answer, or in words that there is none."""
        self._number += 1
        number = self._number
        self._send({"id": number, "method": method, "params": params})
        if cancel:
            self._send({"method": "cancel", "params": {"id": number}})

        async def answer() -> Mapping[str, Any]:
            while number not in self.answers:
                self._news.clear()
                await self._news.wait()
            return self.answers[number][0]

        try:
            async with asyncio.timeout(_ANSWER_LIMIT_S):
                return await self.process.unless_over(answer(), method)
        except TimeoutError:
            return f"no answer within {_ANSWER_LIMIT_S:g} s"

    async def end(self) -> int | None:
        """Close its stdin; return the code with which it ended, None when it had to be ended."""
        self.process.end_input()
        try:
            async with asyncio.timeout(max(GOODBYE_S, 1.0)):
                return await self.process.ended()
        except TimeoutError:
            await self.process.close()
            return None

    def _send(self, message: Mapping[str, Any]) -> None:
        line = json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False)
        self.process.write(line.encode("utf-8", "backslashreplace") + b"\n")

    def _take(self, data: bytes) -> None:
        self._received += data
        *lines, rest = bytes(self._received).split(b"\n")
        self._received[:] = rest
        for line in lines:
            self._read(line)

    def _read(self, line: bytes) -> None:
        try:
            message = json.loads(line)
            is_ours = message["jsonrpc"] == "2.0"
            if is_ours and "id" in message and ("result" in message) != ("error" in message):
                self.answers.setdefault(message["id"], []).append(message)
                self._news.set()
                return
            if is_ours and "id" not in message and isinstance(message["method"], str):
                return
        except (ValueError, TypeError, LookupError, RecursionError):
            pass
        self.rubbish.append(line.decode("utf-8", errors="backslashreplace"))


async def check_stdio(start: Start, context: RunContext) -> tuple[Check, ...]:
    """Hold an integration of kind `stdio`, or hooks in Python, against the protocol.

    Args:
        start: What it is started with.
        context: An environment to make it ready for; it is told to do nothing in it.
    """
    launch, told = told_at_start(start)
    peer = _Peer(launch)
    try:
        await peer.process.begin()
    except OSError as error:
        return (_failed("it starts", str(error), "a process", "See `runtime.command`."),)
    try:
        checks = await _conversation(peer, start, told, context)
    finally:
        await peer.process.close()
    if not checks[0].is_ok:
        return tuple(checks)
    return (*checks, await _unknown_version(start))


async def _conversation(
    peer: _Peer, start: Start, told: Mapping[str, Any], context: RunContext
) -> list[Check]:
    answer = await peer.ask("initialize", _hello(start, list(VERSIONS), told))
    agreed = _agreed(answer)
    if not agreed.is_ok:
        return [agreed]
    hooks = answer["result"]["hooks"]
    plain = {"context": to_plain(context)}
    nothing = OperationCall(operation=NO_SUCH, input=None, context=context)
    call = {"call": to_plain(nothing)}
    checks = [agreed]
    if "prepare" in hooks:
        checks.append(_accepted("prepare", await peer.ask("prepare", plain)))
    checks += [
        _unknown_method(await peer.ask(NO_SUCH, {})),
        _bad_params(await peer.ask("trigger", {"call": 1})),
        _unknown_operation(await peer.ask("trigger", call)),
        await _cancelled(peer, call),
    ]
    if "check_traffic" in hooks:
        answer = await peer.ask("check_traffic", {"exchanges": []})
        checks.append(_accepted("check_traffic", answer))
    if "finish" in hooks:
        checks.append(_accepted("finish", await peer.ask("finish", plain)))
    checks.append(_accepted("shutdown", await peer.ask("shutdown", {})))
    code = await peer.end()
    return [*checks, _ended(code), _pure(peer)]


def _hello(start: Start, versions: list[int], told: Mapping[str, Any]) -> dict[str, Any]:
    return {"protocol": PROTOCOL, "versions": versions, "integration": start.name, **told}


def _agreed(answer: Any) -> Check:
    result = _result(answer)
    version = result.get("version") if isinstance(result, dict) else None
    hooks = result.get("hooks") if isinstance(result, dict) else None
    named = set(map(str, hooks)) if isinstance(hooks, list) else set()
    return Check(
        what=f"initialize, offering version {VERSIONS[0]}",
        is_ok=version in VERSIONS and "trigger" in named and named <= HOOKS,
        found=shown(answer),
        expected=f"a result with version {VERSIONS[0]}, and hooks among {', '.join(sorted(HOOKS))}",
        remedy='Answer `{"version": 1, "hooks": ["trigger"]}`, with the hooks that it has.',
    )


async def _unknown_version(start: Start) -> Check:
    launch, told = told_at_start(start)
    peer = _Peer(launch)
    await peer.process.begin()
    try:
        answer = await peer.ask("initialize", _hello(start, [_UNKNOWN_VERSION], told))
    finally:
        await peer.process.close()
    result = _result(answer)
    version = result.get("version") if isinstance(result, dict) else None
    return Check(
        what=f"initialize, offering only version {_UNKNOWN_VERSION}",
        is_ok=_error_code(answer) is not None or (isinstance(version, int) and version in VERSIONS),
        found=shown(answer),
        expected="an error, or the version that it does speak",
        remedy="Never agree to a version that it does not know.",
    )


def _accepted(method: str, answer: Any) -> Check:
    return Check(
        what=method,
        is_ok=isinstance(answer, dict) and "result" in answer,
        found=shown(answer),
        expected="a result",
        remedy=f"Carry out `{method}` and answer with a result, `null` when there is nothing.",
    )


def _unknown_method(answer: Any) -> Check:
    return Check(
        what="a method that does not exist",
        is_ok=_error_code(answer) == _NO_SUCH_METHOD,
        found=shown(answer),
        expected=f"error {_NO_SUCH_METHOD}, and that it goes on",
        remedy="A later version of the protocol may ask what it does not know.",
    )


def _bad_params(answer: Any) -> Check:
    return Check(
        what="trigger, with a call that is no call",
        is_ok=_error_code(answer) == _INVALID_PARAMS,
        found=shown(answer),
        expected=f"error {_INVALID_PARAMS}, and that it goes on",
        remedy="Look at the parameters before they are used.",
    )


def _unknown_operation(answer: Any) -> Check:
    return Check(
        what="trigger, of an operation that does not exist",
        is_ok=isinstance(answer, dict),
        found=shown(answer),
        expected="an answer, best `ok: false` or an error, and that it goes on",
        remedy="Handle what koppeling.yaml declares, and refuse all else.",
    )


async def _cancelled(peer: _Peer, call: Mapping[str, Any]) -> Check:
    answer = await peer.ask("trigger", call, cancel=True)
    after = await peer.ask(NO_SUCH, {})
    return Check(
        what="cancel, of a call under way",
        is_ok=isinstance(answer, dict)
        and isinstance(after, dict)
        and all(len(many) == 1 for many in peer.answers.values()),
        found=shown(answer),
        expected="one answer to the call that is cancelled, and that it goes on",
        remedy="Answer every call once, also one that is left; `cancel` itself gets no answer.",
    )


def _ended(code: int | None) -> Check:
    return Check(
        what="the end of its stdin",
        is_ok=code == 0,
        found="it went on" if code is None else f"it ended with code {code}",
        expected="that it ends with code 0",
        remedy="Leave when `shutdown` was asked or stdin has ended; else it is killed.",
    )


def _pure(peer: _Peer) -> Check:
    return Check(
        what="stdout",
        is_ok=not peer.rubbish,
        found=shown(peer.rubbish[0]) if peer.rubbish else "nothing but messages",
        expected="nothing but JSON-RPC 2.0 messages, one on a line",
        remedy="Write log lines to stderr, or send them as `log`.",
    )


def _failed(what: str, found: str, expected: str, remedy: str) -> Check:
    return Check(what=what, is_ok=False, found=found, expected=expected, remedy=remedy)


def _result(answer: Any) -> Any:
    return answer.get("result") if isinstance(answer, dict) else None


def _error_code(answer: Any) -> int | None:
    error = answer.get("error") if isinstance(answer, dict) else None
    return error.get("code") if isinstance(error, dict) else None
