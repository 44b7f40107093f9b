"""Opzoekhulp: wie belt daar? Looks up who calls, while the caller is on the line."""
