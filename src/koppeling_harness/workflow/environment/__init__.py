"""Real environments: settings, access, diagnosis, clean-up."""
