"""The use cases; the only place where parts are joined."""
