"""Measurements of the harness, beside what its users could take instead. See `README.md`."""
