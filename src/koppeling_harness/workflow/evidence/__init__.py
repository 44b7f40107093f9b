"""Evidence: sign a run, pack it, verify what others sent, and take it in."""
