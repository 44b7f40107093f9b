"""Files that come with a body, as base64, and stay in the environment."""

import base64
import binascii
import mimetypes
import re
import uuid

from koppeling_harness.emulator.change import Change
from koppeling_harness.emulator.messages import Reason, Refusal

_NAMELESS = {"KnOrganisation": Reason.IMAGE_NAME, "KnPerson": Reason.IMAGE_NAME}
"""What is said of a stream without a name: of an image here, of a file elsewhere."""
_BAD_IN_NAME = frozenset('\\/:*?"<>|') | {chr(each) for each in range(32)}
"""What Windows takes in no file name; which characters AFAS means is inferred."""
_BLANKS = re.compile(r"[ \t\r\n]+")
_SHOWN = 60
"""Most characters of a stream that a message repeats."""


def store_stream(change: Change) -> str | None:
    """Store `FileStream` as a file and put its id in `FileId`.

    Returns:
        The file's id of 32 hexadecimal digits; None when no file came.

    Raises:
        Refusal: The content is not base64, or the name is missing.
    """
    stream = change.take("FileStream")
    if not stream:
        return None
    name = change.values.get("FileName") or change.values.get("SbPa")
    if not name:
        raise Refusal(_NAMELESS.get(change.type.name, Reason.UPLOAD_NAME))
    if _BAD_IN_NAME & set(str(name)):
        raise Refusal(Reason.FILE_NAME)
    if change.database.settings["base64_line_breaks"] == "accepted":
        stream = _BLANKS.sub("", str(stream))
    try:
        content = base64.b64decode(stream, validate=True)
    except (binascii.Error, ValueError):
        expected = ("geldige base64-tekst", "valid base64 text")
        raise Refusal(
            Reason.TYPE_MISMATCH,
            label=change.label("FileStream"),
            value=str(stream)[:_SHOWN],
            expected=expected,
        ) from None
    id_ = uuid.uuid4().hex.upper()
    kind = mimetypes.guess_type(str(name))[0] or "application/octet-stream"
    change.database.connection.execute(
        "INSERT INTO file VALUES (?, ?, ?, ?, ?, ?)",
        (id_, name, kind, content, change.type.name, change.database.now),
    )
    change.values["FileId"] = id_
    return id_
