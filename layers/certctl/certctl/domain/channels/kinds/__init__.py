"""The kinds of channel: one file for each, and their registry (CONTRIBUTING, "Add a notifier")."""
