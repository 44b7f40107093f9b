"""Model: values that are frozen and JSON-able, without any input or output.

The types are plain frozen dataclasses, cheap to make. What their fields may hold is written as
annotations, which `document` turns into validation (all problems at once) and into the
published JSON Schemas.
"""
