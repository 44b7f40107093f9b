"""ERP1's own door: the harness's way past the gateway, and nobody else's."""

import base64
import secrets
from urllib.parse import unquote

from starlette.types import ASGIApp, Receive, Scope, Send

from koppeling_harness.model.secret import Secret
from koppeling_harness.traffic.door import Door
from koppeling_harness.traffic.gateway import Gateway

_UNAUTHORIZED = 401


class OwnDoor:
    """An ASGI application before ERP1 that takes the harness's key and nothing else.

    The key is the first part of each path. Who comes without it is turned away as with a token
    that is not valid, and told on the scenario whose environment or token it names.

    Args:
        app: ERP1.
        gateway: Knows the scenarios.

    Attributes:
        key: Made anew for each run.
    """

    def __init__(self, app: ASGIApp, gateway: Gateway) -> None:
        self.key = Secret(secrets.token_hex(16))
        self._app = app
        self._gateway = gateway
        self._environments: dict[str, str] = {}

    def know(self, environment: str, token: Secret) -> None:
        """Know whose a token is."""
        self._environments[base64.b64encode(token.reveal().encode()).decode()] = environment

    def forget(self, environment: str) -> None:
        """Forget the tokens of an environment."""
        left = {key: name for key, name in self._environments.items() if name != environment}
        self._environments = left

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI: let the harness through."""
        if scope["type"] != "http":
            return
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        first, slash, rest = raw.lstrip(b"/").partition(b"/")
        if secrets.compare_digest(first, self.key.reveal().encode()):
            below = slash + rest
            path = unquote(below.decode("latin-1"))
            await self._app({**scope, "raw_path": below, "path": path}, receive, send)
            return
        door = self._gateway.door(first.decode("latin-1")) or self._by_token(scope)
        if door is not None:
            await door.turn_away_from_erp1(scope, receive, send)
            return
        headers = [(b"content-length", b"0")]
        await send({"type": "http.response.start", "status": _UNAUTHORIZED, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    def _by_token(self, scope: Scope) -> Door | None:
        for name, value in scope["headers"]:
            if name == b"authorization":
                token = value.decode("latin-1").strip().rpartition(" ")[2]
                return self._gateway.door(self._environments.get(token, ""))
        return None
