"""Managed certificates, their lists and search."""
