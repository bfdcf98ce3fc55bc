"""The ways to every page; importing them fills the gallery."""

from tests.browser.ways import anybody, keys, links, requests

__all__ = ["anybody", "keys", "links", "requests"]
