"""Manifests and settings that users write."""
