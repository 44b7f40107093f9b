"""Read an integration's manifest, `koppeling.yaml`."""

import contextlib
import difflib
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from koppeling_harness import document
from koppeling_harness.config.folders import MANIFEST as MANIFEST
from koppeling_harness.config.manifest_files import below, with_files
from koppeling_harness.config.manifest_runtime import runtime_problems
from koppeling_harness.document import KeptDocuments, Source, code_of, load, read_text, read_yaml
from koppeling_harness.errors import DocumentError, Problem, in_file_order
from koppeling_harness.model.manifest import HttpRuntime, Manifest
from koppeling_harness.place import Place

_Place = tuple[str | int, ...]


def load_manifest(path: Path, *, kept_in: Path | None = None) -> Manifest:
    """Read a manifest and check that what it says fits together.

    Args:
        path: The file `koppeling.yaml`.
        kept_in: A folder for what a manifest in order holds, to be taken the next time.

    Raises:
        DocumentError: It cannot be read or has problems; all of them are in it, with their places.
    """
    name, text = str(path), _text(path)
    digest = hashlib.sha256(text.encode()).hexdigest()
    code = code_of(document) if kept_in else ""
    with KeptDocuments(kept_in, str(path.resolve()), code=code) as kept:
        line = kept.find(name, digest)
        if line is not None:
            with contextlib.suppress(ValueError, DocumentError):  # told below, with their places
                data = json.loads(line)
                return _checked(Source(name=name, data=data, places={}, keys={}, raw={}), path)
        source = _placed(read_yaml(text, name=name))
        manifest = _checked(source, path)
        kept.keep(name, digest, json.dumps(source.data), text=text)
    return manifest


def _text(path: Path) -> str:
    if not path.exists():
        message = f"there is no {path.name}"
        hint = "`koppeling schema plugin` prints what belongs in it."
        raise DocumentError([Problem(where=Place(str(path)), message=message, hint=hint)])
    return read_text(path)


def _placed(source: Source) -> Source:
    """Return a manifest with the place of each step of `given` in it."""
    data = source.data
    if not isinstance(data, dict) or not isinstance(data.get("operations"), list):
        return source
    operations = [
        {**each, "given": _with_places(each["given"], ("operations", at, "given"), source)}
        if isinstance(each, dict) and isinstance(each.get("given"), list)
        else each
        for at, each in enumerate(data["operations"])
    ]
    return replace(source, data={**data, "operations": operations})


def _with_places(steps: list[Any], path: _Place, source: Source) -> list[Any]:
    return [
        {**each, "place": str(source.place((*path, at)))} if isinstance(each, dict) else each
        for at, each in enumerate(steps)
    ]


def _checked(source: Source, path: Path) -> Manifest:
    manifest = load(Manifest, source)
    manifest, unread = with_files(manifest, source, path.parent)
    problems = in_file_order(_problems(manifest, source, path.parent))
    if problems or unread:
        raise DocumentError([*problems, *unread])
    return _with_certificates(manifest, path.parent)


def _with_certificates(manifest: Manifest, folder: Path) -> Manifest:
    """Return a manifest with the certificates in place of the files that hold them."""
    if manifest.client_ca:
        manifest = replace(manifest, client_ca=read_text(folder / manifest.client_ca))
    if manifest.oauth is None or not manifest.oauth.certificates:
        return manifest
    texts = tuple(read_text(folder / each) for each in manifest.oauth.certificates)
    return replace(manifest, oauth=replace(manifest.oauth, certificates=texts))


def _problems(manifest: Manifest, source: Source, folder: Path) -> Iterator[Problem]:
    yield from runtime_problems(manifest, source, folder)
    yield from _subscription(manifest, source)
    yield from _oauth(manifest, source, folder)
    yield from _client_ca(manifest, source, folder)
    yield from _address(manifest, source)
    yield from _doubles(manifest, source)
    yield from _operations(manifest, source)
    yield from _fields(manifest, source)


def _subscription(manifest: Manifest, source: Source) -> Iterator[Problem]:
    expected = manifest.integration_id.split("_")[0]
    found = manifest.partner.subscription
    if found != expected:
        yield Problem(
            where=source.place(("integration_id",)),
            message=f"`{manifest.integration_id}` begins with another subscription than the "
            f"partner's, `{found}`",
            hint="An IntegrationId is the subscription number, `_`, and the project number.",
        )


def _oauth(manifest: Manifest, source: Source, folder: Path) -> Iterator[Problem]:
    use = manifest.oauth
    if use is None:
        return
    if use.public and not use.redirect_uris:
        place = source.place(("oauth",))
        yield Problem(where=place, message="a public client needs `redirect_uris`")
    if use.public and use.certificates:
        place = source.place(("oauth", "certificates"))
        yield Problem(where=place, message="a public client has no certificates")
    for at, each in enumerate(use.certificates):
        found = _not_a_certificate(folder / each)
        if found:
            yield Problem(
                where=source.place(("oauth", "certificates", at)),
                message=f"{each}: found {found}, expected a certificate in PEM",
                hint="The certificate only: the private key stays with the integration.",
            )


def _client_ca(manifest: Manifest, source: Source, folder: Path) -> Iterator[Problem]:
    name = manifest.client_ca
    if not name:
        return
    _, message = below(folder, name)
    found = "" if message else _not_an_authority(folder / name)
    if found:
        message = f"{name}: found {found}, expected a certificate in PEM"
    if message:
        yield Problem(
            where=source.place(("client_ca",)),
            message=message,
            hint="The certificate that the integration shows, or the authority of it; the private "
            "key stays with the integration.",
        )


def _not_an_authority(path: Path) -> str:
    """Return what a file is instead of certificates that TLS can ask for, empty when it is."""
    import ssl  # noqa: PLC0415 - few integrations show a certificate

    found = _not_a_certificate(path)
    if found:
        return found
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_verify_locations(cadata=read_text(path))
    except (ssl.SSLError, ValueError):
        return "a certificate that cannot be read"
    return ""


def _address(manifest: Manifest, source: Source) -> Iterator[Problem]:
    runtime = manifest.runtime
    if manifest.address == "fixed" and isinstance(runtime, HttpRuntime) and not runtime.command:
        yield Problem(
            where=source.place(("address",)),
            message="a service that runs already cannot be told of the proxy of a fixed address",
            hint="Say with `runtime.command` how to start it.",
        )


def _not_a_certificate(path: Path) -> str:
    """Return what a file is instead of a certificate, empty when it is one."""
    try:
        text = read_text(path)
    except DocumentError:
        return "no file that can be read"
    if "PRIVATE KEY" in text:
        return "a private key"
    return "" if "-----BEGIN CERTIFICATE-----" in text else "something else"


def _doubles(manifest: Manifest, source: Source) -> Iterator[Problem]:
    lists: list[tuple[_Place, Sequence[str]]] = [
        (("releases",), manifest.releases),
        (("get_connectors",), [each.id for each in manifest.get_connectors]),
        (("update_connectors",), [each.id for each in manifest.update_connectors]),
        (("operations",), [each.name for each in manifest.operations]),
        (
            ("privacy_fields",),
            [f"{each.connector}.{each.field}" for each in manifest.privacy_fields],
        ),
    ]
    for kind, connectors in _connectors(manifest):
        for number, (_, fields) in enumerate(connectors):
            lists.append(((kind, number, "fields"), fields))
    for path, names in lists:
        for number, name in enumerate(names):
            if name in names[:number]:
                yield Problem(
                    where=source.place((*path, number)),
                    message=f"`{name}` stands twice in `{path[-1]}`",
                    hint="Leave one of them out.",
                )


def _operations(manifest: Manifest, source: Source) -> Iterator[Problem]:
    declared = dict(_connectors(manifest))
    for number, operation in enumerate(manifest.operations):
        here: _Place = ("operations", number)
        if not operation.reads and not operation.writes and not operation.calls:
            yield Problem(
                where=source.place(here),
                message=f"operation `{operation.name}` calls nothing",
                hint="List the connectors that it calls under `reads` and `writes`, and files, "
                "metainfo and the like under `calls`.",
            )
        for part, kind, names in (
            ("reads", "get_connectors", operation.reads),
            ("writes", "update_connectors", operation.writes),
        ):
            known = [each for each, _ in declared[kind]]
            for position, name in enumerate(names):
                if name not in known:
                    yield Problem(
                        where=source.place((*here, part, position)),
                        message=f"operation `{operation.name}` {part} `{name}`, "
                        f"which is not declared under `{kind}`",
                        hint=_nearest(name, known, or_else=f"Declare it under `{kind}`."),
                    )


def _fields(manifest: Manifest, source: Source) -> Iterator[Problem]:
    for number, use in enumerate(manifest.get_connectors):
        if not use.fields and (use.own is not None or use.definition is None):
            yield Problem(
                where=source.place(("get_connectors", number)),
                message=f"`get_connectors.{number}` lacks `fields`",
                hint=f"Name the fields of `{use.id}` that the integration reads.",
            )
        if use.fields and use.modified_field is not None and use.modified_field not in use.fields:
            yield Problem(
                where=source.place(("get_connectors", number, "modified_field")),
                message=f"`{use.modified_field}` is not among the fields of `{use.id}`",
                hint=_nearest(use.modified_field, use.fields, or_else="Add it to `fields`."),
            )
    declared = {name: fields for _, uses in _connectors(manifest) for name, fields in uses}
    for number, private in enumerate(manifest.privacy_fields):
        here: _Place = ("privacy_fields", number)
        fields = declared.get(private.connector)
        if fields is None:
            yield Problem(
                where=source.place((*here, "connector")),
                message=f"`{private.connector}` is not a declared connector",
                hint=_nearest(private.connector, declared, or_else="Declare it."),
            )
        elif private.field not in fields:
            yield Problem(
                where=source.place((*here, "field")),
                message=f"`{private.field}` is not among the fields of `{private.connector}`",
                hint=_nearest(private.field, fields, or_else="Add it to the connector's `fields`."),
            )


def _connectors(manifest: Manifest) -> list[tuple[str, list[tuple[str, tuple[str, ...]]]]]:
    """Return, per list of the manifest, the ids of its connectors with their fields."""
    return [
        ("get_connectors", [(each.id, each.fields) for each in manifest.get_connectors]),
        ("update_connectors", [(each.id, each.fields) for each in manifest.update_connectors]),
    ]


def _nearest(name: str, known: Iterable[str], *, or_else: str) -> str:
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.7)
    return f"Did you mean `{near[0]}`?" if near else or_else
