"""The GitHub Action: `inputs` are read, a `step` asks and waits by `calls`, the `runner` is told what came of it."""
