"""Files that people write: YAML and JSON to model types and back, every problem with its place."""
