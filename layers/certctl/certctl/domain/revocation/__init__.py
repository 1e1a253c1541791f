"""Revocation, hold and un-hold."""
