"""Verbs: what AgentGate does, whoever is at the door."""
