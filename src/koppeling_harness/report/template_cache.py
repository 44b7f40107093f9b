"""Keep compiled templates beside the templates, as Python keeps compiled modules.

Compiling them takes longer than a small run; what is kept is used only for the same text.
"""

import contextlib
import hashlib
import os
import sys
from importlib.util import cache_from_source
from pathlib import Path

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from koppeling_harness.version import __version__


class TemplateCache(BytecodeCache):
    """Bytecode in `__pycache__`; where nothing may be written, templates are compiled each time."""

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Return the file of a template's bytecode."""
        return cache_from_source(filename or name)

    def get_source_checksum(self, source: str) -> str:
        """Return what tells one text from another, and one release of the harness from another."""
        return hashlib.sha256(f"{__version__}\n{source}".encode()).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take the bytecode from its file; the bucket looks whether it is of the same text."""
        with contextlib.suppress(OSError), Path(bucket.key).open("rb") as file:
            bucket.load_bytecode(file)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Write the bytecode, whole or not at all: another process may be reading."""
        if sys.dont_write_bytecode:
            return
        path = Path(bucket.key)
        aside = path.with_name(f"{path.name}.{os.getpid()}")
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            aside.write_bytes(bucket.bytecode_to_string())
            aside.replace(path)
