"""Hosts of a run: ERP1 with its gateway, a real environment, a recording."""
