"""The ways to every page; importing them fills the gallery."""

from tests.browser.ways import anybody, audit, keys, links, requests

__all__ = ["anybody", "audit", "keys", "links", "requests"]
