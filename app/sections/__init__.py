"""The settings by section: what each part of a server reads from the environment, and when a section is whole."""
