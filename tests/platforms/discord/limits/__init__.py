"""Discord's documented limits, as tables."""
