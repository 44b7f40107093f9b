"""The gateway: record, redact, judge and disturb what goes over the wire."""

from koppeling_harness.traffic.gateway import Gateway
from koppeling_harness.traffic.redactor import Redactor

__all__ = ["Gateway", "Redactor"]
