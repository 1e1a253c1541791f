"""Checks of CA certificates by others' code."""
