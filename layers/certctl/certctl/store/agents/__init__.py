"""Agents: states, consents, tokens."""
