"""`python -m agentgate` is the command `agentgate`."""

from .cli import main

main()
