"""Tortoise's own migrations: one set for SQLite and PostgreSQL, written by `make migrations`."""
