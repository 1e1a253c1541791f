"""Agents: the one on this host, and those that the server knows."""
