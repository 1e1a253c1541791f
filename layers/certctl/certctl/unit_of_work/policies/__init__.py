"""Rules that certificates must keep, and their violations."""
