"""Folder that all runs on this machine share about one environment."""

import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path

import platformdirs

STATE_VARIABLE = "KOPPELING_STATE"
"""Environment variable that names another folder than the system's place for such data."""


def state_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder in which this user's runs keep what outlives them.

    Args:
        environ: May hold `KOPPELING_STATE`.
    """
    chosen = environ.get(STATE_VARIABLE)
    return Path(chosen) if chosen else platformdirs.user_state_path("koppeling", appauthor=False)


def environment_folder(base_url: str, environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder in which runs against an environment find each other.

    Args:
        base_url: Of the environment.
        environ: May hold `KOPPELING_STATE`.
    """
    readable = re.sub(r"[^a-z0-9.]+", "-", base_url.lower().split("://")[-1]).strip("-")[:60]
    digest = hashlib.sha256(base_url.lower().encode()).hexdigest()[:8]
    return state_folder(environ) / "environments" / f"{readable}-{digest}"
