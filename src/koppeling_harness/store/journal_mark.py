"""Marks on the lines of a journal, so that nobody but the harness adds one that counts.

The key lies with this user's state, not with the run: what an integration writes into the folder of
a run bears no mark. A process of the integration that runs as the same user and knows where to look
can still read it; the mark keeps honest journals apart from guessed lines, not from a thief.
"""

import hashlib
import hmac
import os
import re
import secrets
from pathlib import Path

from koppeling_harness.store.machine import state_folder

_MARKED = re.compile(rb'\{"mark":"(\d+)-([0-9a-f]{64})",')
_KEY_BYTES = 32


class LineMarker:
    """Marks lines with their number, and reads marks.

    Args:
        run_id: The run; its key is made when there is none.
    """

    def __init__(self, run_id: str) -> None:
        self._key = _key(_key_file(run_id))

    def marked(self, line: bytes, number: int) -> bytes:
        """Return a line of JSON with its mark; unmarked when no key can be kept here."""
        if not self._key:
            return line
        return b'{"mark":"%d-%s",%s' % (number, self._mark(line, number), line[1:])

    def number_of(self, line: bytes) -> int | None:
        """Return the number of a line that bears its mark; None when it does not."""
        match = _MARKED.match(line)
        if match is None or not self._key:
            return None
        number, rest = int(match[1]), b"{" + line[match.end() :]
        return number if hmac.compare_digest(self._mark(rest, number), match[2]) else None

    def _mark(self, line: bytes, number: int) -> bytes:
        text = b"%d\n%s" % (number, line)
        return hmac.new(self._key, text, hashlib.sha256).hexdigest().encode()


def forget_key(run_id: str) -> None:
    """Take the key of a run away, when nothing is left to go on with."""
    try:
        _key_file(run_id).unlink(missing_ok=True)
    except OSError:
        return  # a key without a journal opens nothing


def _key_file(run_id: str) -> Path:
    name = hashlib.sha256(run_id.encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return state_folder() / "runs" / f"{name}.key"


def _key(path: Path) -> bytes:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        try:
            return path.read_bytes()
        except OSError:
            return b""
    except OSError:
        return b""
    try:
        key = secrets.token_bytes(_KEY_BYTES)
        os.write(file, key)
    finally:
        os.close(file)
    return key
