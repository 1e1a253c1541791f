"""Channels: administration and tests."""
