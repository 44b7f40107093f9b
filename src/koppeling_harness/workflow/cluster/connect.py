"""Connect to the engine that a command names; nothing of it is loaded where none is named."""

from contextlib import AbstractContextManager, nullcontext

from koppeling_harness.errors import ConfigurationError, UsageError
from koppeling_harness.workflow.cluster.engine_address import parse_engine
from koppeling_harness.workflow.run.one_run import Elsewhere


def engine(text: str, tls: str = "") -> AbstractContextManager[Elsewhere | None]:
    """Return what carries a run out; None, within, when that is this machine.

    Args:
        text: `dask://HOST:PORT` or `local:N`; empty for this machine.
        tls: `CA,CERT,KEY`, three files; empty without.

    Raises:
        UsageError: It is neither, or the files do not go with it.
        ConfigurationError: What is needed is not installed, or a file is not there.
        ErpUnavailableError: It cannot be reached, or has no worker.
    """
    if not text:
        if tls:
            msg = "--cluster-tls says how --on is reached: give --on as well"
            raise UsageError(msg)
        return nullcontext()
    address = parse_engine(text, tls)
    try:
        from koppeling_harness.workflow.cluster.dask_engine import (  # noqa: PLC0415 - an extra
            on_engine,
        )
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"distributed", "dask"}:
            raise
        message = "--on: the engine is not installed (Dask, `distributed`)"
        hint = "Install it: pip install 'koppeling-harness[cluster]'"
        raise ConfigurationError(message, hint=hint) from None
    return on_engine(address)
