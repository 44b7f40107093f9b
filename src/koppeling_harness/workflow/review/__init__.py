"""Registrations: status, dossiers, decisions, what can be released."""
