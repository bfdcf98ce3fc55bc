"""Webhooks: real receivers on this machine, that verify, refuse, hang and move away."""
