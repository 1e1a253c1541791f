"""Clients of the ACME server, without a network."""
