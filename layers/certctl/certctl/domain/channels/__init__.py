"""Channels, and the state of each."""
