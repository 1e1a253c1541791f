"""API keys, permissions, and who calls."""
