"""The program of `action.yml`: ask AgentGate, wait for the decision, tell the runner.

The standard library alone, Python 3.9 or newer: nothing is installed, so nothing can be missing. What it does stands in
the package beside it.
"""

import os
import runpy
import sys

if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    runpy.run_module("agentgate_action", run_name="__main__")
