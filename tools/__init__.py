"""What writes files of this project: `python -m tools.NAME`."""
