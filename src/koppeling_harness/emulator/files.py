"""The subject, file, image and report connectors: bytes instead of rows.

Source: AFAS, docs.afas.help/apidoc and howto-bijlage-dossier; help.afas.nl for SendFileAsBinary.
"""

import base64
import importlib
import io
import json
import re
import struct
import zlib
from typing import Any

from koppeling_harness.emulator.access import AppConnector, Denied
from koppeling_harness.emulator.definition import supplied
from koppeling_harness.emulator.filters import Alternatives, read_compact, read_json
from koppeling_harness.emulator.letters import fold
from koppeling_harness.emulator.messages import Reason, Refusal
from koppeling_harness.emulator.web import Answer, Handler, Request, denied, empty

_ENCODED = re.compile(rb"_([0-9A-Fa-f]{2})")
_EDGES = {"0": 240, "1": 64, "2": 1000}
"""Pixels by `format`: original, thumbnail, medium."""


def subject_connector(request: Request, app: AppConnector) -> Answer:
    """Answer `/subjectconnector/{SubjectId}/{FileId}`: an attachment of a dossier item."""
    if not app.may_use("appconnectorsubject"):
        return denied(Denied(status=401), request)
    subject, file = _two(request, "subjectid", "fileid")
    if not _may_see(request, app, subject):
        return empty(404)
    row = request.environment.connection.execute(
        "SELECT f.name, f.mimetype, f.content FROM file f WHERE f.FileId = :file AND (EXISTS "
        "(SELECT 1 FROM subject_attachment a WHERE a.FileId = f.FileId AND a.SbId = :subject) "
        "OR EXISTS (SELECT 1 FROM reaction_attachment a JOIN reaction r ON r.Id = a.Id "
        "WHERE a.FileId = f.FileId AND r.SbId = :subject))",
        {"file": file, "subject": subject},
    ).fetchone()
    return _file(request, row)


def _may_see(request: Request, app: AppConnector, subject: str) -> bool:
    """Return whether a dossier item is among those that the user may see."""
    authorised = app.row_filters.get("profit_subjects")
    if not authorised:
        return True
    environment = request.environment
    query = {"filterfieldids": "SubjectId", "filtervalues": subject, "take": "1"}
    definition = supplied()["profit_subjects"]
    rows = environment.gets.rows(environment.connection, definition, query, authorised)
    return bool(json.loads(rows)["rows"])


def file_connector(request: Request, app: AppConnector) -> Answer:
    """Answer `/fileconnector/{FileId}/{FileName}`: any file, by its id and name."""
    if not app.may_use("appconnectorfile"):
        return denied(Denied(status=401), request)
    if len(request.parts) == 2 and "filenameuri" in request.query:
        file, name = request.parts[1], request.query["filenameuri"]
    else:
        file, name = _two(request, "fileid", "filename")
    row = request.environment.connection.execute(
        "SELECT name, mimetype, content FROM file WHERE FileId = ?", (file,)
    ).fetchone()
    known = row is not None and fold(str(row[0])) in {fold(name), *map(fold, _decoded(name))}
    return _file(request, row if known else None)


def _decoded(name: str) -> set[str]:
    """Return what a name says in AFAS's own encoding: `_5f` for `_`, `_28` for `(`.

    Source: clients of the file connector; whether letters beyond ASCII go as UTF-8 or as one byte
    is not public, so both are read.
    """
    raw = _ENCODED.sub(lambda found: bytes([int(found[1], 16)]), name.encode("utf-8"))
    return {raw.decode("utf-8", "replace"), raw.decode("cp1252", "replace")}


def image_connector(request: Request, app: AppConnector) -> Answer:
    """Answer `/imageconnector/{id}?format=`: an image as it is, 64 or 1000 pixels wide.

    An uploaded image is made to fit where the package Pillow is installed, and keeps its own size
    otherwise; the demo company's are drawn to size.
    """
    if not app.may_use("appconnectorimage"):
        return denied(Denied(status=401), request)
    id_ = request.parts[1] if len(request.parts) > 1 else request.query.get("imageid", "")
    row = request.environment.connection.execute(
        "SELECT mimetype, content FROM file WHERE FileId = ?", (id_,)
    ).fetchone()
    size = request.query.get("format", "0")
    edge = _EDGES.get(size)
    if row is None or edge is None:
        return empty(404)
    kind, content = row
    if content is None:
        content = _png(edge, id_)
    elif size != "0":
        content = _fitting(content, edge)
    return _bytes(request, content, kind, {})


def report_connector(request: Request, app: AppConnector) -> Answer:
    """Answer `/reportconnector/{id}`: a PDF that names the report and its filter.

    The filter may stand in the path, as a set of parameters with names and values (source:
    github.com/GarbageSlave/afas-connect).
    """
    if not app.may_use("appconnectorreport"):
        return denied(Denied(status=401), request)
    if len(request.parts) not in {2, 5}:
        return empty(404)
    shown = " ".join(request.parts[1:3])
    lines = [f"Rapport {shown}"]
    groups = _report_filter(request)
    lines += [f"{one.field} {one.operator} {one.value}" for group in groups for one in group]
    return _bytes(request, _pdf(lines), "application/pdf", {})


def _report_filter(request: Request) -> Alternatives:
    query = request.query
    if len(request.parts) == 5:
        return read_compact(request.parts[3], request.parts[4], None)
    if query.get("filterjson"):
        return read_json(query["filterjson"])
    if query.get("filterfieldids"):
        return read_compact(
            query["filterfieldids"], query.get("filtervalues", ""), query.get("operatortypes")
        )
    return []


HANDLERS: dict[str, Handler] = {
    "subjectconnector": subject_connector,
    "fileconnector": file_connector,
    "imageconnector": image_connector,
    "reportconnector": report_connector,
}
"""Endpoints by the first part of their path."""


def _two(request: Request, first: str, second: str) -> tuple[str, str]:
    """Return two values from the path, or from the query by name."""
    if len(request.parts) == 3:
        return request.parts[1], request.parts[2]
    query = request.query
    if len(request.parts) != 1 or first not in query or second not in query:
        why = f"expected {first} and {second}, in the path or in the query"
        raise Refusal(Reason.UNEXPECTED, why=why)
    return query[first], query[second]


def _file(request: Request, row: tuple[str, str, bytes] | None) -> Answer:
    if row is None:
        return empty(404)
    name, kind, content = row
    return _bytes(request, content or b"", kind, {"filename": name})


def _bytes(request: Request, content: bytes, kind: str, names: dict[str, str]) -> Answer:
    if request.headers.get(b"sendfileasbinary") == b"1":
        return Answer(body=content, content_type=(b"content-type", kind.encode()))
    body = {**names, "mimetype": kind, "filedata": base64.b64encode(content).decode()}
    return Answer(body=json.dumps(body, ensure_ascii=False).encode())


def _fitting(content: bytes, edge: int) -> bytes:
    """Return an image that fits into a square; as it came without Pillow, or when it is none."""
    try:
        pillow: Any = importlib.import_module("PIL.Image")
    except ImportError:
        return content
    out = io.BytesIO()
    try:
        with pillow.open(io.BytesIO(content)) as image:
            kind = image.format
            image.thumbnail((edge, edge))
            image.save(out, format=kind)
    except (OSError, ValueError, pillow.DecompressionBombError):
        return content
    return out.getvalue()


def _png(edge: int, seed: str) -> bytes:
    """Return a square image of one colour."""
    colour = bytes.fromhex(f"{zlib.crc32(seed.encode()) & 0xFFFFFF:06x}")
    rows = (b"\0" + colour * edge) * edge
    head = struct.pack(">IIBBBBB", edge, edge, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )


def _pdf(lines: list[str]) -> bytes:
    """Return a one-page PDF with the lines of text."""
    safe = [line.translate({40: r"\(", 41: r"\)", 92: r"\\"}) for line in lines]
    text = " ".join(f"({line}) Tj 0 -16 Td" for line in safe)
    stream = f"BT /F1 12 Tf 60 780 Td {text} ET".encode("cp1252", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (len(places) + 1, table, len(places) + 1, len(out))
    )
