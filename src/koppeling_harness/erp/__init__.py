"""The client that speaks to ERP1."""
