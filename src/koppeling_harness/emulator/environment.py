"""One Profit environment: its data, its definitions, and who may use it."""

import asyncio
import sqlite3
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any, TypeVar

from koppeling_harness.aside import in_thread
from koppeling_harness.clock import AMSTERDAM, Clock
from koppeling_harness.emulator import letters
from koppeling_harness.emulator.access import (
    AppConnector,
    Denied,
    Token,
    find_token,
    new_token,
    unauthorized,
)
from koppeling_harness.emulator.definition import Definition, supplied
from koppeling_harness.emulator.dpop import Call
from koppeling_harness.emulator.filling import Filler
from koppeling_harness.emulator.get_connector import GetExecutor
from koppeling_harness.emulator.grants import OAuth
from koppeling_harness.emulator.own_definition import define
from koppeling_harness.emulator.specification import UpdateConnector, open_catalogue
from koppeling_harness.emulator.update_connector import UpdateExecutor
from koppeling_harness.emulator.webhooks import Webhooks
from koppeling_harness.model.connector import OwnGetConnector
from koppeling_harness.model.scenario import Filling
from koppeling_harness.model.shape import Release
from koppeling_harness.value import dataclass

T = TypeVar("T")

_OAUTH = {"bearer", "dpop"}


@cache
def own_catalogue() -> Mapping[str, UpdateConnector]:
    """Return the UpdateConnectors that the emulator knows by itself, by lower-case id."""
    text = resources.files(__package__).joinpath("data/update_connectors.tsv").read_text("utf-8")
    return open_catalogue(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What the environments of one server have in common."""

    release: Release
    settings: Mapping[str, str]
    clock: Clock
    seed: int
    fill: Callable[[], sqlite3.Connection]
    """Makes the database of a new environment."""
    gets: Mapping[str, Definition]
    """GetConnectors by lower-case id."""
    catalogue: Mapping[str, UpdateConnector]
    """UpdateConnectors by lower-case id."""


class Environment:
    """One environment; its database is made when it is first asked for something.

    Args:
        name: Such as `T12345AA`.
        setup: What it has in common with the others.
        own: GetConnectors of its own.
        app: The app connector that its first token belongs to.
    """

    def __init__(
        self,
        name: str,
        setup: Setup,
        own: Sequence[OwnGetConnector] = (),
        app: AppConnector | None = None,
    ) -> None:
        self.name = name
        self.setup = setup
        self.settings = setup.settings
        self.own = {each.id.lower(): define(each, gets=setup.gets) for each in own}
        self.gets = GetExecutor(setup.settings, seed=setup.seed, clock=setup.clock)
        self.updates = UpdateExecutor(setup.settings)
        first = new_token(app or AppConnector(), setup.clock.now())
        self.apps: list[AppConnector] = [first.app]
        self.tokens: dict[str, Token] = {first.data: first}
        self.oauth = OAuth()
        self.opened = setup.clock.now()
        self.webhooks = Webhooks(name, setup.clock, setup.settings)
        self.webhooks.is_blocked = lambda: self.apps[0].blocked
        self.mails: list[tuple[str, str]] = []
        """One-time passwords that would have been mailed: user and code."""
        self.on_mail: Callable[[str, str], None] | None = None
        """Told of each, with user and code."""
        self.codes: dict[tuple[str, str], str] = {}
        """Codes that wait, by API key and user."""
        self.broken: list[str] = []
        """What broke in the emulator while it answered, and on which call: never a verdict."""
        self._one_at_a_time = asyncio.Lock()
        self._connection: sqlite3.Connection | None = None
        self._finalizer: weakref.finalize[..., Any] | None = None
        self._headers: dict[str, Token] = {}

    @property
    def is_busy(self) -> bool:
        """Whether a request is answered beside the loop."""
        return self._one_at_a_time.locked()

    async def in_turn(self, answer: Callable[..., T], *arguments: Any) -> T:
        """Have a request answered beside the loop, one at a time; to its end, whoever waits."""

        async def alone() -> T:
            async with self._one_at_a_time:
                return await in_thread(answer, *arguments)

        return await asyncio.shield(alone())

    @property
    def connection(self) -> sqlite3.Connection:
        """The environment's database."""
        if self._connection is None:
            self._connection = self.setup.fill()
            self._list_own(self._connection)
            # So that an environment which nobody closed still closes its database.
            self._finalizer = weakref.finalize(self, self._connection.close)
        return self._connection

    def _list_own(self, connection: sqlite3.Connection) -> None:
        """Let the GetConnector of GetConnectors show those that a fresh database does not know."""
        imported = [each for id_, each in self.setup.gets.items() if id_ not in supplied()]
        named = [
            ("get_connector", each.id, each.description, int(each.blocked))
            for each in (*imported, *self.own.values())
        ]
        if named:
            connection.executemany(
                "INSERT OR REPLACE INTO code (kind, id, ds, bl) VALUES (?, ?, ?, ?)", named
            )

    def renewed(self) -> None:
        """Know its database again, whose rows were put back."""
        self.gets = GetExecutor(self.settings, seed=self.setup.seed, clock=self.setup.clock)
        self._list_own(self.connection)

    @property
    def first_token(self) -> Token:
        """The token that the environment was opened with."""
        return next(iter(self.tokens.values()))

    def close(self) -> None:
        """Throw the environment's data away."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
            if self._finalizer:
                self._finalizer.detach()
            self.gets = GetExecutor(self.settings, seed=self.setup.seed, clock=self.setup.clock)

    def mail(self, user: str, code: str) -> None:
        """Send a user a one-time password; nothing leaves the emulator."""
        self.mails.append((user, code))
        if self.on_mail:
            self.on_mail(user, code)

    def tell(self, events: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Tell subscribers of webhooks what was changed."""
        if self.settings["webhooks"] == "present":
            for event, row in events:
                data = {"SubjectTypeId": row.get("StId"), "SubjectId": row.get("SbId")}
                self.webhooks.emit(event, data)

    def now(self) -> str:
        """Return the present moment as Profit stores it: wall-clock time in Amsterdam."""
        return self.moment().isoformat()

    def moment(self) -> datetime:
        """Return the present wall-clock time in Amsterdam, without a zone."""
        return self.setup.clock.now().astimezone(AMSTERDAM).replace(tzinfo=None)

    def age(self, by: timedelta) -> None:
        """Let everything that is kept be older by some time; the day itself stays.

        Tokens, secrets, codes, chains, key sets that were fetched, and when rows were made and
        changed. How fresh a proof or an assertion must be is not something that is kept.
        """
        self.opened -= by
        self.oauth.age(by)
        for token in self.tokens.values():
            token.expires = token.expires and token.expires - by
            token.lapses = token.lapses and token.lapses - by
        for app in self.apps:
            for each in app.further_secrets:
                each.made = each.made and each.made - by
        age_rows(self.connection, by)

    def fill(self, filling: Filling) -> None:
        """Have more rows of what is read with the first token than are asked for at once."""
        self.gets.filler = Filler(filling, self.now)

    def add_token(self, app: AppConnector, *, own: bool = False) -> Token:
        """Give an app connector of this environment a further token.

        Args:
            app: Whose.
            own: Whether it is the harness's own, that no date ends.
        """
        token = new_token(app, self.setup.clock.now())
        token.own = own
        self.tokens[token.data] = token
        if app not in self.apps:
            self.apps.append(app)
        return token

    def authenticate(
        self, header: str | None, address: str | None, call: Call | None = None
    ) -> AppConnector | Denied:
        """Return the app connector that a request comes for.

        Args:
            header: The value of `Authorization`.
            address: Where the caller is; None when unknown.
            call: What a proof (DPoP) must be a proof of; None to learn only whose token it is.
        """
        if header is None:
            return unauthorized("there is no header Authorization")
        token = self._headers.get(header)
        if token is None:
            scheme, _, credentials = header.partition(" ")
            if credentials and scheme.lower() in _OAUTH:
                return self._by_oauth(scheme.lower(), credentials, address, call)
            if not header.lower().startswith("afastoken "):
                return unauthorized(
                    "Authorization is not AfasToken, Bearer or DPoP with a token after a blank"
                )
            found = find_token(header, self.tokens, settings=self.settings)
            if isinstance(found, Denied):
                return found
            token = self._headers[header] = found
        if problem := self._unfit(token):
            return unauthorized(problem)
        return admit(token.app, address)

    def _unfit(self, token: Token) -> str:
        """Return why a classic token does not open the environment now; empty when it does."""
        if token.own:
            return ""
        now, rule, problem = self.setup.clock.now(), self.settings["classic_token"], ""
        if token.revoked:
            problem = "the token was revoked"
        elif token.expires is not None and token.expires <= now:
            problem = "the token has ended"
        elif rule == "by_date" and token.lapses is not None and token.lapses <= now:
            problem = "the token has lapsed: AFAS ends classic tokens (switch classic_token)"
        elif rule == "refused":
            problem = "classic tokens are refused (switch classic_token)"
        elif token.app.kind == "oauth":
            problem = "its app connector is of type OAuth: no classic token"
        return problem

    def _by_oauth(
        self, scheme: str, token: str, address: str | None, call: Call | None
    ) -> AppConnector | Denied:
        now = self.setup.clock.now()
        if scheme == "bearer":
            app = self.oauth.app_of(token, now)
        elif self.settings["dpop"] == "present":
            app = self.oauth.app_of_bound(token, call, self.settings, now)
        else:
            return unauthorized("DPoP is not there in this release (switch dpop)")
        return app if isinstance(app, Denied) else admit(app, address)

    def get_definition(self, id_: str) -> Definition | None:
        """Return the GetConnector of that id, by any case."""
        lower = id_.lower()
        return self.own.get(lower) or self.setup.gets.get(lower)

    def update_definition(self, id_: str) -> UpdateConnector | None:
        """Return the UpdateConnector of that id, by any case."""
        return self.setup.catalogue.get(id_.lower())

    def get_definitions(self) -> Iterable[Definition]:
        """Return all GetConnectors, own ones last."""
        return {**self.setup.gets, **self.own}.values()


def admit(app: AppConnector, address: str | None) -> AppConnector | Denied:
    """Return the app connector if a caller may use it from where it is."""
    if app.blocked or app.user_blocked:
        return unauthorized("the app connector is blocked, or its user")
    if app.admits(address):
        return app
    return Denied(status=403, reason=f"{address} is none of the app connector's allowed_addresses")


def age_rows(connection: sqlite3.Connection, by: timedelta) -> None:
    """Let every row be made and changed longer ago, its fraction of a second kept."""
    tables = [
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    ]
    back = f"-{int(by.total_seconds())} seconds"
    for table in tables:
        found = {column[1] for column in connection.execute(f'PRAGMA table_info("{table}")')}
        for name in found & {"created", "modified"}:
            # names of tables and columns of our own schema; the value is bound
            connection.execute(
                f'UPDATE "{table}" SET {name} = '  # noqa: S608
                f"strftime('%Y-%m-%dT%H:%M:%S', {name}, ?) || substr({name}, 20) "
                f"WHERE {name} IS NOT NULL",
                (back,),
            )


def empty_database(path: str = ":memory:") -> sqlite3.Connection:
    """Return a connection to a database with the tables of an environment."""
    connection = connect(path)
    script = resources.files(__package__).joinpath("data/schema.sql").read_text("utf-8")
    connection.executescript(script)
    return connection


def connect(path: str = ":memory:") -> sqlite3.Connection:
    """Return a connection as the emulator uses it: transactions by hand."""
    connection = sqlite3.connect(
        path, isolation_level=None, cached_statements=256, check_same_thread=False
    )
    letters.add_to(connection)
    return connection


def restored(content: Any) -> sqlite3.Connection:
    """Return an in-memory copy of a serialized database."""
    connection = connect()
    connection.deserialize(content)
    return connection
