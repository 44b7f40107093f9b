"""AFAS updates: notice them, compare them, tell whom they touch."""
