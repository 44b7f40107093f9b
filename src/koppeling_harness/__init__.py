"""Certification harness for partner integrations with AFAS Profit."""

__version__ = "0.1.0"
