"""Settings of a project: `koppeling.toml`, or `[tool.koppeling]` in `pyproject.toml`."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from koppeling_harness.config.folders import SETTINGS as SETTINGS
from koppeling_harness.config.folders import is_a_partners
from koppeling_harness.document import Source, load, read_text
from koppeling_harness.errors import ConfigurationError, DocumentError, Problem
from koppeling_harness.model.constraint import Limit
from koppeling_harness.model.environment import (
    EnvironmentEntry,
    EnvironmentSetting,
    SignIn,
    SignInEntry,
    SignInSetting,
    base_url_of,
    secret_variable,
    token_variable,
)
from koppeling_harness.model.policy import CURRENT, Policy, Programme, ReleaseRoles, Term
from koppeling_harness.model.policy import RELEASES as RELEASES
from koppeling_harness.model.shape import STRICT, Identifier, NonEmpty, Text
from koppeling_harness.rules.policy import POLICIES, PROGRAMME, WARNING_DAYS, policy_problems
from koppeling_harness.value import dataclass

AFAS_ONLY = (("review",), ("programme",), ("run",))
"""Keys that have no effect in a settings file beside a manifest, which is the partner's."""

OWN_VARIABLES = ("KOPPELING_TOKEN_", "KOPPELING_SECRET_")
"""How variables begin that a settings file beside a manifest may name: others are not for it."""

_HEADER = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]")
_KEY = re.compile(r"""\s*["']?([A-Za-z0-9_-]+)["']?\s*=""")


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTerms:
    """A policy of the user's own, under its name."""

    __pydantic_config__ = STRICT

    title: Text
    source: NonEmpty
    red: Term
    orange: Term
    green: Term


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSettings:
    """Where AFAS's reviewers keep registrations."""

    __pydantic_config__ = STRICT

    folder: NonEmpty | None = None
    lists: dict[NonEmpty, Annotated[str, Limit(pattern=r"^[0-9a-fA-F]{64}$")]] = field(
        default_factory=dict
    )
    """By name, SHA-256 of lists of required scenarios that count beside the known ones."""
    signers: NonEmpty | None = None
    """File with registered keys, as OpenSSH's `allowed_signers`."""
    revoked: NonEmpty | None = None
    """File with revoked keys: a KRL, or public keys."""
    tsa: NonEmpty | None = None
    """File with certificates, in PEM, of who may stamp the time."""
    require: Literal["anything", "verified"] = "anything"
    """What counts in a status: any record, or one whose evidence is verified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionSettings:
    """How a partner knows AFAS's decisions."""

    __pydantic_config__ = STRICT

    signers: NonEmpty | None = None
    """File with the keys of AFAS, as OpenSSH's `allowed_signers`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """What holds for every run."""

    __pydantic_config__ = STRICT

    allow_missing: tuple[NonEmpty, ...] = ()
    """Programs whose absence is known: an integration that needs one may be set aside."""
    environ_allowed: tuple[NonEmpty, ...] = ()
    """Variables of this machine that manifests may ask for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erp1Settings:
    """What the emulated ERP1 has beside what it always has."""

    __pydantic_config__ = STRICT

    imports: tuple[NonEmpty, ...] = ()
    """Files with connectors: OpenAPI files of AFAS, snapshots, definitions in YAML."""


NO_REVIEW = ReviewSettings()
NO_DECISIONS = DecisionSettings()
NO_RUN = RunSettings()
NO_ERP1 = Erp1Settings()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    __pydantic_config__ = STRICT

    releases: ReleaseRoles = RELEASES
    policy: Identifier = "sla"
    policies: dict[Identifier, PolicyTerms] = field(default_factory=dict)
    warning_days: Annotated[int, Limit(ge=0, le=3660)] = WARNING_DAYS
    programme: Programme = PROGRAMME
    review: ReviewSettings = NO_REVIEW
    decisions: DecisionSettings = NO_DECISIONS
    run: RunSettings = NO_RUN
    erp1: Erp1Settings = NO_ERP1
    packs: tuple[NonEmpty, ...] = ()
    environments: dict[Identifier, EnvironmentEntry] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What holds for a project.

    Attributes:
        releases: Which Profit releases count.
        policy: Name of the policy that is used when none is asked for.
        policies: Every policy by its name, those of the harness and the user's own.
        warning_days: How long before a last day it is announced.
        programme: What the programme trusts and allows.
        review: The reviewers' folder; None outside one.
        lists: By name, SHA-256 of own lists of required scenarios that count in a status.
        signers: File with registered keys; None when there is none.
        revoked: File with revoked keys; None when there is none.
        tsa: File with certificates of who may stamp the time; None when there is none.
        decision_signers: File with the keys of AFAS's decisions; None when there is none.
        requires_evidence: Whether only a record counts whose evidence is verified.
        allow_missing: Programs without which an integration may be set aside.
        environ_allowed: Variables of this machine that manifests may ask for.
        packs: Folders and files with scenarios, for a run that names none.
        imports: Files with connectors that ERP1 has beside its own.
        change_tables: By label, AFAS's change table of a release.
        environments: Real Profit environments by their names.
        ignored: What stands in the file and has no effect, because a partner wrote it.
        place: The file; empty without one.
        origins: By the dotted name of each key that is written in the file, where it stands.
    """

    releases: ReleaseRoles = RELEASES
    policy: str = "sla"
    policies: Mapping[str, Policy] = field(default_factory=lambda: POLICIES)
    warning_days: int = WARNING_DAYS
    programme: Programme = PROGRAMME
    review: Path | None = None
    lists: Mapping[str, str] = field(default_factory=dict)
    signers: Path | None = None
    revoked: Path | None = None
    tsa: Path | None = None
    decision_signers: Path | None = None
    requires_evidence: bool = False
    allow_missing: tuple[str, ...] = ()
    environ_allowed: tuple[str, ...] = ()
    packs: tuple[Path, ...] = ()
    imports: tuple[Path, ...] = ()
    change_tables: Mapping[str, Path] = field(default_factory=dict)
    environments: Mapping[str, EnvironmentSetting] = field(default_factory=dict)
    ignored: tuple[Problem, ...] = ()
    place: str = ""
    origins: Mapping[str, str] = field(default_factory=dict)

    @property
    def current_release(self) -> str:
        """Label of the release that is meant when none is named."""
        return self.releases.current or CURRENT

    def policy_named(self, name: str) -> Policy:
        """Return a policy.

        Args:
            name: Its name; the project's own choice when empty.

        Raises:
            ConfigurationError: There is none of that name.
        """
        wanted = name or self.policy
        if wanted not in self.policies:
            message = f"no policy {wanted!r}; expected one of {', '.join(self.policies)}"
            raise ConfigurationError(message, hint=f"A policy is added in {SETTINGS}.")
        return self.policies[wanted]

    def environment_named(self, name: str) -> EnvironmentSetting:
        """Return an environment.

        Raises:
            ConfigurationError: There is none of that name.
        """
        if name not in self.environments:
            there = ", ".join(self.environments) or "none"
            message = f"no environment {name!r} in the settings; there are: {there}"
            hint = f"Add [environments.{name}] to {SETTINGS}, with participant and kind, or url."
            raise ConfigurationError(message, hint=hint)
        return self.environments[name]


def load_settings(folder: Path) -> Settings:
    """Read the settings of a project; without a file, what comes with the harness.

    Args:
        folder: The project's folder.

    Raises:
        DocumentError: The file has problems; all of them are in it.
    """
    for name, prefix in ((SETTINGS, ()), ("pyproject.toml", ("tool", "koppeling"))):
        path = folder / name
        if path.is_file():
            text = read_text(path)
            if not prefix or "tool.koppeling" in text:
                return _parse(text, path, prefix)
    return Settings()


def _parse(text: str, path: Path, prefix: tuple[str, ...]) -> Settings:
    import tomllib  # noqa: PLC0415 - many projects have no settings

    try:
        # TOML has dates of its own; the readers of documents take them as texts
        data: Any = json.loads(json.dumps(tomllib.loads(text), default=str))
    except tomllib.TOMLDecodeError as error:
        message = f"expected TOML: {error}"
        raise DocumentError([Problem(where=str(path), message=message)]) from None
    for part in prefix:
        data = data.get(part, {})
    places = _places(text, prefix)
    source = Source(name=str(path), data=data, places={(): (1, 1), **places}, keys=places, raw={})
    written = load(_Written, source)
    policies = {
        name: Policy(
            name=name,
            title=each.title,
            source=each.source,
            red=each.red,
            orange=each.orange,
            green=each.green,
        )
        for name, each in written.policies.items()
    }
    problems = list(_problems(written, policies, source))
    if is_a_partners(path):
        problems += _secrets_of_others(written, source, path.parent)
    if problems:
        raise DocumentError(problems)
    ignored = tuple(_afas_only(source)) if is_a_partners(path) else ()
    if ignored:
        written = replace(written, programme=PROGRAMME, review=NO_REVIEW, run=NO_RUN)
    return Settings(
        releases=written.releases,
        policy=written.policy,
        policies={**POLICIES, **policies},
        warning_days=written.warning_days,
        programme=written.programme,
        review=path.parent / written.review.folder if written.review.folder else None,
        lists=written.review.lists,
        signers=path.parent / written.review.signers if written.review.signers else None,
        revoked=path.parent / written.review.revoked if written.review.revoked else None,
        tsa=path.parent / written.review.tsa if written.review.tsa else None,
        decision_signers=(
            path.parent / written.decisions.signers if written.decisions.signers else None
        ),
        requires_evidence=written.review.require == "verified",
        allow_missing=written.run.allow_missing,
        environ_allowed=written.run.environ_allowed,
        packs=tuple(path.parent / each for each in written.packs),
        imports=tuple(path.parent / each for each in written.erp1.imports),
        change_tables={
            label: path.parent / each for label, each in written.releases.changes.items()
        },
        environments={
            name: _environment(name, each, path.parent, source)
            for name, each in written.environments.items()
        },
        ignored=ignored,
        place=str(path),
        origins={".".join(map(str, each)): source.place(each) for each in places if each},
    )


def _afas_only(source: Source) -> Iterator[Problem]:
    """Yield what only AFAS sets, in a file that lies beside a manifest and is the partner's."""
    for key in AFAS_ONLY:
        data: Any = source.data
        for part in key:
            data = data.get(part) if isinstance(data, dict) else None
        if data is not None:
            message = f"`{'.'.join(key)}` is AFAS's to set: ignored in a file beside a manifest"
            yield Problem(where=source.place(key, key=True), message=message)


def _environment(
    name: str, entry: EnvironmentEntry, folder: Path, source: Source
) -> EnvironmentSetting:
    if entry.participant is not None and entry.kind is not None:
        base_url = base_url_of(entry.participant, entry.kind)
    else:
        base_url = (entry.url or "").rstrip("/")
    own = _sign_in(name, entry, folder)
    return EnvironmentSetting(
        name=name,
        base_url=base_url,
        sign_in=own,
        integration=(
            own
            if entry.integration is None
            else _sign_in(name, entry.integration, folder, integration=True)
        ),
        release=entry.release or "",
        max_parallel=entry.max_parallel,
        budget=entry.budget,
        limits=_file(folder, entry.limits),
        ca_file=_file(folder, entry.ca_file),
        client_certificate=_file(folder, entry.client_certificate),
        client_key=_file(folder, entry.client_key),
        place=source.place(("environments", name)),
    )


def _sign_in(
    name: str, entry: SignInEntry, folder: Path, *, integration: bool = False
) -> SignInSetting:
    return SignInSetting(
        name=f"{name}/integration" if integration else name,
        method=entry.sign_in,
        client_id=entry.client_id or "",
        token_env=entry.token_env or token_variable(name),
        secret_env=entry.client_secret_env or secret_variable(name, integration=integration),
        secret_file=_file(folder, entry.client_secret_file),
        secret_until=entry.client_secret_until,
        key_file=_file(folder, entry.assertion_key),
        kid=entry.assertion_kid or "",
    )


def _file(folder: Path, name: str | None) -> str:
    return str(folder / name) if name else ""


def _problems(
    written: _Written, policies: Mapping[str, Policy], source: Source
) -> Iterator[Problem]:
    known = {**POLICIES, **policies}
    if written.policy not in known:
        yield Problem(
            where=source.place(("policy",)),
            message=f"no policy {written.policy!r}; expected one of {', '.join(known)}",
        )
    for name, policy in policies.items():
        if name in POLICIES:
            yield Problem(
                where=source.place(("policies", name)),
                message=f"policy {name!r} comes with the harness and cannot be changed",
                hint="Give your own another name.",
            )
        for member, message in policy_problems(policy):
            yield Problem(where=source.place(("policies", name, member)), message=message)
    for name, entry in written.environments.items():
        parts = {entry.participant is not None, entry.kind is not None}
        if parts != {entry.url is None}:
            yield Problem(
                where=source.place(("environments", name)),
                message="expected `participant` and `kind`, or `url` alone",
                hint='Such as participant = "12345" and kind = "test".',
            )
        yield from _sign_in_problems(entry, ("environments", name), source)
        if entry.integration is not None:
            place = ("environments", name, "integration")
            yield from _sign_in_problems(entry.integration, place, source)


# `token_env` goes with all: beside OAuth the doctor looks whether a classic token still works
_GOES_WITH = {
    "client_id": (SignIn.CLIENT_CREDENTIALS, SignIn.PRIVATE_KEY_JWT),
    "client_secret_env": (SignIn.CLIENT_CREDENTIALS,),
    "client_secret_file": (SignIn.CLIENT_CREDENTIALS,),
    "client_secret_until": (SignIn.CLIENT_CREDENTIALS,),
    "assertion_key": (SignIn.PRIVATE_KEY_JWT,),
    "assertion_kid": (SignIn.PRIVATE_KEY_JWT,),
}
_NEEDED = {
    SignIn.TOKEN: (),
    SignIn.CLIENT_CREDENTIALS: ("client_id",),
    SignIn.PRIVATE_KEY_JWT: ("client_id", "assertion_key"),
}


def _sign_in_problems(
    entry: SignInEntry, place: tuple[str, ...], source: Source
) -> Iterator[Problem]:
    """Yield what of a way to sign in is missing, and what is of another way."""
    method = entry.sign_in
    for member in _NEEDED[method]:
        if getattr(entry, member) is None:
            message = f'`sign_in = "{method.value}"` without `{member}`'
            yield Problem(where=source.place(place), message=message, hint=f"Add {member} = …")
    for member, methods in _GOES_WITH.items():
        if getattr(entry, member) is None or method in methods:
            continue
        names = " or ".join(f'"{each.value}"' for each in methods)
        yield Problem(
            where=source.place((*place, member)),
            message=f"`{member}` goes with `sign_in = {names}`, found `{method.value}`",
            hint=f"Set sign_in, or take {member} out.",
        )


def _secrets_of_others(written: "_Written", source: Source, folder: Path) -> Iterator[Problem]:
    """Yield what a partner's file has read and sent that may be anybody's: `GITHUB_TOKEN`."""
    outside = "have the settings lie outside of the integration's folder."
    for name, entry in written.environments.items():
        for one, more in ((entry, ()), (entry.integration, ("integration",))):
            if one is None:
                continue
            for member in ("token_env", "client_secret_env"):
                variable = getattr(one, member)
                if variable is not None and not variable.startswith(OWN_VARIABLES):
                    yield Problem(
                        where=source.place(("environments", name, *more, member)),
                        message=f"found {variable}, expected in a file beside a manifest a name "
                        f"that begins with {' or '.join(OWN_VARIABLES)}",
                        hint=f"Keep it in {token_variable(name)}, say, or {outside}",
                    )
            file = one.client_secret_file
            if file and not (folder / file).resolve().is_relative_to(folder.resolve()):
                variable = secret_variable(name, integration=bool(more))
                yield Problem(
                    where=source.place(("environments", name, *more, "client_secret_file")),
                    message=f"found {file}, expected in a file beside a manifest a file below it",
                    hint=f"Keep it in {variable}, or {outside}",
                )


def _places(text: str, prefix: tuple[str, ...]) -> dict[tuple[str | int, ...], tuple[int, int]]:
    """Return where tables and keys stand; the reader of the standard library does not tell."""
    found: dict[tuple[str | int, ...], tuple[int, int]] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        key = _KEY.match(line)
        if header:
            table = tuple(part.strip().strip("\"'") for part in header[1].split("."))
            place, column = table, header.start(1) + 1
        elif key:
            place, column = (*table, key[1]), key.start(1) + 1
        else:
            continue
        if place[: len(prefix)] == prefix:
            found[place[len(prefix) :]] = (number, column)
    return found
