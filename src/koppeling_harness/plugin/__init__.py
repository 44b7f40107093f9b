"""Find, start, trigger and isolate integrations."""
