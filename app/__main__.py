"""`python -m app` is `agentgate-server`."""

from app.cli import main

main()
