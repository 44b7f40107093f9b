"""The wire, as everything on this side of ERP1 reads it: addresses and JSON."""
