"""ERP1: an emulated AFAS Profit environment, as its REST service shows itself.

`Erp1` makes environments and serves them as one ASGI application.
"""

from koppeling_harness.emulator.access import AppConnector
from koppeling_harness.emulator.erp1 import EnvironmentAccess, Erp1, environment_names

__all__ = ["AppConnector", "EnvironmentAccess", "Erp1", "environment_names"]
