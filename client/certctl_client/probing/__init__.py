"""Probes TLS servers: which certificates they show, at each of their addresses. Standard library only."""
