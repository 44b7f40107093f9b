"""The published JSON Schemas, made from the model types."""

from typing import Any

_FILLED_IN = "place"
"""A member that loaders fill in and nobody writes."""


def json_schema(cls: type[Any], *, title: str) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a model type.

    Args:
        cls: The type.
        title: Name and version, such as `koppeling/run@1`.
    """
    from koppeling_harness.document.explain import adapter  # noqa: PLC0415 - imports pydantic

    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **adapter(cls).json_schema(),
    }
    schema["title"] = title
    for shape in [schema, *schema.get("$defs", {}).values()]:
        shape.get("properties", {}).pop(_FILLED_IN, None)
    return schema
