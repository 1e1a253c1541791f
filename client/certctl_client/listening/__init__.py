"""Alerts of a stack, forwarded to a local port without a public URL."""
