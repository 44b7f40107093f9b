"""Run records and other files on disk."""
