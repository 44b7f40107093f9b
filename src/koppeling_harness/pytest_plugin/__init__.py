"""Scenarios as pytest items."""

CERTIFICATION = "koppeling-certification"
"""Name under which a pytest session knows what it certifies."""
