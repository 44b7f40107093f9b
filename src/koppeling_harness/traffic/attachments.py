"""Files inside bodies, of which only digest, size and sort are kept."""

import re
from collections.abc import Callable

from koppeling_harness.traffic.base64_runs import decoded_base64

_STREAM = re.compile(
    r'("(?:FileStream|filedata|FileData|fileContent)"\s*:\s*")([A-Za-z0-9+/_=\-\\rn]{8,})(")',
    re.IGNORECASE,
)
_SORTS = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"PK\x03\x04", "zip"),
    (b"\xd0\xcf\x11\xe0", "office"),
    (b"<", "xml"),
    (b"{", "json"),
)


def without_attachments(body: str, placeholder: Callable[[str, str], str]) -> str:
    """Return a body in which each file is replaced: `[file:0123abcd] 1234 bytes, pdf`.

    Args:
        body: Of a request or an answer.
        placeholder: Gives what stands for a value of a kind.
    """
    if '"' not in body:
        return body

    def replaced(match: re.Match[str]) -> str:
        text = re.sub(r"\\[rn]", "", match.group(2))
        data = decoded_base64(text)
        sort = next((name for begin, name in _SORTS if data.startswith(begin)), "data")
        kept = f"{placeholder('file', text)} {len(data)} bytes, {sort}"
        return f"{match.group(1)}{kept}{match.group(3)}"

    return _STREAM.sub(replaced, body)
