"""What a partner writes and looks up: starters, scenarios, plugins, ERP1 by itself."""
