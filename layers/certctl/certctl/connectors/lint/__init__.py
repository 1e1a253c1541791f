"""Certificates by the rules of a linter: here, and asked of the function that has it."""
