"""Notice a new Profit release, tell what it changed, and which integrations it touches."""
