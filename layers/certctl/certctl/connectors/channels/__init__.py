"""Checks of channel settings that reach outside."""
