"""Manifest of an integration: `koppeling.yaml`."""

from dataclasses import field
from typing import Annotated, Any, Literal

from koppeling_harness.model.connector import GetDefinition, OwnGetConnector
from koppeling_harness.model.constraint import Limit, OneOf
from koppeling_harness.model.dispute import Dispute
from koppeling_harness.model.operation import OperationKind, OperationTrigger, OtherCall
from koppeling_harness.model.partner import IntegrationId, Partner
from koppeling_harness.model.scenario import GetStep
from koppeling_harness.model.shape import (
    STRICT,
    ConnectorId,
    FieldId,
    Identifier,
    NonEmpty,
    Text,
)
from koppeling_harness.value import dataclass

Command = Annotated[tuple[str, ...], Limit(min_length=1)]
"""A program and its arguments; no shell reads them."""

VariableName = Annotated[str, Limit(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
MemoryLimit = Annotated[int, Limit(ge=64)]
UrlPath = Annotated[str, Limit(pattern=r"^/\S*$")]

RELEASED_AS = r"^[0-9A-Za-z][0-9A-Za-z.+~_-]{0,63}$"
"""The form of a version: one word, so that a line about it says nothing else."""

VERSION_RULE = r"^(>=|<=|==|<|>)[0-9]+(\.[0-9]+)*(,(>=|<=|==|<|>)[0-9]+(\.[0-9]+)*)*$"
"""Conditions on a version, all of which must hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program that must be there before the integration can run."""

    __pydantic_config__ = STRICT

    program: Annotated[str, Limit(pattern=r"^[^\s/\\{}:]+$")]
    """Its name, as it is found by `PATH`: `node`; no file of the integration's own, as the harness
    itself asks it for its version."""
    version: Annotated[str, Limit(pattern=VERSION_RULE)] | None = None
    """Which versions will do: `>=18`, or several conditions with commas: `>=8.1,<9`."""
    install: Text | None = None
    """How to install it, for whoever does not have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonRuntime:
    """Hooks in Python, loaded in a child process."""

    __pydantic_config__ = STRICT

    kind: Literal["python"]
    plugin: NonEmpty = "koppeling_plugin.py"
    """The file with the hooks, relative to the manifest."""
    requirements: NonEmpty | None = None
    """A file with pinned requirements: installed into an environment of the integration's own."""
    requires: tuple[Program, ...] = ()
    """Programs that must be there; without them the integration is set aside."""
    environ: tuple[VariableName, ...] = ()
    """Names of environment variables of the harness that are passed on to it; no others are."""
    memory_mb: MemoryLimit = 2048
    """How much memory each of its processes may take, in MiB. Kept on Linux only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRuntime:
    """Each operation is a command line, carried out by a process of its own."""

    __pydantic_config__ = STRICT

    kind: Literal["command"]
    command: Command
    """Program and arguments: `{folder}`, `{work_dir}`, `{operation}`, `{input_file}` are filled."""
    refused_exit_code: Annotated[int, Limit(ge=1, le=125)] | None = None
    """With which it says "refused, and told": the last line on stderr is what its user reads."""
    requires: tuple[Program, ...] = ()
    """Programs that must be there; without them the integration is set aside."""
    environ: tuple[VariableName, ...] = ()
    """Names of environment variables of the harness that are passed on to it; no others are."""
    memory_mb: MemoryLimit = 2048
    """How much memory each of its processes may take, in MiB. Kept on Linux only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StdioRuntime:
    """A child process that answers JSON-RPC 2.0 calls over stdin and stdout."""

    __pydantic_config__ = STRICT

    kind: Literal["stdio"]
    command: Command
    """Program and arguments; `{folder}` is filled in."""
    requires: tuple[Program, ...] = ()
    """Programs that must be there; without them the integration is set aside."""
    environ: tuple[VariableName, ...] = ()
    """Names of environment variables of the harness that are passed on to it; no others are."""
    memory_mb: MemoryLimit = 2048
    """How much memory each of its processes may take, in MiB. Kept on Linux only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpOperation:
    """The request that carries out an operation."""

    __pydantic_config__ = STRICT

    method: Literal["POST", "PUT", "PATCH"] = "POST"
    path: UrlPath


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookUse:
    """The webhooks that the service receives."""

    __pydantic_config__ = STRICT

    path: UrlPath
    """Where on the service ERP1 delivers them."""
    events: Annotated[tuple[NonEmpty, ...], Limit(min_length=1)] = (
        "subject.created",
        "subject.updated",
        "subject.deleted",
    )
    """Event types. Source: AFAS, docs.afas.help/profit/en/webhooks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRuntime:
    """A service that is told over HTTP; started by the harness, or running already."""

    __pydantic_config__ = STRICT

    kind: Literal["http"]
    url: Annotated[str, Limit(pattern=r"^https?://[^\s/]+(/[^\s]*)?$")]
    """Where it listens; `{port}` is the free port that was found for it."""
    command: Command | None = None
    """Program and arguments that start it: `{folder}`, `{port}` are filled. None: it runs."""
    ready: UrlPath = "/health"
    """Answers 2xx to GET once it can be told something."""
    operations: dict[Identifier, HttpOperation] = field(default_factory=dict)
    """Requests by operation; `POST /operations/{operation}` for those that are not here."""
    prepare: UrlPath | None = None
    """Told before the first operation of a scenario, by POST."""
    finish: UrlPath | None = None
    """Told after the last operation of a scenario, by POST."""
    webhooks: WebhookUse | None = None
    """The webhooks that it wants; None: none."""
    requires: tuple[Program, ...] = ()
    """Programs that must be there; without them the integration is set aside."""
    environ: tuple[VariableName, ...] = ()
    """Names of environment variables of the harness that are passed on to it; no others are."""
    memory_mb: MemoryLimit = 2048
    """How much memory each of its processes may take, in MiB. Kept on Linux only."""

    def operation(self, name: str) -> HttpOperation:
        """Return the request that carries out an operation."""
        return self.operations.get(name) or HttpOperation(path=f"/operations/{name}")


_RUNTIMES: dict[str, type[Any]] = {
    "python": PythonRuntime,
    "command": CommandRuntime,
    "stdio": StdioRuntime,
    "http": HttpRuntime,
}


def _kind(value: object) -> str | None:
    kind = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)
    return kind if isinstance(kind, str) and kind in _RUNTIMES else None


Runtime = Annotated[
    PythonRuntime | CommandRuntime | StdioRuntime | HttpRuntime,
    OneOf(_kind, _RUNTIMES, message="Expected `kind` to be python, command, stdio or http"),
]
"""How the harness starts an integration and tells it what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GetConnectorUse:
    """A GetConnector that the integration calls."""

    __pydantic_config__ = STRICT

    id: ConnectorId
    copy_of: ConnectorId | None = None
    """The supplied GetConnector that it is a copy of, under an own name (AFAS: STRUCT-27)."""
    fields: tuple[FieldId, ...] = ()
    """The fields that it has and that the integration reads; with a `definition` those that it
    shows, when none are named."""
    modified_field: FieldId | None = None
    """The modified-date field by which the integration reads changes only."""
    definition: GetDefinition | NonEmpty | None = None
    """What it selects: here, or in a file below the integration's folder, a definition in YAML or
    AFAS's own export (`.gcn`). Once read, what is in the file."""

    @property
    def own(self) -> OwnGetConnector | None:
        """What it selects, as far as that is said: a definition, or a copy of a supplied one."""
        if isinstance(self.definition, OwnGetConnector):
            return self.definition
        if self.copy_of is None:
            return None
        return OwnGetConnector(id=self.id, copy_of=self.copy_of, fields=self.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateConnectorUse:
    """An UpdateConnector that the integration writes to."""

    __pydantic_config__ = STRICT

    id: ConnectorId
    fields: Annotated[tuple[FieldId, ...], Limit(min_length=1)]
    """The fields that it sends, those of sub-objects as `KnSubjectLink.ToEm`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyField:
    """A privacy-sensitive field with the reason why it is read or written (AFAS: AUT-19)."""

    __pydantic_config__ = STRICT

    connector: ConnectorId
    field: FieldId
    reason: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Something that the integration can be told to do."""

    __pydantic_config__ = STRICT

    name: Identifier
    title: Text
    reads: tuple[ConnectorId, ...] = ()
    """GetConnectors that it calls."""
    writes: tuple[ConnectorId, ...] = ()
    """UpdateConnectors that it writes to."""
    calls: tuple[OtherCall, ...] = ()
    """What it calls beside connectors with rows: files, images, reports, metainfo …"""
    idempotent: bool = False
    """Whether doing it twice with the same input leaves ERP1 as doing it once."""
    trigger: OperationTrigger = OperationTrigger.SCHEDULE
    """What makes the integration carry it out."""
    given: tuple[GetStep, ...] = ()
    """What is read for `example` beforehand, by the harness; `save` gives it a name."""
    example: dict[str, Any] = field(default_factory=dict)
    """Input with which generic scenarios trigger it; `${name}` is what `given` saved."""

    @property
    def kinds(self) -> frozenset[OperationKind]:
        """The kinds that it is of."""
        return frozenset(
            kind
            for kind, connectors in (
                (OperationKind.READS, self.reads),
                (OperationKind.WRITES, self.writes),
                (OperationKind.FETCHES, [each for each in self.calls if each.is_fetched]),
            )
            if connectors
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthUse:
    """How the integration signs in with OAuth; the emulated ERP1 is given it as it is said here."""

    __pydantic_config__ = STRICT

    client_id: NonEmpty | None = None
    """None makes one up for every scenario."""
    certificates: tuple[NonEmpty, ...] = ()
    """Files with a certificate in PEM, in the integration's folder; once read, what is in them.
    The integration signs with the private key of one (`private_key_jwt`)."""
    public: bool = False
    """A public client has no secret: it proves itself with PKCE and DPoP."""
    redirect_uris: tuple[NonEmpty, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One integration, as its partner describes it in `koppeling.yaml`."""

    __pydantic_config__ = STRICT

    id: Identifier
    title: Text
    partner: Partner
    version: Annotated[str, Limit(pattern=RELEASED_AS)]
    """Version of the integration, quoted."""
    integration_id: IntegrationId
    releases: Annotated[tuple[NonEmpty, ...], Limit(min_length=1)]
    """Labels of the Profit releases that it supports, such as `Profit 8`."""
    runtime: Runtime
    """How the harness starts and triggers it."""
    address: Literal["given", "fixed"] = "given"
    """`fixed`: AFAS's address is built in; a forward proxy leads from there to ERP1."""
    client_ca: str = ""
    """Mutual TLS: a file with the certificate that the integration shows, or the authority of it,
    in PEM, in the integration's folder; once read, what is in it. Empty: it shows none."""
    get_connectors: tuple[GetConnectorUse, ...] = ()
    update_connectors: tuple[UpdateConnectorUse, ...] = ()
    privacy_fields: tuple[PrivacyField, ...] = ()
    oauth: OAuthUse | None = None
    """None for an integration that uses the classic token only."""
    operations: Annotated[tuple[Operation, ...], Limit(min_length=1)]
    imports: tuple[NonEmpty, ...] = ()
    """Files below the integration's folder with connectors that ERP1 does not have by itself:
    OpenAPI files of AFAS, snapshots. Once read, their whole paths."""
    disputed: tuple[Dispute, ...] = ()
    """Findings that the partner disagrees with: they stay findings, and are told as disputed."""
    state: tuple[NonEmpty, ...] = ()
    """Patterns of files in its work folder where it keeps data by design, such as `state/*.json`:
    no log. `*` stands for anything, folders too."""

    def operation(self, name: str) -> Operation | None:
        """Return the operation of that name, None when it is not declared."""
        return next((each for each in self.operations if each.name == name), None)

    @property
    def calls(self) -> frozenset[OtherCall]:
        """What its operations call beside connectors with rows."""
        return frozenset(call for each in self.operations for call in each.calls)

    @property
    def connectors(self) -> frozenset[str]:
        """Ids of every connector that it declares."""
        return frozenset(
            [each.id for each in self.get_connectors] + [each.id for each in self.update_connectors]
        )
