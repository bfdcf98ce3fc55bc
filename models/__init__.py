"""Nouns: what is stored, and the named queries about it."""
