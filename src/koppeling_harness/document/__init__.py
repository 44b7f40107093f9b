"""Files that people and programs write: YAML and JSON to model types and back.

Every problem of a file comes at once, each with its place.
"""

from koppeling_harness.document.content import read_content, read_text
from koppeling_harness.document.kept import KeptDocuments, code_of
from koppeling_harness.document.schema import json_schema
from koppeling_harness.document.source import Source
from koppeling_harness.document.validate import (
    dump_json,
    load,
    load_json,
    load_yaml,
    read_yaml,
    to_plain,
)
from koppeling_harness.document.writer import Json, laid_out, laid_out_pieces, members

__all__ = [
    "Json",
    "KeptDocuments",
    "Source",
    "code_of",
    "dump_json",
    "json_schema",
    "laid_out",
    "laid_out_pieces",
    "load",
    "load_json",
    "load_yaml",
    "members",
    "read_content",
    "read_text",
    "read_yaml",
    "to_plain",
]
