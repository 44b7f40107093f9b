"""Folder that all runs on this machine share about one environment."""

import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path

import platformdirs

from koppeling_harness.errors import ConfigurationError

STATE_VARIABLE = "KOPPELING_STATE"
"""Environment variable that names another folder than the system's place for such data."""


def state_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder in which this user's runs keep what outlives them.

    Args:
        environ: May hold `KOPPELING_STATE`.
    """
    chosen = environ.get(STATE_VARIABLE)
    return Path(chosen) if chosen else platformdirs.user_state_path("koppeling", appauthor=False)


def limits_folder(base_url: str, shared: str, environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder in which all who use an environment count their calls.

    Args:
        base_url: Of the environment.
        shared: A folder that several machines share; empty for this machine alone.
        environ: May hold `KOPPELING_STATE`.

    Raises:
        ConfigurationError: The shared folder is not there. It is never made: where a share is not
            mounted, one of that name would hold for this machine alone, and nobody would know.
    """
    if not shared:
        return environment_folder(base_url, environ)
    if not Path(shared).is_dir():
        message = f"{shared}: there is no such folder, expected one that several machines share"
        raise ConfigurationError(message, hint="Mount it, or take `limits` out of the settings.")
    return Path(shared) / _name_of(base_url)


def environment_folder(base_url: str, environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder in which runs against an environment find each other.

    Args:
        base_url: Of the environment.
        environ: May hold `KOPPELING_STATE`.
    """
    return state_folder(environ) / "environments" / _name_of(base_url)


def _name_of(base_url: str) -> str:
    readable = re.sub(r"[^a-z0-9.]+", "-", base_url.lower().split("://")[-1]).strip("-")[:60]
    digest = hashlib.sha256(base_url.lower().encode()).hexdigest()[:8]
    return f"{readable}-{digest}"
