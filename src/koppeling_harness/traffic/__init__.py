"""The gateway: record, redact, judge and disturb what goes over the wire."""
