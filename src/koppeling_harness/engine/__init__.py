"""Carry out scenarios, many at once, and say what happened."""
