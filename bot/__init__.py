"""Chat in, cards out: one definition of each command, one folder for each platform."""
