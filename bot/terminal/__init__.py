"""A chat in the server's own terminal: the same commands, the same cards, numbered buttons."""
