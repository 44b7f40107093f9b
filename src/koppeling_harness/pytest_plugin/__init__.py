"""Scenarios as pytest items."""
