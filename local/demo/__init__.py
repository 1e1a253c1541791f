"""The demo of a new stack."""
