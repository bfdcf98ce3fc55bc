"""Discord: the real discord.py, a local server that speaks its protocol, people who press."""
