"""Authoring: starters, scenarios, plugins, ERP1 by itself, and what a partner looks up."""
