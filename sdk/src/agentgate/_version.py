"""The version, in one place: the package shows it and every HTTP request names it."""

__version__ = "0.1.0"
