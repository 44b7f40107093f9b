"""The process in which an integration's hooks run: `python -m koppeling_harness.plugin.child`.

It speaks the protocol of docs/reference/stdio-protocol.md: JSON-RPC 2.0, one JSON object per line,
read from what was its stdin and answered to what was its stdout. Before any code of the plugin
runs, both are moved out of reach: what it prints goes to the log, and what it reads is empty.
"""

import contextlib
import dataclasses
import faulthandler
import gc
import json
import os
import queue
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from koppeling_harness.model import exchange
from koppeling_harness.model.exchange import Exchange, RefusedFor
from koppeling_harness.model.finding import Finding
from koppeling_harness.model.operation import OperationCall, OperationResult, RunContext
from koppeling_harness.model.shape import Release, Text
from koppeling_harness.plugin.load import (
    Refusal,
    Refused,
    load_plugin,
    place_within,
    print_own_traceback,
)
from koppeling_harness.plugin.tree import end_tree

Params = Mapping[str, Any]

_VERSION = 1
_LONGEST_MESSAGE = 64 * 1024
_ALWAYS = frozenset({"prepare", "finish"})
"""Asked also of a plugin without these hooks: they go into the work folder, and out of it."""

_INVALID_PARAMS = "invalid_params"
_CODES = {_INVALID_PARAMS: -32602}
_NO_SUCH_METHOD = -32601


def main() -> None:
    """Answer calls until the harness closes the channel."""
    calls, answers = _take_channel()
    faulthandler.enable()
    inbox: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    host = Host()
    threading.Thread(target=_listen, args=(calls, inbox, host), daemon=True).start()
    while line := inbox.get():
        call = json.loads(line)
        if "id" not in call:
            continue  # `cancel`: a hook that runs cannot be left
        answer = host.answer(call)
        sys.stdout.flush()
        sys.stderr.flush()
        answers.write(
            json.dumps(answer, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"
        )
        answers.flush()
    gc.freeze()  # the harness waits for the end: no search for cycles on the way out


def _take_channel() -> tuple[BinaryIO, BinaryIO]:
    """Move the channel away from descriptors 0 and 1, which the plugin and its children have."""
    calls = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace", line_buffering=True)  # type: ignore[union-attr]
    return calls, answers


def _listen(calls: BinaryIO, inbox: "queue.SimpleQueue[bytes]", host: "Host") -> None:
    for line in calls:
        inbox.put(line)
    if host.is_busy:  # the harness is gone; nobody else will end a hook that hangs
        end_tree(os.getpid())
    inbox.put(b"")


class Host:
    """Carries out calls on one plugin.

    Args:
        moves: Whether the work folder becomes the current folder for the length of a scenario.
    """

    def __init__(self, *, moves: bool = True) -> None:
        self._moves = moves
        self._start_folder = Path.cwd()
        self.is_busy = False
        self._hooks: Any = None
        self._folder = Path()
        self._methods: dict[str, Callable[[Params], Any]] = {
            "initialize": self._initialize,
            "prepare": self._prepare,
            "trigger": self._trigger,
            "check_traffic": self._check_traffic,
            "finish": self._finish,
            "shutdown": lambda _params: {},
        }

    def answer(self, call: Mapping[str, Any]) -> dict[str, Any]:
        """Return the JSON-RPC answer to a call."""
        reply: dict[str, Any] = {"jsonrpc": "2.0", "id": call["id"]}
        params: Params = call["params"]
        method = str(call["method"])
        if method not in self._methods:
            message = f"there is no method {method}"
            return reply | {"error": {"code": _NO_SUCH_METHOD, "message": message}}
        self.is_busy = True
        with _stack_when_late(params.get("timeout_s")):
            try:
                return reply | {"result": self._methods[method](params)}
            except Refused as refused:
                return reply | {"error": _error(refused.refusal)}
            except Exception as error:  # noqa: BLE001 - whatever a plugin raises is an answer
                print_own_traceback(self._folder, error)
                return reply | {"error": _error(self._raised(f"koppeling_{method}", error))}
            finally:
                self.is_busy = False

    def _initialize(self, params: Params) -> Any:
        if _VERSION not in params["versions"]:
            message = f"version {_VERSION} of the protocol is the only one known here"
            raise Refused(Refusal(kind="not_started", message=message))
        self._folder = Path(params["folder"])
        plugin = load_plugin(self._folder, params["plugin"])
        self._hooks = plugin.hook
        names = {hook.name.removeprefix("koppeling_") for hook in plugin.implemented}
        return {"version": _VERSION, "hooks": sorted(names | _ALWAYS)}

    def _prepare(self, params: Params) -> None:
        context = _context(params)
        if self._moves:
            os.chdir(context.work_dir)
        self._hooks.koppeling_prepare(context=context)

    def _trigger(self, params: Params) -> Any:
        call = _call(params)
        result = self._hooks.koppeling_trigger(call=call)
        if result is None:
            message = f"koppeling_trigger gave no result for operation `{call.operation}`"
            hint = "Handle every operation that koppeling.yaml declares."
            raise Refused(Refusal(kind="no_answer", message=message, hint=hint))
        return _plain_result(result)

    def _check_traffic(self, params: Params) -> Any:
        exchanges = tuple(_exchange(plain) for plain in params["exchanges"])
        found = self._hooks.koppeling_check_traffic(exchanges=exchanges)
        return [_plain_finding(each) for findings in found for each in findings or ()]

    def _finish(self, params: Params) -> None:
        try:
            self._hooks.koppeling_finish(context=_context(params))
        finally:
            if self._moves:
                os.chdir(self._start_folder)  # a current folder cannot be removed on Windows

    def _raised(self, method: str, error: Exception) -> Refusal:
        said = "".join(traceback.format_exception_only(error)).strip()[:_LONGEST_MESSAGE]
        place = place_within(self._folder, error)
        at = f" at {place}" if place else ""
        return Refusal(kind="raised", message=f"{method} raised {said}{at}")


@contextlib.contextmanager
def _stack_when_late(timeout_s: float | None) -> Any:
    """Print where every thread is just before the harness loses patience."""
    if timeout_s is None:
        yield
        return
    faulthandler.dump_traceback_later(max(timeout_s - 0.2, timeout_s / 2))
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


def _error(refusal: Refusal) -> dict[str, Any]:
    data = {"kind": refusal.kind, "hint": refusal.hint}
    code = _CODES.get(refusal.kind, -32000)
    return {"code": code, "message": refusal.message, "data": data}


def _context(params: Mapping[str, Any]) -> RunContext:
    try:
        plain = params["context"]
        return RunContext(**{**plain, "release": Release(**plain["release"])})
    except (LookupError, TypeError) as error:
        raise Refused(_not_understood("context", error)) from None


def _call(params: Mapping[str, Any]) -> OperationCall:
    try:
        plain = params["call"]
        return OperationCall(**{**plain, "context": _context(plain)})
    except (LookupError, TypeError) as error:
        raise Refused(_not_understood("call", error)) from None


def _not_understood(name: str, error: Exception) -> Refusal:
    return Refusal(kind=_INVALID_PARAMS, message=f"`{name}` is not understood: {error!r}")


def _exchange(plain: Mapping[str, Any]) -> Exchange:
    headers = {
        name: tuple((key, value) for key, value in plain[name])
        for name in ("request_headers", "response_headers")
    }
    why = plain.get("refused")
    refused = None
    if why is not None:
        refused = exchange.Refused(kind=RefusedFor(why["kind"]), found=Text(**why["found"]))
    return Exchange(**{**plain, **headers, "refused": refused})


def _plain_result(result: object) -> dict[str, Any]:
    if not isinstance(result, OperationResult):
        message = f"koppeling_trigger returned {type(result).__name__}, expected OperationResult"
        hint = "Return `OperationResult(ok=..., output=..., error=...)`."
        raise Refused(Refusal(kind="no_answer", message=message, hint=hint))
    plain = {"ok": result.ok, "output": result.output, "error": result.error}
    try:
        json.dumps(plain, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        message = f"koppeling_trigger returned an output that is not JSON: {error}"
        hint = "Convert dates to text and decimals to text or numbers."
        raise Refused(Refusal(kind="no_answer", message=message, hint=hint)) from None
    return plain


def _plain_finding(finding: object) -> dict[str, Any]:
    if not isinstance(finding, Finding):
        message = f"koppeling_check_traffic returned {type(finding).__name__}, expected Finding"
        raise Refused(Refusal(kind="no_answer", message=message, hint="Return a list of Finding."))
    return dataclasses.asdict(finding)


if __name__ == "__main__":
    main()
