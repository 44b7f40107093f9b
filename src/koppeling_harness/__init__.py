"""Certification harness for partner integrations with AFAS Profit.

What a plugin needs is here: `hookimpl` and the types that hooks mention. They are imported when
they are first used, so that `import koppeling_harness` costs nothing.
"""

from koppeling_harness.version import __version__

TYPE_CHECKING = False
"""As `typing` has it, which is not imported here: until `cli/main` is there, Ctrl-C is a trace."""

if TYPE_CHECKING:
    from koppeling_harness.model.exchange import Exchange
    from koppeling_harness.model.finding import Difference, Finding
    from koppeling_harness.model.operation import OperationCall, OperationResult, RunContext
    from koppeling_harness.model.shape import Release, Text
    from koppeling_harness.model.verdict import Severity
    from koppeling_harness.plugin.spec import hookimpl

__all__ = [
    "Difference",
    "Exchange",
    "Finding",
    "OperationCall",
    "OperationResult",
    "Release",
    "RunContext",
    "Severity",
    "Text",
    "__version__",
    "hookimpl",
]

_HOMES = {
    "Difference": "model.finding",
    "Exchange": "model.exchange",
    "Finding": "model.finding",
    "OperationCall": "model.operation",
    "OperationResult": "model.operation",
    "Release": "model.shape",
    "RunContext": "model.operation",
    "Severity": "model.verdict",
    "Text": "model.shape",
    "hookimpl": "plugin.spec",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    import importlib  # noqa: PLC0415 - see above

    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
