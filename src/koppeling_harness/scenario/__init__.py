"""The scenario language: loading, expressions, matchers, plans."""
