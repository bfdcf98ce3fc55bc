"""The Discord door: discord.py over its gateway, so no public address is needed."""
