"""Frozen dataclasses, enums, errors and state machines. Pure: imports nothing from outside."""
