"""ERP1: one server's worth of emulated Profit environments."""

import contextlib
import itertools
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from koppeling_harness.clock import Clock, SystemClock
from koppeling_harness.emulator import bi, company, endpoints, files, oauth, otp, web
from koppeling_harness.emulator.access import AppConnector, lapse
from koppeling_harness.emulator.definition import Definition, supplied
from koppeling_harness.emulator.environment import (
    Environment,
    Setup,
    empty_database,
    own_catalogue,
    restored,
)
from koppeling_harness.emulator.imports import Imports
from koppeling_harness.emulator.ledger import adopted
from koppeling_harness.emulator.own_definition import by_object
from koppeling_harness.emulator.quirks import settle
from koppeling_harness.emulator.releases import find_release
from koppeling_harness.emulator.specification import Field, UpdateConnector, lend_to_employee
from koppeling_harness.emulator.state import StateFile
from koppeling_harness.errors import ConfigurationError, UsageError
from koppeling_harness.model.connector import EnvironmentDefinition, OwnGetConnector
from koppeling_harness.model.policy import CURRENT
from koppeling_harness.model.secret import Secret
from koppeling_harness.model.shape import Release
from koppeling_harness.value import dataclass

DEFAULT_ROWS = 300
"""Post-calculation lines of the demo company."""

_COPY_LIMIT = 50_000
"""With more lines than this every environment is filled anew instead of copied from a template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentAccess:
    """What a client needs to call one environment."""

    environment: str
    """Its id, such as `T12345AA`."""
    path: str
    """The path of its service on the server: `/T12345AA/ProfitRestServices`."""
    token: Secret
    """The token's XML."""
    token_base64: Secret
    """The token as it follows `AfasToken ` in the Authorization header."""


class Erp1:
    """Many environments behind one ASGI application.

    Args:
        release: Label of the Profit release that they are.
        seed: Of the demo company; equal seeds make equal companies.
        rows: Post-calculation lines of the demo company; None for a small one.
        quirks: Switches that differ from what the release does.
        clock: Tells the time that is stored as created and modified.
        imported: UpdateConnectors beside those that the emulator knows; an equal id replaces.
        imported_gets: The same for GetConnectors.

    Raises:
        ConfigurationError: The release or a switch does not exist.
    """

    def __init__(
        self,
        *,
        release: str = CURRENT,
        seed: int = 1,
        rows: int | None = None,
        quirks: Mapping[str, str] | None = None,
        clock: Clock | None = None,
        imported: Sequence[UpdateConnector] = (),
        imported_gets: Sequence[Definition] = (),
    ) -> None:
        profit = find_release(release)
        self.release: Release = profit.release
        self._seed, self._rows = seed, DEFAULT_ROWS if rows is None else rows
        self._template: bytes | None = None
        self._names = environment_names()
        self._environments: dict[str, Environment] = {}
        self._kept: dict[str, StateFile] = {}
        self._imported: dict[int, tuple[Imports, Setup]] = {}
        self._setup = Setup(
            release=profit.release,
            settings=settle({**profit.differences, **adopted(profit.release.label)}, quirks or {}),
            clock=clock or SystemClock(),
            seed=seed,
            fill=self._fill,
            gets=_with(supplied(), imported_gets),
            catalogue=lend_to_employee(_with(own_catalogue(), imported)),
        )
        self.app = web.Server(
            self._environments,
            self._setup.settings,
            handlers={
                **endpoints.HANDLERS,
                **files.HANDLERS,
                **bi.HANDLERS,
            },
            open_handlers={**otp.HANDLERS, **oauth.HANDLERS},
        )

    @property
    def sends_webhooks(self) -> bool:
        """Whether the release that is imitated has webhooks; they came with Profit 8."""
        return self._setup.settings["webhooks"] == "present"

    def open_environment(
        self,
        connectors: Sequence[OwnGetConnector] = (),
        *,
        name: str | None = None,
        app_connector: AppConnector | None = None,
        custom_fields: Mapping[str, Sequence[Field]] | None = None,
        state: Path | None = None,
        imports: Imports | None = None,
    ) -> EnvironmentAccess:
        """Make an environment with the demo company in it.

        Args:
            connectors: GetConnectors of its own, beside the supplied ones.
            name: Its id; None takes the next free one.
            app_connector: What its token may use; None allows everything.
            custom_fields: Own fields by the object that they belong to, with ids `U…`.
            state: A file that keeps its data, name and token over restarts.
            imports: Connectors of its own beside those of the server.

        Raises:
            ConfigurationError: An own connector cannot be made, or the state file not be used.
            UsageError: An environment of that name is open.
        """
        kept = StateFile(state, self._build) if state else None
        chosen = (kept and kept.get("environment")) or name or next(self._names)
        if chosen.lower() in self._environments:
            message = f"environment {chosen} is already open"
            raise UsageError(message)
        setup = self._setup if imports is None else self._setup_with(imports)
        setup = replace(setup, fill=lambda: kept.connection) if kept else setup
        further = imports.definition if imports else EnvironmentDefinition()
        connectors = (*further.get_connectors, *connectors)
        made = Environment(chosen, setup, connectors, app_connector)
        own = by_object(
            (*further.custom_fields, *(one for each in connectors for one in each.custom_fields))
        )
        for object_, fields in (*own.items(), *(custom_fields or {}).items()):
            known = made.updates.custom_fields.setdefault(object_.lower(), {})
            known |= {each.id.lower(): each for each in fields}
        if kept:
            _remember(kept, made)
            self._kept[chosen.lower()] = kept
        self._environments[chosen.lower()] = made
        token = made.first_token
        return EnvironmentAccess(
            environment=chosen,
            path=f"/{chosen}/ProfitRestServices",
            token=token.xml,
            token_base64=token.encoded,
        )

    def _setup_with(self, imports: Imports) -> Setup:
        """Return what environments with the same imports have in common."""
        known = self._imported.get(id(imports))
        if known is None:
            setup = replace(
                self._setup,
                gets=_with(self._setup.gets, imports.gets),
                catalogue=lend_to_employee(_with(self._setup.catalogue, imports.updates)),
            )
            known = self._imported[id(imports)] = imports, setup  # keeps the id its own
        return known[1]

    def app_of(self, name: str) -> web.Application:
        """Return an ASGI application that answers for one environment and for no other."""
        return self.app.only(name)

    def close_environment(self, environment: str) -> None:
        """Throw an environment away; its URL and tokens stop working.

        Raises:
            UsageError: There is no such environment.
        """
        closing = self.environment(environment)
        closing.close()
        closing.webhooks.close()
        del self._environments[environment.lower()]
        kept = self._kept.pop(environment.lower(), None)
        if kept is not None:
            kept.connection.close()  # also when nobody asked the environment for anything

    def close(self) -> None:
        """Throw every environment away."""
        for name in list(self._environments):
            self.close_environment(name)

    def environment(self, name: str) -> Environment:
        """Return an open environment, to change its app connectors, tokens or definitions.

        Raises:
            UsageError: There is no such environment.
        """
        found = self._environments.get(name.lower())
        if found is None:
            message = f"environment {name} is not open"
            raise UsageError(message)
        return found

    def reset_environment(self, name: str) -> None:
        """Put the demo company back; tokens and definitions stay.

        Raises:
            UsageError: There is no such environment.
        """
        found, kept = self.environment(name), self._kept.get(name.lower())
        if kept is None:
            found.close()
        else:
            kept.reset(self._build)
            found.renewed()

    def reset_state(self, path: Path) -> None:
        """Put the demo company back in a state file; its id and tokens stay.

        Raises:
            ConfigurationError: There is no such file, or it is in use.
        """
        if not path.exists():
            message = f"{path}: there is no such file"
            raise ConfigurationError(message, hint="`erp1 serve --state` makes it")
        kept = StateFile(path, self._build)
        with contextlib.closing(kept.connection):
            kept.reset(self._build)

    def copy_environment(self, name: str, *, to: str | None = None) -> EnvironmentAccess:
        """Open an environment with the data and own connectors of another.

        Raises:
            UsageError: There is no such environment, or one of the new name is open.
        """
        source = self.environment(name)
        access = self.open_environment(name=to)
        made = self.environment(access.environment)
        made.own = dict(source.own)
        content = source.connection.serialize()
        made.setup = replace(made.setup, fill=lambda: restored(content))
        return access

    def _fill(self) -> sqlite3.Connection:
        if self._rows > _COPY_LIMIT:
            return self._made()
        if self._template is None:
            connection = self._made()
            self._template = connection.serialize()
            connection.close()
        return restored(self._template)

    def _made(self) -> sqlite3.Connection:
        connection = empty_database()
        self._build(connection)
        return connection

    def _build(self, connection: sqlite3.Connection) -> None:
        company.build(connection, seed=self._seed, rows=self._rows)
        connection.execute("ANALYZE")


_Connector = TypeVar("_Connector", UpdateConnector, Definition)


def _with(
    own: Mapping[str, _Connector], imported: Sequence[_Connector]
) -> Mapping[str, _Connector]:
    """Return connectors with the imported ones among them; an equal id replaces."""
    return {**own, **{each.id.lower(): each for each in imported}} if imported else own


def _remember(kept: StateFile, made: Environment) -> None:
    """Let the environment have the name and the tokens of its earlier starts."""
    token = made.first_token
    data = kept.get("token")
    if data is None:
        kept.put("environment", made.name)
        kept.put("token", token.data)
        kept.put("opened", made.opened.isoformat())
    else:
        token.data = data
        made.tokens = {data: token}
        made.opened = datetime.fromisoformat(kept.get("opened"))
        token.lapses = lapse(made.opened)
    made.oauth.restore(kept.get("oauth") or {}, made.apps)
    made.oauth.keep = lambda tokens: kept.put("oauth", tokens)


def environment_names() -> Iterator[str]:
    """Yield ids of environments: T12345AA to T12345ZZ, then the next number."""
    letters = [chr(each) for each in range(ord("A"), ord("Z") + 1)]
    for number in itertools.count(12345):
        for first, second in itertools.product(letters, letters):
            yield f"T{number}{first}{second}"
