"""Measurements: one command, one table each. Machines are noisy: compare within one run, and quote medians."""
