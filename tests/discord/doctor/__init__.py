"""The doctor, on a Discord set-up: what is wrong with it, in one sentence each, with what to do about it."""
