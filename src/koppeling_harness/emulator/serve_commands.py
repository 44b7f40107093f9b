"""Commands of the person at a served environment, one a line.

They come from the standard input of the server, so nobody who only reaches its port can give them.
"""

import json
import re
import threading
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from functools import partial
from typing import Any

from koppeling_harness.emulator.environment import Environment
from koppeling_harness.emulator.erp1 import Erp1
from koppeling_harness.emulator.web import EMPTY, Answer, Scope

HELP = """commands, one a line:
  reset                    put the demo company back; id, tokens and definitions stay
  age +31d                 let all that is kept be 31 days older (d, h, m, s); the day stays
  fail 503 [TIMES]         answer the next TIMES (1) calls to connectors with that status
  secret                   make the client a further secret, and print it
  revoke                   let the client's oldest secret work no more
  kind oauth               the type of the app connector: classic, hybrid or oauth
  webhook-test             send test.executed to every receiver of webhooks
  event TYPE {"Name": 1}   send an event of any type, with its Data
  help                     this"""

_AGE = re.compile(r"\+([1-9][0-9]{0,4})([dhms])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_FAIL = re.compile(r"([45][0-9]{2})(?: +([1-9][0-9]{0,3}))?")
_RETRY_AFTER_S = b"1"


class Commands:
    """Carries out what is asked of one served environment.

    Args:
        erp1: Who serves it.
        name: Its id.
        tell: Gets what is to be told.
    """

    def __init__(self, erp1: Erp1, name: str, tell: Callable[[str], None]) -> None:
        self._erp1 = erp1
        self._name = name
        self._tell = tell
        self._failing: list[int] = []

    @property
    def _environment(self) -> Environment:
        return self._erp1.environment(self._name)

    def listen(self, lines: Iterable[str], do: Callable[[Callable[[], None]], object]) -> None:
        """Carry out commands as they come, until there are no more.

        Args:
            lines: They, one each.
            do: Has something done where the environment lives: the thread that answers requests.
        """

        def read() -> None:
            for line in lines:
                if line.strip():
                    do(partial(self.carry_out, line.strip()))

        threading.Thread(target=read, daemon=True).start()

    def carry_out(self, line: str) -> None:
        """Carry out one command, and tell what came of it."""
        word, _, rest = line.partition(" ")
        known = {
            "reset": self._reset,
            "age": self._age,
            "fail": self._fail,
            "secret": self._secret,
            "revoke": self._revoke,
            "kind": self._kind,
            "webhook-test": self._test_webhooks,
            "event": self._event,
        }
        act = known.get(word.lower())
        try:
            self._tell(act(rest.strip()) if act else HELP)
        except ValueError as error:
            self._tell(f"{word}: {error}")

    def failing(self, app: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        """Return an ASGI application that fails as often as it was told to, else is another."""

        async def served(scope: Scope, receive: Any, send: Any) -> None:
            if self._failing and "/connectors" in scope.get("path", "").lower():
                await self._answer(scope, self._failing.pop(0), send)
            else:
                await app(scope, receive, send)

        return served

    async def _answer(self, scope: Scope, status: int, send: Any) -> None:
        if self._erp1.app.on_refused:
            refusing = Answer(status=status, reason="asked for with `fail`")
            self._erp1.app.on_refused(scope, refusing)
        headers = [EMPTY, (b"content-length", b"0")]
        if status == 503:
            headers.append((b"retry-after", _RETRY_AFTER_S))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    def _reset(self, _rest: str) -> str:
        self._erp1.reset_environment(self._name)
        self._failing.clear()
        return "reset: the demo company is back"

    def _age(self, rest: str) -> str:
        found = _AGE.fullmatch(rest)
        if found is None:
            message = "expected such as +31d, +59m"
            raise ValueError(message)
        self._environment.age(timedelta(**{_UNITS[found[2]]: int(found[1])}))
        return f"age: all that is kept is {rest[1:]} older"

    def _fail(self, rest: str) -> str:
        found = _FAIL.fullmatch(rest)
        if found is None:
            message = "expected a status from 400 on and how often, such as 503 2"
            raise ValueError(message)
        times = int(found[2] or 1)
        self._failing += [int(found[1])] * times
        return f"fail: the next {times} calls to connectors are answered {found[1]}"

    def _secret(self, _rest: str) -> str:
        made = self._environment.apps[0].renew_secret(self._environment.setup.clock.now())
        return f"secret: {made.reveal()} works beside the others"

    def _revoke(self, _rest: str) -> str:
        left = self._environment.apps[0].revoke_oldest_secret()
        return f"revoke: {left} secrets are left"

    def _kind(self, rest: str) -> str:
        if rest not in {"classic", "hybrid", "oauth"}:
            message = "expected classic, hybrid or oauth"
            raise ValueError(message)
        self._environment.apps[0].kind = rest
        return f"kind: the app connector is of type {rest}"

    def _test_webhooks(self, _rest: str) -> str:
        sent = self._environment.webhooks.test()
        return f"webhook-test: sent to {sent} receivers"

    def _event(self, rest: str) -> str:
        kind, _, text = rest.partition(" ")
        data = json.loads(text or "{}")
        if not kind or not isinstance(data, dict):
            message = 'expected a type and its Data, such as subject.created {"SubjectId": 1}'
            raise ValueError(message)
        self._environment.webhooks.emit(kind, data)
        return f"event: {kind} is on its way to who asked for it"
