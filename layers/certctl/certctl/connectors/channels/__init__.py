"""Checks of channel settings that need more than the settings."""
