"""Counters, figures and their recount."""
