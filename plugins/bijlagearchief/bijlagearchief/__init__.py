"""Bijlagearchief: attachments of dossier items, kept outside of Profit."""
